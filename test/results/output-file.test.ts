import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkWritable, writeOutput } from '../../src/results/output-file.js'
import { namedPipe } from '../helpers/named-pipe.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-output-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('writeOutput', () => {
  test('writes a new file and leaves nothing beside it', async () => {
    await writeOutput(join(folder, 'r.json'), '{}\n')
    expect(readFileSync(join(folder, 'r.json'), 'utf8')).toBe('{}\n')
    expect(readdirSync(folder)).toEqual(['r.json'])
  })

  test('replaces a file in one step and keeps its mode', async () => {
    const path = join(folder, 'r.json')
    writeFileSync(path, 'old')
    chmodSync(path, 0o600)
    await writeOutput(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('follows a link to the file and keeps the link', async () => {
    writeFileSync(join(folder, 'real.json'), 'old')
    symlinkSync('real.json', join(folder, 'link.json'))
    await writeOutput(join(folder, 'link.json'), 'new')
    expect(readFileSync(join(folder, 'real.json'), 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['link.json', 'real.json'])
  })

  test('writes into a pipe instead of putting a file in its place', async () => {
    const pipe = namedPipe(join(folder, 'pipe'))
    await writeOutput(pipe.path, 'text')
    expect(await pipe.written()).toEqual(Buffer.from('text'))
    expect(statSync(pipe.path).isFIFO()).toBe(true)
  })
})

describe('checkWritable', () => {
  test('says that a folder can be made', async () => {
    await expect(checkWritable(join(folder, 'none', 'r.json'))).rejects.toMatchObject({
      hint: 'make the folder first, or choose another place',
    })
  })

  test('leaves no trace', async () => {
    await checkWritable(join(folder, 'r.json'))
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['a folder', () => folder, 'it is a folder'],
    ['a folder that is missing', () => join(folder, 'none', 'r.json'), 'the folder does not exist'],
    ['a file as folder', () => join(folder, 'file', 'r.json'), 'a file stands where the folder should be'],
    // Not even the superuser may create files here.
    ['a folder that refuses files', () => '/sys/r.json', 'permission denied'],
  ])('refuses %s in one line', async (_what, path, reason) => {
    writeFileSync(join(folder, 'file'), '')
    await expect(checkWritable(path())).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringContaining(reason),
    })
  })
})
