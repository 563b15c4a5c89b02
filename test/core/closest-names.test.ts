import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestNames, editDistance } from '../../src/core/closest-names.js'

const NAMES = ['Germany', 'Guernsey', 'Georgia', 'France', 'FR', 'FRA']

test.each([
  ['Germny', ['Germany']],
  ['Gemrany', ['Germany']],
  ['fran', ['France', 'FRA']],
  ['Xylophon', []],
  ['', []],
])('"%s" is near %j', (typed, near) => {
  expect(closestNames(typed, NAMES)).toEqual(near)
})

test('the distance is the same in both directions, and 0 only for equal words', () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, (one, other) => {
      const distance = editDistance(one, other)
      return distance === editDistance(other, one) && (distance === 0) === (one === other)
    }),
  )
})

test('a swap of neighbours is one edit', () => {
  expect(editDistance('abcd', 'abdc')).toBe(1)
})
