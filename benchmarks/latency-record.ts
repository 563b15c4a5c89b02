/** Latency and throughput of a measurement, with the interval of their mean. */
import type { WindowEnergy } from '../profilers/energy-window.js'
import type { InferenceRecord } from '../src/core/record.js'
import { serialMeanInterval, summarize, thinEvenly } from '../src/core/statistics.js'
import type { Latencies } from './latency-recorder.js'
import type { MeasuredWindow, Measurement } from './protocol.js'

/** Latencies written to a record at most: about 130 kB of JSON. */
const KEPT_IN_RECORD = 10_000
/** What the clock tells apart; the digits beyond come from subtracting times in binary and would be half of a record. */
const TICKS_PER_SECOND = 1e9

/**
 * Percentiles and spread over the latencies kept; count, mean and extremes over all.
 *
 * @returns `undefined` for fewer than two batches, which have no spread
 */
export function latencyRecord(latencies: Latencies): InferenceRecord['latency'] {
  const interval = serialMeanInterval(latencies.samples)
  if (interval === undefined) return undefined
  const { count, total, shortest, longest } = latencies
  const mean = total / count
  const halfWidth = interval.relativeHalfWidth * mean
  return {
    ...summarize(latencies.samples),
    count,
    mean,
    min: shortest,
    max: longest,
    low: Math.max(0, mean - halfWidth),
    high: mean + halfWidth,
  }
}

/** @returns images per second over all windows; its interval is as wide as that of the latency */
export function throughputRecord(
  windows: readonly MeasuredWindow[],
  latency: InferenceRecord['latency'],
  batchSize: number,
): InferenceRecord['throughput'] {
  const seconds = windows.reduce((sum, window) => sum + window.seconds, 0)
  const images = windows.reduce((sum, window) => sum + window.batches, 0) * batchSize
  if (latency === undefined || !(seconds > 0) || !(latency.low > 0)) return undefined
  const imagesPerSecond = images / seconds
  return {
    imagesPerSecond,
    low: imagesPerSecond * (latency.mean / latency.high),
    high: imagesPerSecond * (latency.mean / latency.low),
  }
}

/** Everything that is told of the speed of a measurement. */
export interface Speed extends Pick<InferenceRecord['samples'], 'latencySeconds' | 'latencyEvery'> {
  readonly latency: InferenceRecord['latency']
  readonly throughput: InferenceRecord['throughput']
}

/** The latencies themselves are thinned evenly to what a record can hold, and rounded to the tick of the clock. */
export function speedOf({ latencies, windows }: Measurement, batchSize: number): Speed {
  const { samples, every } = thinEvenly(latencies.samples, KEPT_IN_RECORD)
  const latency = latencyRecord(latencies)
  return {
    latency,
    throughput: throughputRecord(windows, latency, batchSize),
    latencySeconds: samples.map((latency) => Math.round(latency * TICKS_PER_SECOND) / TICKS_PER_SECOND),
    latencyEvery: every * latencies.every,
  }
}

/** @returns one row per window */
export function windowSamples(
  windows: Measurement['windows'],
  batchSize: number,
): InferenceRecord['samples']['windows'] {
  return windows.map(({ startedAt, seconds, batches, energy }) => ({
    startedAt,
    seconds,
    inferences: batches * batchSize,
    ...joulesOf(energy),
  }))
}

function joulesOf({ joules, low, high }: Partial<WindowEnergy> = {}): { joules?: number; low?: number; high?: number } {
  return joules === undefined || low === undefined || high === undefined ? {} : { joules, low, high }
}
