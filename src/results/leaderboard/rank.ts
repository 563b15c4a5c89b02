/** Ranks that do not claim more than the intervals allow. */

/** Place of one entry. */
export interface Place {
  /** 1 plus the number of entries whose whole interval lies below this one's. */
  readonly rank: number
  /** Entries whose interval overlaps with this one's. */
  readonly tiedWith: number
}

/**
 * Overlapping is not transitive: A may tie with B and B with C where A beats C. Counting who is significantly better gives
 * each entry a rank of its own all the same, and whoever beats another always has the better rank.
 *
 * @param intervals - 95% intervals; less is better
 * @returns in the order given
 */
export function rankByInterval(
  intervals: readonly { readonly low: number; readonly high: number }[],
): readonly Place[] {
  const highs = Float64Array.from(intervals, ({ high }) => high).sort()
  const lows = Float64Array.from(intervals, ({ low }) => low).sort()
  return intervals.map(({ low, high }) => {
    const better = countBelow(highs, low)
    const worse = lows.length - countUpTo(lows, high)
    return { rank: 1 + better, tiedWith: intervals.length - 1 - better - worse }
  })
}

const countBelow = (sorted: Float64Array, limit: number): number => partition(sorted, (value) => value < limit)

const countUpTo = (sorted: Float64Array, limit: number): number => partition(sorted, (value) => value <= limit)

/** @returns how many values from the first on fulfil the condition */
function partition(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (holds(sorted[middle] ?? 0)) from = middle + 1
    else to = middle
  }
  return from
}
