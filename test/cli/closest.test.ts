import { expect, test } from 'vitest'
import { closest } from '../../src/cli/closest.js'

test.each([
  ['one letter missing', 'strech', 'stretch'],
  ['one letter too many', 'lettterbox', 'letterbox'],
  ['three slips', 'lttrbx', undefined],
  ['one pair swapped', 'strecth', 'stretch'],
  ['another case', 'STRETCH', 'stretch'],
  ['another word', 'banana', undefined],
  ['a short word that shares a letter', 'x', undefined],
])('%s', (_what, word, meant) => {
  expect(closest(word, ['shortest-crop', 'stretch', 'letterbox'])).toBe(meant)
})
