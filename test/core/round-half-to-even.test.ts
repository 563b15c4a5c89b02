import { expect, test } from 'vitest'
import { roundHalfToEven } from '../../src/core/round-half-to-even.js'

test.each([
  [58.5, 58],
  [59.5, 60],
  [0.5, 0],
  [1.49, 1],
  [2.51, 3],
])('%d is rounded to %i as Python does', (value, rounded) => {
  expect(roundHalfToEven(value)).toBe(rounded)
})
