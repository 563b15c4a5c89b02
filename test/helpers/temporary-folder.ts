/** A folder of a test's own, removed when its file is done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []
// Registered once, while the file is collected: in a running test it would be too late for `afterAll`.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** @returns absolute path of a new empty folder */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenbench-'))
  folders.push(folder)
  return folder
}
