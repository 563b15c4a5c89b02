/** Bounds of the JSON in a `.pt2` file. */
import { expect, test } from 'vitest'
import { programWhole, refuseCrowded, wholeOf, withWideNumbers } from '../../../formats/torch/exported/exported-json.js'

test('a text that packs well and becomes millions of values is refused before it is parsed', () => {
  expect(() => refuseCrowded(`[${'[],'.repeat(5_000_000)}[]]`)).toThrow(
    expect.objectContaining({ code: 'E_TORCH_EXPORT', hint: expect.any(String) }),
  )
})

test.each([
  ['0', { kind: 'int', value: 0 }],
  ['9007199254740991', { kind: 'int', value: 2 ** 53 - 1 }],
  ['9007199254740992', { kind: 'wide', value: 2n ** 53n }],
  ['-9007199254740993', { kind: 'wide', value: -(2n ** 53n) - 1n }],
  ['9223372036854775806', { kind: 'wide', value: 2n ** 63n - 2n }],
  ['9223372036854775807', { kind: 'int', value: 2 ** 63 }],
  ['-9223372036854775807', { kind: 'wide', value: -(2n ** 63n) + 1n }],
  ['-9223372036854775808', { kind: 'int', value: -(2 ** 63) }],
])('the whole number %s is read exactly', (text, value) => {
  const json = `{"a": "1, 9007199254740993\\", 9007199254740993 ", "b": [${text},1.5e3], "c":${text}}`
  const { a, b, c } = JSON.parse(withWideNumbers(json)) as { a: string; b: [unknown, number]; c: unknown }
  expect(a).toBe('1, 9007199254740993", 9007199254740993 ')
  expect(b[1]).toBe(1500)
  expect([programWhole(b[0], 'b'), programWhole(c, 'c')]).toEqual([value, value])
  expect(wholeOf(c, 'c')).toBe(Number(text))
})

test('a whole number of more than 64 bits is refused', () => {
  const [value] = JSON.parse(withWideNumbers('[-9223372036854775809]')) as unknown[]
  expect(() => programWhole(value, 'a number')).toThrow(expect.objectContaining({ code: 'E_TORCH_EXPORT' }))
})

test('a long text of few values is read', () => {
  refuseCrowded(JSON.stringify({ stack: 'x'.repeat(20_000_000) }))
})
