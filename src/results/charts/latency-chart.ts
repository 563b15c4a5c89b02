/** How long batches took: a histogram of the samples, with the percentiles that the record states. */
import { quantileSorted } from 'simple-statistics'
import type { InferenceRecord } from '../../core/record.js'
import { formatExact, formatPlain, SECONDS } from '../quantity.js'
import { scaleOf, valueAxis } from './axis.js'
import type { Chart } from './chart.js'
import { INK, MUTED, SERIES } from './palette.js'

/** Bins from one edge to the next, seconds; of equal width, or of equal ratio on a logarithmic axis. */
interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  /** Samples beyond the last edge. */
  readonly above: number
  readonly isLogarithmic: boolean
}

const HEIGHT = 230
const FEWEST_BINS = 8
const MOST_BINS = 48
/** A few slow batches must not squeeze the others into one bin. */
const SHOWN_SHARE = 0.995
/** Interquartile ranges above the upper quartile. */
const SHOWN_RANGES = 6
/** More of the samples in one bin are one bar, which shows nothing: latencies are then drawn by their logarithm. */
const FULLEST_SHARE = 0.5
const LOGARITHMIC_BINS = 72

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
  const { above, isLogarithmic } = histogram
  return {
    title: `Latency of a ${what}`,
    description: `Histogram of ${formatExact(samples.latencySeconds.length)} ${many}: half of them took at most ${formatPlain(latency.p50, SECONDS)}, 99% at most ${formatPlain(latency.p99, SECONDS)}.`,
    note: `measured; ${formatExact(samples.latencySeconds.length)} ${many}${samples.latencyEvery > 1 ? `, each for ${samples.latencyEvery}` : ''}${above > 0 ? `; ${formatExact(above)} slower ones, up to ${formatPlain(latency.max, SECONDS)}, lie to the right` : ''}${isLogarithmic ? '; logarithmic axis' : ''}`,
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

function histogramOf(latencies: readonly number[]): Histogram {
  // Numbers are sorted by machine code in there, many times as fast as by a function.
  const sorted = Array.from(Float64Array.from(latencies).sort())
  const even = evenHistogram(sorted)
  const [low = 0, high = 0] = [sorted[0], sorted.at(-1)]
  const isSkewed = Math.max(...even.counts) > FULLEST_SHARE * sorted.length
  // Where nearly all are the same there is nothing more to be seen.
  return isSkewed && low > 0 && high > 2 * low ? logarithmicHistogram(sorted, low, high) : even
}

/** @param sorted - seconds above 0, from `low` to `high` */
function logarithmicHistogram(sorted: readonly number[], low: number, high: number): Histogram {
  const step = Math.log(high / low) / LOGARITHMIC_BINS
  const counts = countsOf(sorted, LOGARITHMIC_BINS, (value) => Math.log(value / low) / step)
  const edges = Array.from({ length: LOGARITHMIC_BINS + 1 }, (_, index) => low * Math.exp(index * step))
  return { edges, counts, above: 0, isLogarithmic: true }
}

/** Bins of equal width by the rule of Freedman and Diaconis: `2 x IQR / cube root of n`. */
function evenHistogram(sorted: readonly number[]): Histogram {
  const at = (share: number) => quantileSorted(sorted, share)
  const range = at(0.75) - at(0.25)
  const low = sorted[0] ?? 0
  const high = Math.min(at(SHOWN_SHARE), Math.max(at(0.9), at(0.75) + SHOWN_RANGES * range))
  const span = Math.max(high - low, high * 1e-3, 1e-12)
  const ideal = (2 * range) / Math.cbrt(sorted.length)
  const bins = Math.min(MOST_BINS, Math.max(FEWEST_BINS, Math.ceil(span / (ideal > 0 ? ideal : span))))
  const width = span / bins
  const shown = sorted.filter((value) => value <= low + span)
  const counts = countsOf(shown, bins, (value) => (value - low) / width)
  const edges = Array.from({ length: bins + 1 }, (_, index) => low + index * width)
  return { edges, counts, above: sorted.length - shown.length, isLogarithmic: false }
}

/** @param place - of a value, in bins from the first edge */
function countsOf(values: readonly number[], bins: number, place: (value: number) => number): readonly number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(Math.floor(place(value)), bins - 1)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

function optionOf(
  { edges, counts, isLogarithmic }: Histogram,
  marks: readonly { name: string; seconds: number }[],
  many: string,
) {
  const [first = 0, last = 1] = [edges[0], edges.at(-1)]
  // On a logarithmic axis the prefix of the middle suits more of it.
  const scale = scaleOf(isLogarithmic ? Math.sqrt(first * last) : last, SECONDS)
  const along = isLogarithmic ? Math.log : (seconds: number) => seconds
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
      ...(isLogarithmic ? { type: 'log' } : {}),
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
          data: withoutCollisions(shown, along, along(last) - along(first)).map(({ name, seconds }) => ({
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
function withoutCollisions<Mark extends { seconds: number }>(
  marks: readonly Mark[],
  along: (seconds: number) => number,
  span: number,
): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks) {
    const before = kept.at(-1)
    if (before === undefined || along(mark.seconds) - along(before.seconds) > span * 0.07) kept.push(mark)
  }
  return kept
}
