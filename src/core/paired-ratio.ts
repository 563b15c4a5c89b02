/** Ratios of measurements that were taken in pairs: what slows both of a pair down falls out of their ratio. */
import { median } from 'simple-statistics'
import { meanInterval } from './statistics.js'

/** A ratio with its 95% interval. */
export interface PairedRatio {
  /** Geometric mean of the pairs' ratios. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly median: number
  readonly pairs: number
}

/**
 * Geometric mean of `value / base` over the pairs, with Student's interval of the logarithms, in which a ratio and its
 * inverse lie equally far from 1.
 *
 * @param pairs - `[value, base]`; pairs that are not both above 0 do not count
 * @returns `undefined` for fewer than two pairs, which say nothing of their spread
 */
export function pairedRatio(pairs: readonly (readonly [value: number, base: number])[]): PairedRatio | undefined {
  const ratios = pairs.filter(([value, base]) => value > 0 && base > 0).map(([value, base]) => value / base)
  if (ratios.length < 2) return undefined
  const logarithms = ratios.map(Math.log)
  // The interval is computed of numbers from 0 on; where they start does not change its width.
  const least = Math.min(...logarithms)
  const shifted = meanInterval(logarithms.map((value) => value - least))
  if (shifted === undefined) return undefined
  const [ratio = 1, low = 1, high = 1] = [shifted.mean, shifted.low, shifted.high].map((value) =>
    Math.exp(value + least),
  )
  return { ratio, low, high, median: median(ratios), pairs: ratios.length }
}
