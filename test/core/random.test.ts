import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../src/core/random.js'

const draw = (seed: number, count: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('the same seed gives the same numbers', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(draw(seed, 20)).toEqual(draw(seed, 20))
    }),
  )
})

test('numbers lie in [0, 1) and fill it evenly', () => {
  const numbers = draw(1, 10_000)
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThan(1)
  expect(numbers.filter((number) => number < 0.25).length / numbers.length).toBeCloseTo(0.25, 1)
})

test('another seed gives other numbers', () => {
  expect(draw(1, 5)).not.toEqual(draw(2, 5))
})
