import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readRecords, recordFilesIn } from '../../src/results/read-record.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

// Root may list every folder, so the refusal is made here.
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>()
  const opendir = (path: string) =>
    path.endsWith('locked') ? Promise.reject(new Error('EACCES: permission denied')) : fs.opendir(path)
  return { ...fs, opendir }
})

const results = temporaryFolder()
mkdirSync(join(results, 'locked'))
writeFileSync(join(results, 'a.json'), '{}')

test('a folder that may not be listed does not hide the records beside it', async () => {
  expect(await recordFilesIn(results)).toEqual([join(results, 'a.json'), join(results, 'locked')])
})

test('whoever reads a folder in the place of a record is told so', async () => {
  await expect(readRecords(join(results, 'locked'))).rejects.toMatchObject({ code: 'E_RECORD_READ' })
})
