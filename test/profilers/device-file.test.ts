import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { DeviceFile, parseCounter } from '../../profilers/device-file.js'

const folder = mkdtempSync(join(tmpdir(), 'greenbench-device-'))
const path = join(folder, 'energy_uj')
afterAll(() => rmSync(folder, { recursive: true }))

function counterOf(text: string): number | undefined {
  writeFileSync(path, text)
  const file = new DeviceFile(path)
  try {
    return file.readCounter()
  } finally {
    file.close()
  }
}

test('digits read where they lie are those of the text', () => {
  const text = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    fc.string({ maxLength: 25 }),
    fc.stringMatching(/^\d{0,25}$/),
  )
  fc.assert(
    fc.property(text, fc.constantFrom('', '\n'), (number, end) => {
      const expected = parseCounter((number + end).replace(/\n$/, ''))
      const found = counterOf(number + end)
      // Above 2^53 a number has no room for every digit.
      if (expected === undefined || expected < 2 ** 53) expect(found).toBe(expected)
      else expect((found ?? 0) / expected).toBeCloseTo(1, 14)
    }),
  )
})

test('a file kept open shows what is written later, and one that comes back is read again', () => {
  writeFileSync(path, '1\n')
  const file = new DeviceFile(path)
  const first = file.readCounter()
  writeFileSync(path, '22\n')
  const second = file.readCounter()
  file.close()
  rmSync(path)
  expect(() => file.readCounter()).toThrow('ENOENT')
  writeFileSync(path, '3\n')
  expect([first, second, file.readCounter()]).toEqual([1, 22, 3])
  file.close()
})

test('numbers of a line are those of the text', () => {
  const numbers = new Float64Array(4)
  const line = fc.array(fc.nat(), { maxLength: 6 })
  fc.assert(
    fc.property(line, fc.constantFrom(' ', '  '), fc.constantFrom('', '\n', '\ncpu0 7'), (values, gap, end) => {
      writeFileSync(path, `cpu ${values.map((value) => gap + value).join('')}${end}`)
      const file = new DeviceFile(path)
      const count = file.readLine('cpu', numbers)
      file.close()
      expect([...numbers.subarray(0, count)]).toEqual(values.slice(0, 4))
    }),
  )
})

test.skipIf(process.platform === 'win32')('a pipe in its place fails instead of waiting for a writer', () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  expect(() => new DeviceFile(pipe).readCounter()).toThrow(expect.objectContaining({ code: 'ESPIPE' }))
})
