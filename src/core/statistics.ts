/** Statistics of repeated measurements: tinybench's for one set of samples, batch means for samples that follow each other. */
import { quantileSorted } from 'simple-statistics'
import { Bench, type Statistics } from 'tinybench'
import { combinedHalfWidth, type Uncertainty } from './combined-uncertainty.js'

/** Location and spread of samples, in the unit of the samples. */
export interface Summary {
  readonly count: number
  readonly mean: number
  /** Of the sample (n - 1); 0 for a single one. */
  readonly standardDeviation: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly min: number
  readonly max: number
}

/** A mean with its two-sided 95% interval. */
export interface MeanInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Half-width of the interval by the mean; `Infinity` for a mean of 0 with any spread. */
  readonly relativeHalfWidth: number
  /** What the half-width comes from, to be combined with other reasons for doubt. */
  readonly uncertainty: Uncertainty
}

/** Batches of consecutive samples; few enough that each is long, many enough for a useful Student t. */
const BATCHES = 30
/** A stronger correlation of neighbours than this cannot be told from a trend in `BATCHES` values. */
const HIGHEST_CORRELATION = 0.9
const HIGHEST_WELL_KNOWN = 0.97
/** From so many values on their correlation is known to within 0.2. */
const MANY = 20

/**
 * Percentiles (linear interpolation, R type 7), mean and spread.
 *
 * @param samples - at least one, finite and not negative
 */
export function summarize(samples: ArrayLike<number>): Summary {
  const statistics = tinybenchStatistics(samples)
  const sorted = statistics.samples ?? []
  return {
    count: samples.length,
    mean: statistics.mean,
    standardDeviation: statistics.sd,
    p50: statistics.p50,
    p90: quantileSorted(sorted, 0.9),
    p95: quantileSorted(sorted, 0.95),
    p99: statistics.p99,
    min: statistics.min,
    max: statistics.max,
  }
}

/**
 * 95% interval of the mean of independent samples, by Student's t.
 *
 * @param samples - finite and not negative
 * @returns `undefined` for fewer than two samples, which say nothing of their spread
 */
export function meanInterval(samples: ArrayLike<number>): MeanInterval | undefined {
  if (samples.length < 2) return undefined
  const { mean, sem } = tinybenchStatistics(samples)
  return intervalAround(mean, { standard: sem, degrees: samples.length - 1 })
}

/**
 * 95% interval of the mean of samples that follow each other in time, such as latencies, where a slow one is often
 * followed by another: Student's t over the means of consecutive batches, widened by what correlation is left
 * between neighbouring batches (as for an autoregressive process of order 1).
 *
 * @param samples - in the order they were taken, finite and not negative
 * @returns `undefined` for fewer than two samples
 * @see Schmeiser, Batch size effects in the analysis of simulation output, Operations Research 30 (1982)
 */
export function serialMeanInterval(samples: ArrayLike<number>): MeanInterval | undefined {
  const means = batchMeans(samples, BATCHES)
  return widenedBy(means.length < 10 ? 0 : neighbourCorrelation(means), meanInterval(means))
}

/**
 * 95% interval of the mean of values that follow each other, each a mean over many events, such as the power of parts of a
 * run: Student's t, widened by what neighbours have in common, which is seen too small by about 1/n. From `MANY` values on it
 * counts only where it stands out from chance, and then values that tell nothing new are no degrees of freedom either.
 *
 * @param samples - in the order they were taken, finite and not negative
 * @returns `undefined` for fewer than two samples
 * @see Marriott and Pope, Bias in the estimation of autocorrelations, Biometrika 41 (1954)
 */
export function neighbourMeanInterval(samples: readonly number[]): MeanInterval | undefined {
  const seen = neighbourCorrelation(samples)
  if (samples.length < MANY) return widenedBy(seen + 1 / samples.length, meanInterval(samples))
  const isChance = seen < 1 / Math.sqrt(samples.length)
  return widenedBy(isChance ? 0 : seen + (1 + 3 * seen) / samples.length, meanInterval(samples), true)
}

/**
 * As for an autoregressive process of order 1.
 *
 * @param isWellKnown - the correlation takes degrees of freedom, too
 */
function widenedBy(
  correlation: number,
  interval: MeanInterval | undefined,
  isWellKnown = false,
): MeanInterval | undefined {
  if (interval === undefined) return undefined
  const { standard, degrees } = interval.uncertainty
  const kept = Math.min(isWellKnown ? HIGHEST_WELL_KNOWN : HIGHEST_CORRELATION, Math.max(0, correlation))
  const inflation = (1 + kept) / (1 - kept)
  const left = isWellKnown ? Math.max(1, (degrees + 1) / inflation - 1) : degrees
  return intervalAround(interval.mean, { standard: standard * Math.sqrt(inflation), degrees: left })
}

/**
 * Means of `count` consecutive batches of equal size as far as the samples divide; with fewer samples, the samples.
 *
 * @param samples - in the order they were taken
 */
export function batchMeans(samples: ArrayLike<number>, count: number): readonly number[] {
  const batches = Math.min(count, samples.length)
  return Array.from({ length: batches }, (_, batch) => {
    const start = Math.floor((batch * samples.length) / batches)
    const end = Math.floor(((batch + 1) * samples.length) / batches)
    let sum = 0
    for (let index = start; index < end; index++) sum += samples[index] ?? 0
    return sum / (end - start)
  })
}

/**
 * At most `limit` samples, evenly spaced over all.
 *
 * @returns the samples kept, and how many of the given ones each stands for
 */
export function thinEvenly(
  samples: ArrayLike<number>,
  limit: number,
): { readonly samples: readonly number[]; readonly every: number } {
  const every = Math.max(1, Math.ceil(samples.length / limit))
  const kept = Array.from({ length: Math.ceil(samples.length / every) }, (_, index) => samples[index * every] ?? 0)
  return { samples: kept, every }
}

function intervalAround(mean: number, uncertainty: Uncertainty): MeanInterval {
  const halfWidth = combinedHalfWidth([uncertainty])
  const relativeHalfWidth = halfWidth === 0 ? 0 : halfWidth / Math.abs(mean)
  return { mean, low: mean - halfWidth, high: mean + halfWidth, relativeHalfWidth, uncertainty }
}

/**
 * tinybench keeps its statistics to itself, so the samples are replayed as the durations of a task.
 * The unit does not matter: nothing is timed.
 */
function tinybenchStatistics(samples: ArrayLike<number>): Statistics {
  if (samples.length === 0) throw new RangeError('statistics need at least one sample')
  let next = 0
  const bench = new Bench({ iterations: samples.length, time: 0, warmup: false, retainSamples: true, throws: true })
  bench.add('replay', () => ({ overriddenDuration: samples[next++] }), { async: false })
  const result = bench.runSync()[0]?.result
  if (result?.state !== 'completed') throw new RangeError(`statistics of ${samples.length} samples failed`)
  return result.latency
}

/** Correlation of each value with the one after it; 0 where there is no spread. */
function neighbourCorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let [spread, shared] = [0, 0]
  for (const [index, value] of values.entries()) {
    spread += (value - mean) ** 2
    const after = values[index + 1]
    if (after !== undefined) shared += (value - mean) * (after - mean)
  }
  return spread === 0 ? 0 : shared / spread
}
