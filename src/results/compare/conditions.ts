/** What must be alike for two runs to be compared: else the difference says more of the conditions than of the model. */
import type { Metric, SingleRecord } from '../gate/metric.js'
import { hardwareClass } from '../leaderboard/hardware-class.js'
import { inputSize } from '../leaderboard/protocol-class.js'

/** Conditions that may be allowed to differ, by the words of `--allow-different`. */
export const CONDITIONS = [
  'hardware',
  'engine',
  'batch',
  'images',
  'protocol',
  'energy-kind',
  'place',
  'cases',
] as const

/** A condition. */
export type Condition = (typeof CONDITIONS)[number]

/** A condition that differs, with what it was before and what it is now. */
export interface Mismatch {
  readonly condition: Condition
  readonly base: string
  readonly now: string
}

type Reading = (record: SingleRecord) => string

/** The hardware class of a leaderboard, the processor of the host where boards did the work, and what no class holds. */
const hardware: Reading = (record) => {
  if (!('host' in record)) return ''
  const { memoryBytes, os } = record.host as {
    readonly memoryBytes?: unknown
    readonly os?: { readonly platform?: unknown; readonly architecture?: unknown }
  }
  const [own, host] = [record, { host: record.host, engine: { executionProvider: 'cpu' } }].map(hardwareClass)
  const names = new Set([own?.name ?? 'hardware unknown', host?.name ?? 'processor unknown'])
  const memory = typeof memoryBytes === 'number' ? `${Math.round(memoryBytes / 2 ** 30)} GiB` : 'memory unknown'
  return [...names, memory, os?.platform, os?.architecture].map(String).join(', ')
}

/** Options that differ are named; those that all have alike say nothing. */
const engineAmong = (records: readonly SingleRecord[]): Reading => {
  const all = records.map(engineOptions)
  const names = [...new Set(all.flatMap((options) => Object.keys(options)))].sort()
  const telling = names.filter((name) => new Set(all.map((options) => optionText(options, name))).size > 1)
  return (record) => {
    if (!('engine' in record)) return ''
    const { name, version, executionProvider, threads } = record.engine
    const words = [
      `${name} ${version} on ${executionProvider}`,
      `${threads === 0 ? 'its own number of' : threads} threads`,
    ]
    return [...words, ...telling.map((option) => optionText(engineOptions(record), option))].join(', ')
  }
}

/** What these say follows from the model, and is not chosen. */
const OF_MODEL = ['graph', 'outputsNotFetched']

const engineOptions = (record: SingleRecord): Readonly<Record<string, unknown>> =>
  'engine' in record
    ? Object.fromEntries(Object.entries(record.engine.options).filter(([name]) => !OF_MODEL.includes(name)))
    : {}

const optionText = (options: Readonly<Record<string, unknown>>, name: string): string =>
  Object.hasOwn(options, name) ? `${name} ${String(JSON.stringify(options[name]))}` : `no ${name}`

const batch: Reading = (record) => ('batchSize' in record ? String(record.batchSize) : '')

const images: Reading = (record) => {
  if (record.kind === 'training') return `${record.data.training} images, ${record.data.validation} for validation`
  if (record.kind !== 'inference') return ''
  const what =
    record.images === undefined
      ? record.input.kind
      : `${record.images.count} images of ${record.images.classes} classes`
  return `${what} of ${inputSize(record)}`
}

/** What was asked of the measurement, and for energy the counters that were added up. */
const protocol =
  ({ field }: Metric): Reading =>
  (record) => {
    if (record.kind === 'inspection') return ''
    const { maxDuration, targetInterval } = record.options
    const length =
      record.kind === 'training'
        ? `${record.settings.epochs} epochs`
        : `at most ${String(maxDuration)} s, to ±${Number(targetInterval) * 100}%`
    if (field !== 'energy' && field !== 'carbon') return length
    const counters = (record.energy?.domains ?? [])
      .filter(({ isCounted }) => isCounted)
      .map(({ profiler, name }) => `${profiler} ${name}`)
    return `${length}; ${counters.join(', ')}`
  }

const energyKind: Reading = (record) => ('energy' in record ? (record.energy?.kind ?? '') : '')

const place: Reading = (record) => {
  if (!('carbon' in record) || record.carbon === undefined) return ''
  const { factor, pue } = record.carbon
  return `${factor.gramsPerKwh} g/kWh in ${factor.zone}, PUE ${pue}`
}

/** @returns what differs, each condition once, as far as it matters to the figure */
export function mismatches(
  metric: Metric,
  base: readonly SingleRecord[],
  now: readonly SingleRecord[],
): readonly Mismatch[] {
  const isOfFile = metric.kinds.includes('inspection')
  const isEnergy = metric.field === 'energy' || metric.field === 'carbon'
  const engine = engineAmong([...base, ...now])
  const readings: readonly (readonly [Condition, Reading])[] = [
    ...(isOfFile ? [] : [['hardware', hardware] as const, ['engine', engine] as const]),
    ['batch', batch],
    ...(isOfFile ? [] : [['images', images] as const, ['protocol', protocol(metric)] as const]),
    ...(isEnergy ? [['energy-kind', energyKind] as const] : []),
    ...(metric.field === 'carbon' ? [['place', place] as const] : []),
  ]
  return readings.flatMap(([condition, read]) => {
    const [before, after] = [base, now].map((records) => [...new Set(records.map(read))].sort().join(' / '))
    return before === after ? [] : [{ condition, base: before ?? '', now: after ?? '' }]
  })
}
