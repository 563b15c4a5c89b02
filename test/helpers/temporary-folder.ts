/** A folder of a test's own, removed when its file is done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** @returns absolute path of a new empty folder */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenbench-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
