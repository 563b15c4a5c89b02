/** What a record keeps of the spread of a figure: one value for each window of the run, or each epoch of the training. */
import { quantile } from 'simple-statistics'
import { FormatError } from '../../core/errors.js'
import type { InferenceRecord } from '../../core/record.js'
import { type Metric, type SingleRecord, UNITS } from '../gate/metric.js'
import { formatPlain } from '../quantity.js'

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
 * @returns all values in the order they were taken, also those below 0; windows and epochs without the figure do not count
 */
export const samplesOf = (metric: Metric, record: SingleRecord): readonly number[] =>
  sampleOfEach(metric, record).filter(Number.isFinite)

/** @returns as `samplesOf`, with `NaN` for a window or an epoch without the figure */
export function sampleOfEach({ name }: Metric, record: SingleRecord): readonly number[] {
  if (record.kind === 'inference') return OF_WINDOWS[name]?.(record) ?? []
  if (record.kind !== 'training' || OF_EPOCHS[name] === undefined) return []
  const whole = record.epochs.filter(({ complete }) => complete)
  return whole.map(({ energy, carbon }) => (name === 'energyPerEpoch' ? energy?.joules : carbon?.grams) ?? Number.NaN)
}

/**
 * Leaving out the samples of which no ratio can be made would tell something else of the rest.
 *
 * @param name - of the run, `unit` - what one of the samples is; for the message
 * @throws {FormatError} `E_COMPARE_RANGE` for samples at or below 0, or as far as no figure of a machine lies
 */
export function refuseNoRatio(
  { name: figure, dimension }: Metric,
  name: string,
  unit: string,
  samples: readonly number[],
): void {
  const [least, most] = [Math.min(...samples), Math.max(...samples)]
  if (least >= LEAST && most <= MOST) return
  const [from, to] = [least, most].map((value) => formatPlain(value, UNITS[dimension]))
  throw new FormatError(
    'E_COMPARE_RANGE',
    `${name}: ${figure} lies between ${from} and ${to} in its ${unit}, of which no ratio can be made`,
    { hint: `${figure.startsWith('net') ? HINT_OF_NET : HINT_OF_OTHERS} a folder of three runs and more is one side` },
  )
}

const HINT_OF_NET = 'compare energyPerInference, which holds the idle machine too, or measure several times:'
const HINT_OF_OTHERS = 'compare another figure, for example --metric latency.mean, or measure several times:'

const perWindow = ({ samples }: InferenceRecord, figure: (window: Window) => number | undefined): readonly number[] =>
  samples.windows.map((window) => figure(window) ?? Number.NaN)

/** Latencies are kept in the order they came, one for every so many batches: each window has those of its batches. */
function ofLatencies(
  { samples, batchSize }: InferenceRecord,
  figure: (latencies: readonly number[]) => number,
): readonly number[] {
  let batches = 0
  return samples.windows.map(({ inferences }) => {
    const from = Math.round(batches / samples.latencyEvery)
    batches += inferences / batchSize
    const own = samples.latencySeconds.slice(from, Math.round(batches / samples.latencyEvery))
    return own.length === 0 ? Number.NaN : figure(own)
  })
}
