import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairedRatio } from '../../src/core/paired-ratio.js'

const amount = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
const pairs = fc.array(fc.tuple(amount, amount), { minLength: 2, maxLength: 40 })

test('fewer than two pairs give no ratio', () => {
  expect(pairedRatio([])).toBeUndefined()
  expect(pairedRatio([[2, 1]])).toBeUndefined()
})

test('pairs without a figure do not count', () => {
  expect(
    pairedRatio([
      [2, 1],
      [0, 1],
      [2, 0],
      [2, 1],
    ])?.pairs,
  ).toBe(2)
})

test('a ratio that is the same in every pair is exact', () => {
  expect(
    pairedRatio([
      [2, 1],
      [20, 10],
      [0.2, 0.1],
    ]),
  ).toMatchObject({ ratio: expect.closeTo(2, 9), median: 2, pairs: 3 })
})

// ln(1) = 0 and ln(4): mean ln(2), Student's t for one degree of freedom 12.706, half-width 12.706 * ln(4) / 2.
test('the interval is that of Student for the logarithms', () => {
  const { ratio = 0, high = 0 } =
    pairedRatio([
      [1, 1],
      [4, 1],
    ]) ?? {}
  expect(ratio).toBeCloseTo(2, 9)
  expect(Math.log(high / ratio)).toBeCloseTo((12.706 * Math.log(4)) / 2, 2)
})

test('the inverse of the pairs has the inverse ratio and interval', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const there = pairedRatio(list)
      const back = pairedRatio(list.map(([value, base]) => [base, value]))
      expect(Math.log((there?.ratio ?? 0) * (back?.ratio ?? 0))).toBeCloseTo(0, 6)
      expect(Math.log((there?.low ?? 0) * (back?.high ?? 0))).toBeCloseTo(0, 6)
    }),
  )
})

test('the interval holds the ratio', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const { low = 1, ratio = 0, high = 0 } = pairedRatio(list) ?? {}
      expect(low).toBeLessThanOrEqual(ratio * (1 + 1e-9))
      expect(high).toBeGreaterThanOrEqual(ratio * (1 - 1e-9))
    }),
  )
})
