import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aloneOn } from '../../src/results/alone.js'
import { ownMark } from '../../src/results/process-mark.js'
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

test('a folder in which no mark can be set is told of as any output is', async () => {
  const mark = join(temporaryFolder(), 'none', '.board.json.lock')
  await expect(aloneOn(join(mark, '../board.json'), async () => 1)).rejects.toMatchObject({
    code: 'E_OUTPUT',
    message: `cannot write ${mark}: the folder does not exist`,
  })
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

/** A process that holds the file, kills itself there, and with it all that would have cleaned up. */
const KILLED = `
  const { aloneOn } = await import(process.argv[1])
  await aloneOn(process.argv[2], async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}) })
`
const BUILT = new URL('../../dist/src/results/alone.js', import.meta.url).href

test('the mark of a process that was killed is taken over at once', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'board.json')
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', KILLED, BUILT, path])
  expect([signal, readdirSync(folder)]).toEqual(['SIGKILL', ['.board.json.lock']])
  const order: number[] = []
  const work = (number: number) =>
    aloneOn(path, async () => {
      order.push(number)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(number)
    })
  await aloneOn(path, async () => 1, 0)
  spawnSync(process.execPath, ['--input-type=module', '-e', KILLED, BUILT, path])
  await Promise.all([1, 2, 3, 4].map(work))
  expect(order.filter((number, index) => index % 2 === 0 && order[index + 1] !== number)).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

const here = ownMark(randomUUID())
test.each([
  ['that runs', here],
  ['of another machine', { ...here, place: 'elsewhere', pid: 2 ** 22 + 1 }],
  ['of a container', { ...here, place: `${here.place}1`, pid: 2 ** 22 + 1 }],
  ['with a token that is none', { ...here, token: '../x', pid: 2 ** 22 + 1 }],
])('the mark of a process %s is left alone', async (_whose, mark) => {
  const folder = temporaryFolder()
  const text = JSON.stringify(mark)
  writeFileSync(join(folder, '.board.json.lock'), text)
  await expect(aloneOn(join(folder, 'board.json'), async () => 1, 0)).rejects.toMatchObject({ code: 'E_OUTPUT_BUSY' })
  expect(readFileSync(join(folder, '.board.json.lock'), 'utf8')).toBe(text)
})

test.skipIf(here.startedAt === undefined)('a later process with the same number is another one', async () => {
  const folder = temporaryFolder()
  const mark = { ...here, startedAt: `${here.startedAt}0` }
  writeFileSync(join(folder, '.board.json.lock'), JSON.stringify(mark))
  expect(await aloneOn(join(folder, 'board.json'), async () => 1, 0)).toBe(1)
})
