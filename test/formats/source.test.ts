import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openFile } from '../../formats/random-access-file.js'
import { HEAD_BYTES, openSource } from '../../formats/source.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const folder = temporaryFolder()
const inside = join(folder, 'model')
mkdirSync(join(inside, 'variables'), { recursive: true })
writeFileSync(join(inside, 'b.bin'), 'bbbb')
writeFileSync(join(inside, 'variables', 'a.bin'), 'aaaa')
writeFileSync(join(folder, 'secret.txt'), 'secret')
mkdirSync(join(folder, 'model-2'))
writeFileSync(join(folder, 'model-2', 'c.bin'), 'cccc')
symlinkSync(join(folder, 'secret.txt'), join(inside, 'link.txt'))
symlinkSync(folder, join(inside, 'up'))
symlinkSync(join(inside, 'b.bin'), join(inside, 'fine.bin'))

describe('a directory', () => {
  test('has its names sorted', () => {
    expect(openSource(inside)).toMatchObject({
      kind: 'directory',
      size: 0,
      entries: ['b.bin', 'fine.bin', 'link.txt', 'up', 'variables'],
    })
  })

  test.each([
    ['b.bin', 'bbbb'],
    ['./b.bin', 'bbbb'],
    ['variables/a.bin', 'aaaa'],
    ['variables\\a.bin', 'aaaa'],
    ['variables/../b.bin', 'bbbb'],
    ['fine.bin', 'bbbb'],
  ])('opens %s', (path, content) => {
    const file = openSource(inside).open(path)
    expect(Buffer.from(file.read(0, file.size)).toString()).toBe(content)
    file.close()
  })

  test.each([
    '../secret.txt',
    '/etc/passwd',
    'variables/../../secret.txt',
    '..',
    '.',
    '',
    '../model-2/c.bin',
    'link.txt',
    'up/secret.txt',
    'b.bin\0',
    'C:\\x',
    '..\\secret.txt',
  ])('refuses %j', (path) => {
    expect(() => openSource(inside).open(path)).toThrow(expect.objectContaining({ code: 'E_PATH_OUTSIDE' }))
  })

  test('says when a file below it is missing', () => {
    expect(() => openSource(inside).open('none.bin')).toThrow(expect.objectContaining({ code: 'E_FILE_MISSING' }))
  })

  test('is no file itself', () => {
    expect(() => openSource(inside).open()).toThrow(expect.objectContaining({ code: 'E_NOT_A_FILE' }))
  })

  test('below another is no file either', () => {
    expect(() => openSource(inside).open('variables')).toThrow(expect.objectContaining({ code: 'E_FILE_SPECIAL' }))
  })
})

describe('a file', () => {
  test('shows its first bytes', () => {
    const path = join(folder, 'large.bin')
    writeFileSync(path, Buffer.alloc(HEAD_BYTES + 5, 7))
    expect(openSource(path)).toMatchObject({
      kind: 'file',
      size: HEAD_BYTES + 5,
      head: { length: HEAD_BYTES },
      entries: [],
    })
  })

  test('opens its neighbours', () => {
    const file = openSource(join(inside, 'b.bin')).open('variables/a.bin')
    expect(Buffer.from(file.read(1, 2)).toString()).toBe('aa')
    file.close()
  })

  test('gives no bytes past its end', () => {
    const file = openFile(join(inside, 'b.bin'))
    expect(() => file.read(2, 3)).toThrow(expect.objectContaining({ code: 'E_TRUNCATED' }))
    file.close()
  })

  test.each([
    [-1, 1],
    [0, -1],
    [Number.NaN, 1],
    [0, 2 ** 50],
    [0.5, 1],
  ])('gives no bytes at %d of length %d', (offset, length) => {
    const file = openFile(join(inside, 'b.bin'))
    expect(() => file.read(offset, length)).toThrow(expect.objectContaining({ code: 'E_TRUNCATED' }))
    file.close()
  })

  test('may be closed twice', () => {
    const file = openFile(join(inside, 'b.bin'))
    file.close()
    expect(() => file.close()).not.toThrow()
  })

  test('a part for later outlives it', () => {
    const file = openFile(join(inside, 'b.bin'))
    const region = file.region(1, 3)
    file.close()
    expect(Buffer.from(region.read()).toString()).toBe('bbb')
  })

  test('a part for later is refused once the file has changed', () => {
    const path = join(folder, 'changing.bin')
    writeFileSync(path, 'old!')
    const file = openFile(path)
    const region = file.region(0, 4)
    file.close()
    writeFileSync(path, 'new!')
    utimesSync(path, 1, 1)
    expect(() => region.read()).toThrow(expect.objectContaining({ code: 'E_FILE_CHANGED' }))
  })

  test.runIf(process.platform === 'linux')('is not left open', () => {
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 10; round += 1) openSource(join(inside, 'b.bin'))
    expect(readdirSync('/proc/self/fd').length).toBe(before)
  })
})
