import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holm } from '../../src/core/holm.js'
import { pairedDifference } from '../../src/core/paired-difference.js'
import { criticalT, twoSidedTail } from '../../src/core/student-t.js'
import golden from '../golden/statistics.json' with { type: 'json' }

/** scipy and greenbench both stop somewhere in the last digits. */
const expectNear = (found: number, expected: number, tolerance = 1e-9): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected))

describe("Student's t", () => {
  test.each(golden.tails)('lies beyond $t with $degrees degrees as often as scipy says', ({ t, degrees, p }) => {
    expectNear(twoSidedTail(t, degrees), p)
  })

  test.each(golden.critical)(
    'leaves a tail of $tail with $degrees degrees at the t of scipy',
    ({ tail, degrees, t }) => {
      expectNear(criticalT(tail, degrees), t)
    },
  )

  test('is the law of Cauchy with one degree of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (t) => {
        expect(twoSidedTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 10)
      }),
    )
  })
})

describe('pairs', () => {
  test.each(golden.cases)('differ as scipy says: $name', ({ base, new: values, paired }) => {
    const pairs = values.slice(0, base.length).map((value, index) => [value, base[index] ?? 0] as const)
    const found = pairedDifference(pairs)
    expectNear(found?.probability ?? 0, paired.p, 1e-8)
    expectNear(found?.low ?? 0, paired.low, 1e-8)
    expectNear(found?.high ?? 0, paired.high, 1e-8)
  })

  test('say nothing when there is only one', () => {
    expect(pairedDifference([[1, 2]])).toBeUndefined()
  })

  test('that are all alike differ by nothing, for sure', () => {
    const same = Array.from({ length: 5 }, () => [2, 2] as const)
    expect(pairedDifference(same)).toMatchObject({ mean: 0, low: 0, high: 0, probability: 1 })
  })
})

describe("Holm's correction", () => {
  test.each(golden.holm)('of $p is $adjusted', ({ p, adjusted }) => {
    for (const [index, value] of holm(p).entries()) expect(value).toBeCloseTo(adjusted[index] ?? 0, 12)
  })

  test('makes no probability smaller and keeps their order', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 12 }), (given) => {
        const corrected = holm(given)
        const pairs = given.map((value, index) => [value, corrected[index] ?? 0] as const).sort(([a], [b]) => a - b)
        expect(corrected.every((value, index) => value >= (given[index] ?? 0) && value <= 1)).toBe(true)
        expect(pairs.every(([, value], index) => value >= (pairs[index - 1]?.[1] ?? 0))).toBe(true)
      }),
    )
  })
})
