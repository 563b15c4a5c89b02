import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aloneOn } from '../../src/results/alone.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

test('a file is one process at a time, and is free again after a failure', async () => {
  const path = join(temporaryFolder(), 'board.json')
  let inside = 0
  const work = () =>
    aloneOn(path, async () => {
      expect(++inside).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
    })
  await expect(aloneOn(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await Promise.all([work(), work(), work()])
})

test('a mark that was left behind is named, and left alone', async () => {
  const folder = temporaryFolder()
  const mark = join(folder, '.board.json.lock')
  writeFileSync(mark, 'of another')
  const path = join(folder, 'board.json')
  await expect(aloneOn(path, async () => 1, 0)).rejects.toMatchObject({
    code: 'E_OUTPUT_BUSY',
    hint: expect.stringContaining(mark),
  })
  expect(existsSync(mark)).toBe(true)
})
