/** How often a quantity had which value, as bars; the slowest percent in a bar of its own. */
import { quantileSorted } from 'simple-statistics'
import { COUNT, formatPlain, type Unit } from '../quantity.js'
import { type IntervalBar, intervalBars } from './interval-bars.js'
import type { PlotView } from './plot-view.js'

const MOST_BINS = 12

/**
 * @param samples - not empty; each stands for `every` events
 * @returns lines, each ended by a line break
 */
export function histogram(
  title: string,
  samples: readonly number[],
  every: number,
  unit: Unit,
  view: PlotView,
): string {
  const sorted = Float64Array.from(samples).sort()
  const [low = 0] = sorted
  const high = quantileSorted(sorted as unknown as number[], 0.99)
  const bins = high === low ? 1 : Math.min(MOST_BINS, Math.ceil(Math.sqrt(sorted.length)))
  const counts = new Array<number>(bins + 1).fill(0)
  for (const sample of sorted) {
    const bin = sample > high ? bins : binOf(sample, low, high, bins)
    counts[bin] = (counts[bin] ?? 0) + every
  }
  const bars = counts.flatMap((count, bin): readonly IntervalBar[] => {
    if (bin === bins && count === 0) return []
    const label =
      bin === bins ? `above ${formatPlain(high, unit)}` : formatPlain(low + ((high - low) * bin) / bins, unit)
    return [{ label, figure: { value: count } }]
  })
  return intervalBars(title, bars, COUNT, view)
}

const binOf = (sample: number, low: number, high: number, bins: number): number =>
  high === low ? 0 : Math.min(bins - 1, Math.floor(((sample - low) / (high - low)) * bins))
