import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combinedHalfWidth } from '../../src/core/combined-uncertainty.js'
import { pooledUncertainty } from '../../src/core/pooled-uncertainty.js'
import { seededRandom } from '../../src/core/random.js'

const RUNS = 2000

/** Share of pairs of series, as an autoregressive process of order 1 gives them, whose mean is 0 to within the interval. */
function coverage(length: number, correlation: number): number {
  const random = seededRandom(length)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const series = () => {
    let value = normal()
    return Array.from({ length }, () => {
      value = correlation * value + Math.sqrt(1 - correlation ** 2) * normal()
      return value
    })
  }
  let held = 0
  for (let run = 0; run < RUNS; run++) {
    const pair = [series(), series()]
    const mean = pair.flat().reduce((sum, value) => sum + value, 0) / (2 * length)
    held += Math.abs(mean) <= combinedHalfWidth([pooledUncertainty(pair)]) ? 1 : 0
  }
  return held / RUNS
}

test.each([
  [12, 0],
  [12, 0.3],
  [6, 0],
  [30, 0.6],
])(
  'two series of %d values whose neighbours have a correlation of %d: 92 to 97% hold the mean',
  (length, correlation) => {
    // What neighbours have in common is itself only seen in a few values.
    const share = coverage(length, correlation)
    expect(share).toBeGreaterThan(0.92)
    expect(share).toBeLessThan(0.97)
  },
)

test('series without any spread are sure', () => {
  expect([pooledUncertainty([]).standard, pooledUncertainty([[3, 3, 3]]).standard]).toEqual([0, 0])
})

test('the unit, the place of the mean and the order of the series do not matter', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 12 })
  fc.assert(
    fc.property(values, values, (first, second) => {
      const { standard, degrees } = pooledUncertainty([first, second])
      const other = pooledUncertainty([second.map((value) => 8 * value), first.map((value) => 8 * value + 4096)])
      expect(other.standard).toBeCloseTo(8 * standard, 6)
      expect(other.degrees).toBeCloseTo(degrees, 6)
    }),
  )
})
