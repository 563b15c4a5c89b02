import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalTail } from '../../../src/core/normal.js'
import { seededRandom } from '../../../src/core/random.js'
import { canTell, neededSamples } from '../../../src/results/compare/choose-test.js'
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
  ['welch', welch, 100],
  ['mann-whitney', mannWhitney, 100],
  // Draws ten thousand times for each.
  ['permutation', permutation, 25],
] as const)('%s', (name, by, numRuns) => {
  const samples = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 4, maxLength: 12 })

  test('has an interval that holds its ratio and grows with the confidence', () => {
    fc.assert(
      fc.property(samples, samples, (base, values) => {
        const [narrow, wide] = [run(by, base, values, 0.2), run(by, base, values, 0.02)]
        expect(narrow.low <= narrow.ratio * (1 + 1e-9) && narrow.ratio * (1 - 1e-9) <= narrow.high).toBe(true)
        expect(wide.low <= narrow.low * (1 + 1e-9) && narrow.high <= wide.high * (1 + 1e-9)).toBe(true)
      }),
      { numRuns },
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
        // Medians may lie on the other side of 1 than most ratios do: then the interval holds both, and is no proof.
        fc.pre(name !== 'mann-whitney' || isHodgesLehmann(base, values, { low, high }))
        expect(probability < 0.05).toBe(low > 1 || high < 1)
      }),
      { numRuns },
    )
  })

  test('errs about once in twenty times where both sides are alike', () => {
    const random = seededRandom(7)
    let rejected = 0
    for (let trial = 0; trial < 4 * numRuns; trial++) {
      const draw = () => Array.from({ length: 8 }, () => 1 + 0.1 * (random() + random() + random() - 1.5))
      if (run(by, draw(), draw()).probability < 0.05) rejected++
    }
    // 20 of 400 are to be expected at most, with a standard deviation of 4.4; 5 of 100, with one of 2.2.
    expect(rejected).toBeLessThanOrEqual(numRuns < 100 ? 13 : 35)
  })
})

/** @returns whether neither end of the interval is the ratio of the medians */
function isHodgesLehmann(
  base: readonly number[],
  values: readonly number[],
  { low, high }: { readonly low: number; readonly high: number },
): boolean {
  const { ratio } = run(mannWhitney, base, values)
  return low < ratio && ratio < high
}

describe('the ratio of Mann and Whitney', () => {
  test('is that of the medians', () => {
    expect(run(mannWhitney, [1, 2, 3, 4, 90], [2, 3, 6, 7, 8]).ratio).toBe(2)
  })

  test('lies within its interval where most ratios lie elsewhere', () => {
    const [low, high] = [1, 2].map(
      (level) => (count: number, step: number) => Array.from({ length: count }, (_, place) => level + step * place),
    )
    const base = [...(low?.(16, 1e-3) ?? []), ...(high?.(14, 1e-3) ?? [])]
    const values = [...(low?.(14, 1.1e-3) ?? []), ...(high?.(16, 1.1e-3) ?? [])]
    const { ratio, low: from, high: to } = run(mannWhitney, base, values)
    expect(ratio).toBeGreaterThan(1.9)
    expect([from <= ratio, ratio <= to]).toEqual([true, true])
  })
})

describe('a test that could find nothing among so few samples', () => {
  test.each([
    // 2 of 70 orders, of 252, of 924: p = 0.0286, 0.0079, 0.0022.
    ['mann-whitney', 4, 1, true],
    ['mann-whitney', 4, 2, false],
    ['mann-whitney', 5, 4, true],
    ['mann-whitney', 5, 7, false],
    ['mann-whitney', 6, 7, true],
    ['permutation', 4, 1, true],
    ['permutation', 4, 2, false],
    ['permutation', 5, 7, false],
    ['bootstrap', 10, 7, true],
    ['bootstrap', 10, 260, false],
    ['welch', 3, 1000, true],
    ['welch', 2, 1, false],
  ] as const)('%s of %s a side for %s figures: %s', (name, samples, figures, expected) => {
    expect(canTell(name, samples, samples, 0.05 / figures)).toBe(expected)
  })

  test('is any but one that finds what is far apart, also where two samples are alike', () => {
    const counts = fc.integer({ min: 4, max: 12 })
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 20 }), fc.boolean(), (n, m, figures, hasTies) => {
        const tail = 0.05 / figures
        const [base, values] = [n, m].map((count, side) =>
          Array.from(
            { length: count },
            (_, place) => (1 + 9 * side) * (1 + (hasTies && place === 1 ? 0 : place / 100)),
          ),
        )
        const { low, probability } = run(mannWhitney, base ?? [], values ?? [], tail)
        if (canTell('mann-whitney', n, m, tail)) expect(low > 1 && probability < tail).toBe(true)
      }),
    )
  })

  test('says how many it needs', () => {
    expect([1, 2, 7].map((figures) => neededSamples('mann-whitney', 0.05 / figures))).toEqual([4, 5, 6])
    expect(neededSamples('bootstrap', 0.05 / 260)).toBeUndefined()
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
