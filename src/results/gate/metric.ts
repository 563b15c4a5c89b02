/** Figures that a build can be stopped by, under the names that `--metric` and `--fail-if` take. */
import type { ComparisonRecord, InferenceRecord, ResultRecord, TrainingRecord } from '../../core/record.js'
import {
  BYTES,
  COUNT,
  type Figure,
  GRAMS_CO2E,
  IMAGES_PER_SECOND,
  JOULES,
  LITRES,
  RATIO,
  SECONDS,
  type Unit,
  WATTS,
} from '../quantity.js'

/** A record that has figures of its own. */
export type SingleRecord = Exclude<ResultRecord, ComparisonRecord>

/** What a figure is counted in. */
export type Dimension =
  | 'joules'
  | 'seconds'
  | 'grams'
  | 'watts'
  | 'litres'
  | 'bytes'
  | 'count'
  | 'share'
  | 'imagesPerSecond'

/** One figure of a record. */
export interface Metric {
  readonly name: string
  readonly dimension: Dimension
  /** Throughput and accuracy: less is worse. */
  readonly isMoreBetter?: boolean
  /** Field of the record, by which it says why the figure is absent. */
  readonly field: string
  /** Kinds of records that may have it. */
  readonly kinds: readonly SingleRecord['kind'][]
  /** `undefined`: not in this record. */
  of(record: SingleRecord): Figure | undefined
}

/** How figures are shown. */
export const UNITS: Readonly<Record<Dimension, Unit>> = {
  joules: JOULES,
  seconds: SECONDS,
  grams: GRAMS_CO2E,
  watts: WATTS,
  litres: LITRES,
  bytes: BYTES,
  count: COUNT,
  share: RATIO,
  imagesPerSecond: IMAGES_PER_SECOND,
}

const plain = (value: number | undefined): Figure | undefined => (value === undefined ? undefined : { value })

const ranged = <Name extends string>(
  figure: ({ readonly [Key in Name]: number } & { readonly low: number; readonly high: number }) | undefined,
  name: Name,
): Figure | undefined => figure && { value: figure[name], low: figure.low, high: figure.high }

type About = Pick<Metric, 'name' | 'dimension' | 'field'> & Pick<Partial<Metric>, 'isMoreBetter'>

const counted = (about: About, of: Metric['of']): Metric => ({
  ...about,
  kinds: ['inspection', 'inference', 'training'],
  of,
})

const timed = (about: About, of: (record: InferenceRecord | TrainingRecord) => Figure | undefined): Metric => ({
  ...about,
  kinds: ['inference', 'training'],
  of: (record) => (record.kind === 'inspection' ? undefined : of(record)),
})

const inferred = (about: About, of: (record: InferenceRecord) => Figure | undefined): Metric => ({
  ...about,
  kinds: ['inference'],
  of: (record) => (record.kind === 'inference' ? of(record) : undefined),
})

const trained = (about: About, of: (record: TrainingRecord) => Figure | undefined): Metric => ({
  ...about,
  kinds: ['training'],
  of: (record) => (record.kind === 'training' ? of(record) : undefined),
})

type Latency = NonNullable<InferenceRecord['latency']>

const latency = (name: keyof Latency & string): Metric =>
  timed({ name: `latency.${name}`, dimension: 'seconds', field: 'latency' }, ({ latency: all }) =>
    name === 'mean' ? ranged(all, 'mean') : plain(all?.[name]),
  )

const energy = { dimension: 'joules', field: 'energy' } as const
const carbon = { dimension: 'grams', field: 'carbon' } as const
const counts = { dimension: 'count', field: 'counts' } as const
const accuracy = { dimension: 'share', field: 'accuracy', isMoreBetter: true } as const

/** In the order in which messages list them. */
export const METRICS: readonly Metric[] = [
  inferred({ name: 'energyPerInference', ...energy }, (record) => ranged(record.energy?.perInference, 'joules')),
  inferred({ name: 'netEnergyPerInference', ...energy }, (record) => ranged(record.energy?.netPerInference, 'joules')),
  inferred({ name: 'carbonPerInference', ...carbon }, (record) => ranged(record.carbon?.perInference, 'grams')),
  trained({ name: 'energyPerEpoch', ...energy }, (record) => ranged(record.energy?.perEpoch, 'joules')),
  trained({ name: 'energyPerStep', ...energy }, (record) => ranged(record.energy?.perStep, 'joules')),
  trained({ name: 'carbonPerEpoch', ...carbon }, (record) => ranged(record.carbon?.perEpoch, 'grams')),
  timed({ name: 'energy', ...energy }, (record) => ranged(record.energy?.gross, 'joules')),
  timed({ name: 'carbon', ...carbon }, (record) => ranged(record.carbon?.total, 'grams')),
  inferred({ name: 'power', dimension: 'watts', field: 'energy' }, meanPower),
  latency('mean'),
  latency('p50'),
  latency('p90'),
  latency('p95'),
  latency('p99'),
  latency('max'),
  timed(
    { name: 'throughput', dimension: 'imagesPerSecond', field: 'throughput', isMoreBetter: true },
    ({ throughput }) => ranged(throughput, 'imagesPerSecond'),
  ),
  timed({ name: 'accuracy.top1', ...accuracy }, (record) => plain(record.accuracy?.top1)),
  inferred({ name: 'accuracy.top5', ...accuracy }, (record) => plain(record.accuracy?.top5)),
  inferred({ name: 'waterPerInference', dimension: 'litres', field: 'water' }, ({ water }) =>
    plain(water?.perInference),
  ),
  timed({ name: 'loadTime', dimension: 'seconds', field: 'phases.load' }, ({ phases }) => plain(phases.load)),
  counted({ name: 'parameters', ...counts }, (record) => plain(record.counts?.parameters.total)),
  counted({ name: 'macs', ...counts }, (record) => plain(record.counts?.macs)),
  counted({ name: 'flops', ...counts }, (record) => plain(record.counts?.flops)),
  counted({ name: 'peakActivationBytes', dimension: 'bytes', field: 'counts' }, (record) =>
    plain(record.counts?.peakActivationBytes),
  ),
  counted({ name: 'modelBytes', dimension: 'bytes', field: 'model' }, ({ model }) => plain(model.bytes)),
]

function meanPower({ energy: all, samples }: InferenceRecord): Figure | undefined {
  const seconds = samples.windows.reduce((sum, window) => sum + (window.joules === undefined ? 0 : window.seconds), 0)
  if (all === undefined || !(seconds > 0)) return undefined
  const { joules, low, high } = all.gross
  return { value: joules / seconds, low: low / seconds, high: high / seconds }
}

/** @returns why a record lacks a figure, as far as it says so */
export function whyAbsent({ field, kinds }: Metric, record: SingleRecord): string {
  if (!kinds.includes(record.kind)) return `an ${record.kind} has no such figure`.replace('an training', 'a training')
  const said = record.missing.find((missing) => missing.field === field || missing.field.startsWith(`${field}.`))
  return said?.reason ?? 'the record does not hold it'
}
