import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meanInterval } from '../../../src/core/statistics.js'
import { combineRuns } from '../../../src/results/leaderboard/combine-runs.js'

const HALF_WIDTHS_OF_95 = 1.959_963_984_540_054
const around = (value: number, error: number) => ({
  value,
  low: value - HALF_WIDTHS_OF_95 * error,
  high: value + HALF_WIDTHS_OF_95 * error,
})

// The 13 BCG vaccine trials (log risk ratio, variance) that R's metafor ships as dat.bcg; rma(yi, vi, method="DL") prints
// estimate -0.7141 and tau^2 0.3088.
const BCG = [
  [-0.8893, 0.3256],
  [-1.5854, 0.1946],
  [-1.3481, 0.4154],
  [-1.4416, 0.02],
  [-0.2175, 0.0512],
  [-0.7861, 0.0069],
  [-1.6209, 0.223],
  [0.012, 0.004],
  [-0.4694, 0.0564],
  [-1.3713, 0.073],
  [-0.3394, 0.0124],
  [0.4459, 0.5325],
  [-0.0173, 0.0714],
] as const

describe('combineRuns', () => {
  test('agrees with metafor on the BCG trials', () => {
    const { value, betweenRuns = 0 } = combineRuns(BCG.map(([effect, variance]) => around(effect, Math.sqrt(variance))))
    expect(value).toBeCloseTo(-0.7141, 3)
    expect((betweenRuns * value) ** 2).toBeCloseTo(0.3088, 3)
  })

  test('keeps a single run as it is', () => {
    expect(combineRuns([{ value: 2, low: 1.5, high: 3 }])).toEqual({ value: 2, low: 1.5, high: 3 })
  })

  test('gives the interval of Student for runs of equal precision that differ', () => {
    const values = [10, 11, 12.5, 9]
    const expected = meanInterval(values)
    const { value, low, high } = combineRuns(values.map((one) => around(one, 0.01)))
    expect(value).toBeCloseTo(expected?.mean ?? 0, 9)
    expect(low).toBeCloseTo(expected?.low ?? 0, 3)
    expect(high).toBeCloseTo(expected?.high ?? 0, 3)
  })

  test('is never narrower than the most precise run, however many agree', () => {
    const { low, high } = combineRuns(Array.from({ length: 20 }, () => around(1, 0.05)))
    expect(high - low).toBeCloseTo(2 * HALF_WIDTHS_OF_95 * 0.05, 9)
  })

  test('lies between its runs and contains itself, whatever their widths', () => {
    const run = fc.record({
      value: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      relative: fc.double({ min: 0, max: 2, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 8 }), (runs) => {
        const figures = runs.map(({ value, relative }) => around(value, value * relative))
        const { value, low, high } = combineRuns(figures)
        const values = runs.map((one) => one.value)
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-9))
        expect(value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-9))
        expect(low <= value && value <= high).toBe(true)
      }),
    )
  })

  test('is never wider than either of two runs that agree, however lopsided they are', () => {
    const size = fc.double({ min: 0.1, max: 10, noNaN: true })
    fc.assert(
      fc.property(size, size, size, fc.double({ min: 0, max: 0.99, noNaN: true }), (down, up, factor, apart) => {
        const one = { value: 100, low: 100 - down, high: 100 + up }
        const value = 100 + (apart * (down + up) * Math.hypot(1, factor)) / 2 / HALF_WIDTHS_OF_95
        const other = { value, low: value - factor * down, high: value + factor * up }
        const { low, high } = combineRuns([one, other])
        const narrower = Math.min(down + up, factor * (down + up))
        expect(high - low).toBeCloseTo(narrower, 9)
      }),
    )
  })

  test('of two copies of a lopsided run makes that run', () => {
    const run = { value: 1.209, low: 0.311, high: 3.025 }
    const { low, high } = combineRuns([run, { ...run }])
    expect(low).toBeCloseTo(run.low, 12)
    expect(high).toBeCloseTo(run.high, 12)
  })
})
