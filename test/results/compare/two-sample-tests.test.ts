import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalTail } from '../../../src/core/normal.js'
import { seededRandom } from '../../../src/core/random.js'
import { mannWhitney } from '../../../src/results/compare/mann-whitney.js'
import { bootstrap, permutation } from '../../../src/results/compare/resampling.js'
import type { TwoSampleTest } from '../../../src/results/compare/two-sample-test.js'
import { welch } from '../../../src/results/compare/welch.js'
import golden from '../../golden/statistics.json' with { type: 'json' }

const run = (by: TwoSampleTest, base: readonly number[], values: readonly number[], tail = 0.05) =>
  by({ base, values, tail, random: seededRandom(1) })

const near = (found: number, expected: number, tolerance: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected) + 1e-300)

describe.each(golden.cases)('$name', (golden) => {
  const { base, new: values } = golden

  test("Welch's probability is that of scipy", () => {
    near(run(welch, base, values).probability, golden.welch.p, 1e-8)
  })

  test('the probability of Mann and Whitney is that of scipy', () => {
    near(run(mannWhitney, base, values).probability, golden.mannWhitney.p, 1e-8)
  })

  // Both sides draw: 10,000 draws here, 200,000 there.
  test('the interval of the bootstrap is about that of scipy', () => {
    const { low, high } = run(bootstrap, base, values)
    const width = golden.bootstrap.high - golden.bootstrap.low
    expect(Math.abs(low - golden.bootstrap.low)).toBeLessThan(0.06 * width)
    expect(Math.abs(high - golden.bootstrap.high)).toBeLessThan(0.06 * width)
  })

  test('the probability of the permutations is about that of scipy', () => {
    const { probability } = run(permutation, base, values)
    expect(Math.abs(probability - golden.permutation.p)).toBeLessThan(0.02)
  })
})

describe('the published example of Hollander and Wolfe', () => {
  const amnion = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
  const term = [1.15, 0.88, 0.9, 0.74, 1.21]

  test('has W = 35 and twice the one-sided probability 0.1272', () => {
    expect(run(mannWhitney, term, amnion).probability).toBeCloseTo(0.2544, 4)
  })
})

describe('the normal distribution', () => {
  // Abramowitz and Stegun, table 26.1, and its extension to 10.
  test.each([
    [0, 1],
    [1, 0.317_310_507_862_914_1],
    [1.959_963_984_540_054, 0.05],
    [3, 0.002_699_796_063_260_19],
    [5, 5.733_031_437_583_89e-7],
    [10, 1.523_970_604_832_11e-23],
  ])('lies beyond %s in %s of all cases', (z, tail) => {
    near(normalTail(z), tail, 1e-9)
  })
})

describe.each([
  ['welch', welch],
  ['mann-whitney', mannWhitney],
] as const)('%s', (_name, by) => {
  const samples = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 4, maxLength: 12 })

  test('has an interval that holds its ratio and grows with the confidence', () => {
    fc.assert(
      fc.property(samples, samples, (base, values) => {
        const [narrow, wide] = [run(by, base, values, 0.2), run(by, base, values, 0.02)]
        expect(narrow.low <= narrow.ratio * (1 + 1e-9) && narrow.ratio * (1 - 1e-9) <= narrow.high).toBe(true)
        expect(wide.low <= narrow.low * (1 + 1e-9) && narrow.high <= wide.high * (1 + 1e-9)).toBe(true)
      }),
    )
  })

  test('leaves 1 out of its interval when, and only when, it rejects', () => {
    fc.assert(
      fc.property(samples, samples, (base, values) => {
        const { low, high, probability } = run(by, base, values)
        // At the very edge rounding decides, and among ties the normal law is not that of the counted ratios.
        fc.pre(
          Math.abs(probability - 0.05) > 0.01 && new Set([...base, ...values]).size === base.length + values.length,
        )
        expect(probability < 0.05).toBe(low > 1 || high < 1)
      }),
    )
  })

  test('errs about once in twenty times where both sides are alike', () => {
    const random = seededRandom(7)
    let rejected = 0
    for (let trial = 0; trial < 400; trial++) {
      const draw = () => Array.from({ length: 8 }, () => 1 + 0.1 * (random() + random() + random() - 1.5))
      if (run(by, draw(), draw()).probability < 0.05) rejected++
    }
    // 20 are to be expected at most, with a standard deviation of 4.4.
    expect(rejected).toBeLessThanOrEqual(35)
  })
})

test('samples that do not vary differ for sure, or not at all', () => {
  expect(run(welch, [2, 2, 2], [2, 2, 2])).toEqual({ ratio: 1, low: 1, high: 1, probability: 1 })
  expect(run(welch, [2, 2, 2], [3, 3, 3])).toMatchObject({ ratio: 1.5, probability: 0 })
})

test('too few samples for the confidence that is wanted have an interval without ends', () => {
  expect(run(mannWhitney, [1, 2, 3], [4, 5, 6])).toMatchObject({ low: 0, high: Number.POSITIVE_INFINITY })
})

test.each([
  ['welch', welch],
  ['mann-whitney', mannWhitney],
] as const)('%s gives figures that can be told, whatever the samples are', (_name, by) => {
  const samples = fc.array(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), {
    minLength: 2,
    maxLength: 30,
  })
  fc.assert(
    fc.property(samples, samples, (base, values) => {
      const { ratio, low, high, probability } = run(by, base, values)
      for (const figure of [ratio, low, high, probability]) expect(figure).not.toBeNaN()
      expect(probability >= 0 && probability <= 1).toBe(true)
      expect(low <= ratio * (1 + 1e-9) && ratio <= high * (1 + 1e-9)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
