import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findRecordFiles, LINK_NOT_FOLLOWED, readRecords, recordFilesIn } from '../../src/results/read-record.js'
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
  expect((await recordFilesIn([results])).files).toEqual([join(results, 'a.json'), join(results, 'locked')])
})

test('whoever reads a folder in the place of a record is told so', async () => {
  await expect(readRecords(join(results, 'locked'))).rejects.toMatchObject({ code: 'E_RECORD_READ' })
})

test('links that would have been read are told of, and not followed', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'more'))
  for (const name of ['a.json', 'more/b.json', 'notes.txt']) writeFileSync(join(folder, name), '{}')
  symlinkSync('a.json', join(folder, 'link.json'))
  symlinkSync('nowhere', join(folder, 'more/broken.json'))
  symlinkSync('..', join(folder, 'more/circle'))
  symlinkSync('notes.txt', join(folder, 'notes'))
  expect(await findRecordFiles(folder)).toEqual({
    files: [join(folder, 'a.json'), join(folder, 'more/b.json')],
    links: ['link.json', 'more/broken.json', 'more/circle'].map((name) => join(folder, name)),
  })
})

test('a link that is named beside its folder is read', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.json'), '{}')
  const [one, other] = ['one.json', 'other.json'].map((name) => join(folder, name))
  for (const link of [one, other]) symlinkSync('a.json', link ?? '')
  expect(await recordFilesIn([folder, one ?? ''])).toEqual({
    files: [join(folder, 'a.json'), one],
    leftOut: [{ what: other, reason: LINK_NOT_FOLLOWED }],
  })
})
