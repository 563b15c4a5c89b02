/** A record as metrics of OpenTelemetry: its figures, and the energy of the hardware by the semantic conventions. */
import type { Attributes, HrTime } from '@opentelemetry/api'
import type { GaugeMetricData, MetricData, SumMetricData } from '@opentelemetry/sdk-metrics'
import type { EnergyRecord, InferenceRecord, TrainingRecord } from '../../core/record.js'
import { measuredSeconds } from '../measured-seconds.js'
import type { Exportable } from './exportable.js'

/** The library's own words, which are loaded only when they are needed. */
export interface OpenTelemetryWords {
  readonly gauge: GaugeMetricData['dataPointType']
  readonly sum: SumMetricData['dataPointType']
  readonly cumulative: MetricData['aggregationTemporality']
  readonly double: MetricData['descriptor']['valueType']
}

interface Time {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

type Domain = EnergyRecord['domains'][number]

/** Attributes of `host.*` and `os.*` that the record knows, with the service that measured. */
export function resourceAttributes({ record }: Exportable): Attributes {
  const host = record.kind === 'inspection' ? {} : record.host
  const [cpu, os] = [host.cpu, host.os].map((part) => (typeof part === 'object' && part !== null ? part : {}))
  const architecture = wordAt(os, 'architecture')
  return present({
    'service.name': 'greenbench',
    'service.version': record.versions.greenbench,
    'host.cpu.model.name': wordAt(cpu, 'model'),
    'host.arch': architecture === 'x64' ? 'amd64' : architecture,
    'os.type': wordAt(os, 'platform'),
    'os.description': wordAt(os, 'name'),
  })
}

const wordAt = (part: unknown, name: string): string | undefined => {
  const value = (part as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : undefined
}

const present = (attributes: Readonly<Record<string, string | undefined>>): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))

/**
 * Gauges `greenbench.<figure>`, with `.low` and `.high` for the interval, and of counted domains the counter `hw.energy` with
 * the mean power `hw.power`; `hw.host.energy` and `hw.host.power` where the sensor sees the whole machine. Attribute
 * `greenbench.rests_on` tells what is counted, measured, modelled or mixed.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/hardware/common/
 * @see https://opentelemetry.io/docs/specs/semconv/hardware/host/
 */
export function openTelemetryMetrics({ record, labels, figures }: Exportable, words: OpenTelemetryWords): MetricData[] {
  const time = { startTime: hrTime(record.startedAt), endTime: hrTime(record.completedAt) }
  const run = Object.fromEntries(Object.entries(labels).map(([name, value]) => [`greenbench.${name}`, value]))
  const gauges = figures.flatMap(({ name, ucum, help, figure, kind }) =>
    (['', '.low', '.high'] as const).flatMap((bound) => {
      const value = bound === '' ? figure.value : figure[bound === '.low' ? 'low' : 'high']
      const attributes = { ...run, 'greenbench.rests_on': kind }
      const descriptor = { name: `greenbench.${name}${bound}`, description: help, unit: ucum }
      return value === undefined ? [] : [gauge(descriptor, [{ value, attributes, ...time }], words)]
    }),
  )
  return [...gauges, ...(record.kind === 'inspection' ? [] : hardware(record, run, time, words))]
}

/** Parts of the machine whose sum is its energy, each once. */
function hardware(
  record: InferenceRecord | TrainingRecord,
  run: Attributes,
  time: Time,
  words: OpenTelemetryWords,
): MetricData[] {
  const counted = record.energy?.domains.filter(({ isCounted }) => isCounted) ?? []
  const seconds = measuredSeconds(record)
  const isHost = ({ part }: Domain): boolean => part === 'system'
  return [
    ['hw.', counted.filter((domain) => !isHost(domain))] as const,
    ['hw.host.', counted.filter(isHost)] as const,
  ].flatMap(([prefix, domains]) => {
    if (domains.length === 0) return []
    const points = domains.map((domain) => ({ value: domain.joules, attributes: domainOf(domain, run), ...time }))
    const energy = { name: `${prefix}energy`, description: 'Energy of the measured windows.', unit: 'J' }
    const power = { name: `${prefix}power`, description: 'Mean power over the measured windows.', unit: 'W' }
    const watts = seconds > 0 ? points.map((point) => ({ ...point, value: point.value / seconds })) : []
    return [counter(energy, points, words), ...(watts.length === 0 ? [] : [gauge(power, watts, words)])]
  })
}

/** Well-known types of the conventions. */
const TYPES: Readonly<Record<string, string>> = {
  package: 'cpu',
  core: 'cpu',
  uncore: 'cpu',
  dram: 'memory',
  gpu: 'gpu',
}

function domainOf({ name, profiler, kind, part, device }: Domain, run: Attributes): Attributes {
  const id = [profiler, name, device].filter((word) => word !== undefined).join('/')
  const type = part === 'system' ? {} : { 'hw.type': TYPES[part ?? ''] ?? part ?? 'other' }
  return { ...run, 'hw.id': id, 'hw.name': name, ...type, 'greenbench.rests_on': kind }
}

type Descriptor = Omit<MetricData['descriptor'], 'valueType'>

const gauge = (descriptor: Descriptor, dataPoints: GaugeMetricData['dataPoints'], words: OpenTelemetryWords) => ({
  descriptor: { ...descriptor, valueType: words.double },
  aggregationTemporality: words.cumulative,
  dataPointType: words.gauge,
  dataPoints,
})

const counter = (descriptor: Descriptor, dataPoints: SumMetricData['dataPoints'], words: OpenTelemetryWords) => ({
  ...gauge(descriptor, dataPoints, words),
  dataPointType: words.sum,
  isMonotonic: true,
})

/** Seconds and nanoseconds since 1970. */
function hrTime(date: string): HrTime {
  const milliseconds = Date.parse(date)
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6]
}
