/** Differences of measurements that were taken in pairs: what both of a pair share falls out. */
import { mean, sampleStandardDeviation } from 'simple-statistics'
import { criticalT, twoSidedTail } from './student-t.js'

/** Mean of the differences with its 95% interval, in the unit of the measurements. */
export interface PairedDifference {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Of a mean at least as far from 0 by chance alone, to either side. */
  readonly probability: number
  readonly pairs: number
}

/**
 * Student's paired t test.
 *
 * @param pairs - `[value, base]`
 * @param tail - share of intervals that may miss the truth
 * @returns mean of `value - base`; `undefined` for fewer than two pairs, which say nothing of their spread
 */
export function pairedDifference(
  pairs: readonly (readonly [value: number, base: number])[],
  tail = 0.05,
): PairedDifference | undefined {
  if (pairs.length < 2) return undefined
  const differences = pairs.map(([value, base]) => value - base)
  const middle = mean(differences)
  const error = sampleStandardDeviation(differences) / Math.sqrt(pairs.length)
  const degrees = pairs.length - 1
  const halfWidth = criticalT(tail, degrees) * error
  return {
    mean: middle,
    low: middle - halfWidth,
    high: middle + halfWidth,
    probability: middle === 0 ? 1 : twoSidedTail(middle / error, degrees),
    pairs: pairs.length,
  }
}
