import fc from 'fast-check'
import { mean, quantile, sampleStandardDeviation } from 'simple-statistics'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/random.js'
import {
  batchMeans,
  meanInterval,
  neighbourMeanInterval,
  serialMeanInterval,
  summarize,
  thinEvenly,
} from '../../src/core/statistics.js'

const samples = fc.array(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })

/** Standard normal numbers, by Box and Muller. */
function normalNumbers(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** An autoregressive series around 100: each value keeps `correlation` of what the last one was off. */
function series(length: number, correlation: number, seed: number): number[] {
  const normal = normalNumbers(seed)
  let off = normal() / Math.sqrt(1 - correlation ** 2)
  return Array.from({ length }, () => {
    off = correlation * off + normal()
    return 100 + off
  })
}

function coverage(
  interval: (samples: readonly number[]) => ReturnType<typeof meanInterval>,
  correlation: number,
  length: number,
  runs = 300,
): number {
  const hits = Array.from({ length: runs }, (_, seed) => interval(series(length, correlation, seed + 1)))
  return hits.filter((hit) => hit !== undefined && hit.low <= 100 && 100 <= hit.high).length / runs
}

describe('summary of samples', () => {
  test('agrees with the definitions of simple-statistics', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const summary = summarize(values)
        expect(summary.mean).toBeCloseTo(mean(values), 6)
        for (const [key, share] of [
          ['p50', 0.5],
          ['p90', 0.9],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          expect(summary[key]).toBeCloseTo(quantile(values, share), 6)
        }
        if (values.length > 1) expect(summary.standardDeviation).toBeCloseTo(sampleStandardDeviation(values), 5)
      }),
    )
  })

  test('percentiles rise from the smallest to the largest sample', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { min, p50, p90, p95, p99, max } = summarize(values)
        expect([min, p50, p90, p95, p99, max]).toEqual([min, p50, p90, p95, p99, max].toSorted((a, b) => a - b))
      }),
    )
  })

  test('every sample counts once', () => {
    expect(summarize([3, 1, 2])).toMatchObject({ count: 3, mean: 2, min: 1, max: 3, p50: 2, standardDeviation: 1 })
  })

  test('no sample is refused', () => {
    expect(() => summarize([])).toThrow(RangeError)
  })
})

describe('interval of the mean', () => {
  test('is the one of Student for three samples', () => {
    // t(0.975, 2) = 4.302653; standard deviation 1, so half-width 4.302653 / sqrt(3).
    expect(meanInterval([1, 2, 3])?.high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5)
  })

  test('is unknown for a single sample', () => {
    expect(meanInterval([1])).toBeUndefined()
    expect(serialMeanInterval([1])).toBeUndefined()
  })

  test('has no width when all samples are equal', () => {
    expect(meanInterval([2, 2, 2])).toMatchObject({ mean: 2, low: 2, high: 2, relativeHalfWidth: 0 })
    expect(serialMeanInterval([0, 0])).toMatchObject({ mean: 0, relativeHalfWidth: 0 })
  })

  test('scales with its samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 100 }),
        (values) => {
          const one = serialMeanInterval(values)
          const ten = serialMeanInterval(values.map((value) => value * 10))
          expect(ten?.relativeHalfWidth).toBeCloseTo(one?.relativeHalfWidth ?? Number.NaN, 6)
        },
      ),
    )
  })

  test('covers the true mean of independent samples 95% of the time', () => {
    expect(coverage(meanInterval, 0, 40)).toBeGreaterThan(0.92)
  })

  test('of correlated samples is too narrow when they are taken for independent, and right in series', () => {
    expect(coverage(meanInterval, 0.8, 1000)).toBeLessThan(0.7)
    expect(coverage(serialMeanInterval, 0.8, 1000)).toBeGreaterThan(0.9)
  })
})

describe('interval of the mean of a few values that follow each other', () => {
  test.each([
    [0, 0.94, 0.98],
    [0.2, 0.92, 0.97],
  ])('covers the true mean of eight values with a correlation of %f', (correlation, low, high) => {
    const share = coverage(neighbourMeanInterval, correlation, 8, 2000)
    expect([share > low, share < high]).toEqual([true, true])
  })

  test('is unknown for a single value, and has no width when all are equal', () => {
    expect(neighbourMeanInterval([1])).toBeUndefined()
    expect(neighbourMeanInterval([2, 2, 2])).toMatchObject({ mean: 2, low: 2, high: 2, relativeHalfWidth: 0 })
  })
})

describe('batches of samples', () => {
  test('equal batches keep the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 50 }), (values) => {
        const repeated = values.flatMap((value) => Array<number>(30).fill(value))
        expect(mean([...batchMeans(repeated, 30)])).toBeCloseTo(mean(repeated), 6)
      }),
    )
  })

  test('fewer samples than batches stay as they are', () => {
    expect(batchMeans([5, 6], 30)).toEqual([5, 6])
  })
})

describe('thinning', () => {
  test('keeps every sample below the limit, and never more than the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (values, limit) => {
        const thinned = thinEvenly(values, limit)
        expect(thinned.samples.length).toBeLessThanOrEqual(limit)
        expect(thinned.samples).toEqual(values.filter((_, index) => index % thinned.every === 0))
      }),
    )
  })
})
