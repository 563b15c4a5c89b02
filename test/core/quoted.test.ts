import { expect, test } from 'vitest'
import { quoted } from '../../src/core/quoted.js'

test.each([
  ['conv1/weight', '"conv1/weight"'],
  ['größe ☃', '"größe ☃"'],
  ['two\nlines', '"two\\nlines"'],
  ['\u001b[2Jgone', '"\\u001b[2Jgone"'],
  ['\u009b31m', '"\\u009b31m"'],
  ['say "x"', '"say \\"x\\""'],
  ['left \u202e right', '"left \\u202e right"'],
  ['half \udc80', '"half \\udc80"'],
])('%j becomes %s', (text, expected) => {
  expect(quoted(text)).toBe(expected)
})

test('a long name is cut', () => {
  expect(quoted('x'.repeat(1000))).toHaveLength(125)
})
