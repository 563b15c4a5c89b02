/** What a record keeps of the spread of a figure: one value for each window of the run, or each epoch of the training. */
import { quantile } from 'simple-statistics'
import type { InferenceRecord } from '../../core/record.js'
import type { Metric, SingleRecord } from '../gate/metric.js'

type Window = InferenceRecord['samples']['windows'][number]

/** Figures that vary from run to run, by how they are told from a window; all others are exact. */
const OF_WINDOWS: Readonly<Record<string, (record: InferenceRecord) => readonly number[]>> = {
  energyPerInference: (record) => perWindow(record, ({ joules, inferences }) => joules && joules / inferences),
  netEnergyPerInference: (record) => {
    const watts = record.energy?.idle?.watts ?? Number.NaN
    return perWindow(record, ({ joules, seconds, inferences }) => joules && (joules - watts * seconds) / inferences)
  },
  carbonPerInference: (record) => {
    const grams = (record.carbon?.perInference.grams ?? Number.NaN) / (record.energy?.perInference.joules ?? 0)
    return perWindow(record, ({ joules, inferences }) => joules && (joules * grams) / inferences)
  },
  power: (record) => perWindow(record, ({ joules, seconds }) => joules && joules / seconds),
  throughput: (record) => perWindow(record, ({ inferences, seconds }) => inferences / seconds),
  'latency.mean': (record) => ofLatencies(record, (latencies) => latencies.reduce((a, b) => a + b) / latencies.length),
  'latency.p50': (record) => ofLatencies(record, (latencies) => quantile([...latencies], 0.5)),
  'latency.p90': (record) => ofLatencies(record, (latencies) => quantile([...latencies], 0.9)),
  'latency.p95': (record) => ofLatencies(record, (latencies) => quantile([...latencies], 0.95)),
  'latency.p99': (record) => ofLatencies(record, (latencies) => quantile([...latencies], 0.99)),
  'latency.max': (record) => ofLatencies(record, (latencies) => Math.max(...latencies)),
}

/** Figures that are counted in the file, or the same in every run of the same model on the same images. */
const EXACT = ['parameters', 'macs', 'flops', 'peakActivationBytes', 'modelBytes', 'accuracy.top1', 'accuracy.top5']

/** @returns whether a figure has no spread */
export const isExact = ({ name }: Metric): boolean => EXACT.includes(name)

/** Metrics that can be compared. */
export const isComparable = (metric: Metric): boolean =>
  isExact(metric) || Object.hasOwn(OF_WINDOWS, metric.name) || Object.hasOwn(OF_EPOCHS, metric.name)

const OF_EPOCHS: Readonly<Record<string, 'energy' | 'carbon'>> = { energyPerEpoch: 'energy', carbonPerEpoch: 'carbon' }

/** What lies outside is no figure of a machine, and its square no number. */
const [LEAST, MOST] = [1e-30, 1e30]

/**
 * @param metric - one that is not exact
 * @returns values above 0 in the order they were taken; windows and epochs without the figure do not count
 */
export function samplesOf(metric: Metric, record: SingleRecord): readonly number[] {
  const found = rawSamples(metric, record)
  return found.filter((value) => value >= LEAST && value <= MOST)
}

function rawSamples({ name }: Metric, record: SingleRecord): readonly number[] {
  if (record.kind === 'inference') return OF_WINDOWS[name]?.(record) ?? []
  if (record.kind !== 'training' || OF_EPOCHS[name] === undefined) return []
  const whole = record.epochs.filter(({ complete }) => complete)
  return whole.map(({ energy, carbon }) => (name === 'energyPerEpoch' ? energy?.joules : carbon?.grams) ?? Number.NaN)
}

const perWindow = ({ samples }: InferenceRecord, figure: (window: Window) => number | undefined): readonly number[] =>
  samples.windows.map((window) => figure(window) ?? Number.NaN)

/** Latencies are kept in the order they came, one for every so many batches: each window has those of its batches. */
function ofLatencies(
  { samples, batchSize }: InferenceRecord,
  figure: (latencies: readonly number[]) => number,
): readonly number[] {
  let batches = 0
  return samples.windows.flatMap(({ inferences }) => {
    const from = Math.round(batches / samples.latencyEvery)
    batches += inferences / batchSize
    const own = samples.latencySeconds.slice(from, Math.round(batches / samples.latencyEvery))
    return own.length === 0 ? [] : [figure(own)]
  })
}
