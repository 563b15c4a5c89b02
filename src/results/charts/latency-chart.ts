/** How long batches took: a histogram of the samples, with the percentiles that the record states. */
import { quantileSorted } from 'simple-statistics'
import type { InferenceRecord } from '../../core/record.js'
import { formatExact, formatPlain, SECONDS } from '../quantity.js'
import { scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { INK, MUTED, SERIES } from './palette.js'

/** Bins from one edge to the next, seconds. */
interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  /** Samples beyond the last edge. */
  readonly above: number
}

const HEIGHT = 230
const FEWEST_BINS = 8
const MOST_BINS = 48
/** A few slow batches must not squeeze the others into one bin. */
const SHOWN_SHARE = 0.995
/** Interquartile ranges above the upper quartile. */
const SHOWN_RANGES = 6

/**
 * @param what - was timed
 * @returns nothing for fewer than ten samples, which make no histogram
 */
export function latencyChart(
  latency: InferenceRecord['latency'],
  samples: Pick<InferenceRecord['samples'], 'latencySeconds' | 'latencyEvery'>,
  what: 'batch' | 'step',
): Chart | undefined {
  const many = what === 'batch' ? 'batches' : 'steps'
  if (latency === undefined || samples.latencySeconds.length < 10) return undefined
  const histogram = histogramOf(samples.latencySeconds)
  const marks = (['p50', 'p90', 'p99'] as const).map((name) => ({ name, seconds: latency[name] }))
  const { above } = histogram
  return {
    title: `Latency of a ${what}`,
    description: `Histogram of ${formatExact(samples.latencySeconds.length)} ${many}: half of them took at most ${formatPlain(latency.p50, SECONDS)}, 99% at most ${formatPlain(latency.p99, SECONDS)}.`,
    note: `measured; ${formatExact(samples.latencySeconds.length)} ${many}${samples.latencyEvery > 1 ? `, each for ${samples.latencyEvery}` : ''}${above > 0 ? `; ${formatExact(above)} slower ones, up to ${formatPlain(latency.max, SECONDS)}, lie to the right` : ''}`,
    height: HEIGHT,
    option: optionOf(histogram, marks, many),
    data: {
      caption: `Latency of a ${what}`,
      head: ['Statistic', 'Seconds'],
      rows: (['mean', 'standardDeviation', 'min', 'p50', 'p90', 'p95', 'p99', 'max'] as const).map((name) => ({
        cells: [name === 'standardDeviation' ? 'standard deviation' : name, formatPlain(latency[name], SECONDS)],
      })),
      numbers: [1],
    },
  }
}

/** Bins of equal width by the rule of Freedman and Diaconis: `2 x IQR / cube root of n`. */
function histogramOf(latencies: readonly number[]): Histogram {
  const sorted = [...latencies].sort((one, other) => one - other)
  const at = (share: number) => quantileSorted(sorted, share)
  const range = at(0.75) - at(0.25)
  const low = sorted[0] ?? 0
  const high = Math.min(at(SHOWN_SHARE), Math.max(at(0.9), at(0.75) + SHOWN_RANGES * range))
  const span = Math.max(high - low, high * 1e-3, 1e-12)
  const ideal = (2 * range) / Math.cbrt(sorted.length)
  const bins = Math.min(MOST_BINS, Math.max(FEWEST_BINS, Math.ceil(span / (ideal > 0 ? ideal : span))))
  const width = span / bins
  const counts = new Array<number>(bins).fill(0)
  let above = 0
  for (const value of sorted) {
    const bin = Math.floor((value - low) / width)
    if (value > low + span) above += 1
    else counts[Math.min(bin, bins - 1)] = (counts[Math.min(bin, bins - 1)] ?? 0) + 1
  }
  return { edges: Array.from({ length: bins + 1 }, (_, index) => low + index * width), counts, above }
}

function optionOf({ edges, counts }: Histogram, marks: readonly { name: string; seconds: number }[], many: string) {
  const [first = 0, last = 1] = [edges[0], edges.at(-1)]
  const scale = scaleOf(last, SECONDS)
  const steps = counts.flatMap((count, bin) => [
    [(edges[bin] ?? 0) / scale.factor, count],
    [(edges[bin + 1] ?? 0) / scale.factor, count],
  ])
  const shown = marks.filter(({ seconds }) => seconds >= first && seconds <= last)
  return {
    grid: { left: 58, right: 16, top: 24, bottom: 44 },
    xAxis: valueAxis(`latency, ${scale.symbol}`, {
      nameGap: 26,
      scale: true,
      splitLine: { show: false },
      min: first / scale.factor,
      max: last / scale.factor,
      axisLabel: {
        color: MUTED,
        fontSize: 12,
        showMinLabel: false,
        showMaxLabel: false,
        hideOverlap: true,
        formatter: threeDigits,
      },
    }),
    yAxis: valueAxis(many, { nameGap: 42, min: 0 }),
    series: [
      {
        type: 'line',
        silent: true,
        symbol: 'none',
        data: steps,
        lineStyle: { color: SERIES.blue, width: 1.2 },
        areaStyle: { color: SERIES.blue, opacity: 0.35 },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: INK, type: 'dashed', width: 1 },
          label: { color: MUTED, fontSize: 11, position: 'end', distance: 4, formatter: '{b}' },
          data: withoutCollisions(shown, last - first).map(({ name, seconds }) => ({
            name,
            xAxis: seconds / scale.factor,
          })),
        },
      },
    ],
  }
}

const threeDigits = (value: number): string => String(Number(value.toPrecision(3)))

/** Marks that are too near to the one before would write over it. */
function withoutCollisions<Mark extends { seconds: number }>(marks: readonly Mark[], span: number): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks) if (mark.seconds - (kept.at(-1)?.seconds ?? -1) > span * 0.07) kept.push(mark)
  return kept
}
