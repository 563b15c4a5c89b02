/** The lines of a trace: one JSON object each, in the order in which things happened. One schema, and its static types. */
import { type Static, Type } from 'typebox'
import { HIGHEST_FACTOR } from '../profilers/checked-domains.js'
import { CountsSchema, InferenceRecordSchema, ModelRecordSchema } from '../src/core/record.js'
import {
  amount,
  conditions,
  count,
  date,
  duration,
  intensities,
  number,
  optional,
  text,
  use,
  warnings,
} from './event-parts.js'
import { PartEventSchema, TrainedEventSchema, TrainingEventSchema } from './training-events.js'

/** Rises when an event changes its meaning or goes away; fields may be added. */
export const TRACE_VERSION = 1

const free = Type.Record(text, Type.Unknown())
const { properties } = InferenceRecordSchema
const kind = Type.Union([Type.Literal('measured'), Type.Literal('modelled')])

/** The first line. */
export const StartSchema = Type.Object({
  type: Type.Literal('start'),
  traceVersion: Type.Literal(TRACE_VERSION),
  greenbench: text,
  startedAt: date,
})

const domain = Type.Object({
  name: text,
  part: Type.Enum(['system', 'package', 'core', 'uncore', 'dram', 'gpu', 'other']),
  device: optional(text),
  counter: Type.Union([Type.Literal('energy'), Type.Literal('power')]),
  wrapsAt: optional(Type.Number({ exclusiveMinimum: 0 })),
  highestWatts: optional(Type.Number({ exclusiveMinimum: 0 })),
  resolution: optional(amount),
  updatePeriod: optional(amount),
  isCounted: Type.Boolean(),
  isShare: optional(Type.Boolean()),
  low: Type.Number({ minimum: 0, maximum: 1 }),
  high: Type.Number({ minimum: 1, maximum: HIGHEST_FACTOR }),
  source: optional(text),
})

/** A profiler that is read, with what was found out about its counters. */
export const ChannelSchema = Type.Object({
  type: Type.Literal('channel'),
  channel: count,
  profiler: text,
  kind,
  interval: amount,
  domains: Type.Array(
    Type.Object({
      domain,
      isCounted: Type.Boolean(),
      updatePeriod: amount,
      isStill: Type.Boolean(),
      slowPeriod: optional(amount),
    }),
    { maxItems: 4096 },
  ),
})

const values = Type.Array(Type.Union([number, Type.Null()]), { maxItems: 4096 })

/** A background reading, J or W by the domain's `counter`; `null` where a counter could not be read. */
export const ReadingSchema = Type.Object({ type: Type.Literal('reading'), channel: count, at: number, values })

/** One end of a window of energy, with the counters of every channel. */
export const EdgeSchema = Type.Object({
  type: Type.Union([Type.Literal('begin'), Type.Literal('end')]),
  window: count,
  name: optional(text),
  at: number,
  asleep: number,
  readings: Type.Array(Type.Object({ at: number, values }), { maxItems: 64 }),
})

const carbon = properties.carbon.properties.factor.properties
const minute = Type.Integer({ minimum: 0, maximum: 1439 })
const byHour = Type.Object({
  parts: Type.Array(Type.Object({ from: minute, to: minute, value: number }), { minItems: 1, maxItems: 96 }),
})

const footprint = Type.Object({
  factor: Type.Object({ ...carbon, zoneName: text, intervalReason: text, warnings }),
  pue: Type.Number({ minimum: 1, maximum: 10 }),
  pueSource: optional(text),
  wue: optional(amount),
  socialCost: Type.Object({ dollarsPerTonne: amount, low: amount, high: amount, source: text }),
  price: optional(Type.Object({ perKwh: Type.Union([number, byHour]), currency: optional(text) })),
  embodied: optional(
    Type.Object({ kilograms: amount, lifespanYears: Type.Number({ exclusiveMinimum: 0 }), share: amount }),
  ),
})

/** What holds for all batch sizes; in a comparison there is such a line for each competitor. */
export const RunSchema = Type.Object({
  type: Type.Literal('run'),
  model: ModelRecordSchema,
  load: optional(amount),
  input: properties.input,
  host: free,
  footprint,
  options: free,
  versions: properties.versions,
  seed: count,
  profilers: Type.Array(Type.Object({ name: text, kind })),
  refusals: Type.Array(Type.Object({ profiler: text, reason: text, fix: optional(text) })),
  warnings,
})

/** Everything below belongs to one batch size, counted from 0. */
const batch = { batch: count }

/** A batch size begins; in a comparison it does so for one competitor, by the place of its line `run`. */
export const BatchSchema = Type.Object({
  type: Type.Literal('batch'),
  ...batch,
  run: optional(count),
  batchSize: Type.Integer({ minimum: 1 }),
  startedAt: date,
  cooldown: amount,
})

const accuracy = Type.Union([
  Type.Object({ accuracy: Type.Object({ top1: amount, top5: optional(amount), count }) }),
  Type.Object({ reason: text }),
])

/** The model is open and its inputs are prepared. */
export const ReadySchema = Type.Object({
  type: Type.Literal('ready'),
  ...batch,
  engine: properties.engine,
  prepare: amount,
  counts: optional(CountsSchema),
  layers: properties.layers,
  missingCounts: Type.Array(Type.Object({ field: text, reason: text })),
  images: properties.images,
  accuracy: optional(accuracy),
  preprocess: optional(amount),
  postprocess: optional(amount),
  conditions: optional(conditions),
  protocolStartedAt: date,
  intensities: optional(intensities),
  warnings,
})

/** An idle baseline; `energyAt` is the `at` of the `begin` of its window of energy. */
export const IdleSchema = Type.Object({
  type: Type.Literal('idle'),
  ...batch,
  position: Type.Union([Type.Literal('before'), Type.Literal('after')]),
  seconds: amount,
  cpuShare: amount,
  energyAt: optional(number),
  /** Mean power of equal parts of it, W. */
  partWatts: optional(Type.Array(amount, { maxItems: 64 })),
  warnings,
})

/** The warm-up. */
export const WarmUpSchema = Type.Object({
  type: Type.Literal('warmup'),
  ...batch,
  seconds: amount,
  batches: count,
  isSteady: Type.Boolean(),
  warnings,
})

/** Latencies since the last such line, seconds, in order; each of `values` stands for `every` of them. */
export const LatenciesSchema = Type.Object({
  type: Type.Literal('latencies'),
  ...batch,
  count: Type.Integer({ minimum: 1 }),
  total: amount,
  shortest: amount,
  longest: amount,
  every: Type.Integer({ minimum: 1 }),
  values: Type.Array(amount, { maxItems: 100_000 }),
})

/** A window that ended. `energyAt` is absent where its energy does not count. */
export const WindowSchema = Type.Object({
  type: Type.Literal('window'),
  ...batch,
  startedAt: duration,
  seconds: duration,
  batches: count,
  busySeconds: amount,
  cpuSeconds: amount,
  energyAt: optional(number),
})

/** The batch size is done: what was found out at its end, and its record's figures of speed. */
export const DoneSchema = Type.Object({
  type: Type.Literal('done'),
  ...batch,
  id: text,
  completedAt: date,
  stopReason: Type.Enum(['interval reached', 'time budget spent', 'interrupted', 'run failed']),
  samplerCpuSeconds: optional(amount),
  loopCpuSeconds: optional(amount),
  use: optional(Type.Object({ before: use, after: use })),
  conditions: optional(conditions),
  latency: properties.latency,
  throughput: properties.throughput,
  latencySeconds: Type.Array(amount),
  latencyEvery: count,
  sampling: properties.energy.properties.sampling,
  intensities: optional(intensities),
  /** Of the windows and the idle baselines, of the sensors, and of the batch size as a whole. */
  measurementWarnings: warnings,
  meterWarnings: warnings,
  warnings,
})

/** Schema of a line by its `type`. */
export const EVENT_SCHEMAS = {
  start: StartSchema,
  channel: ChannelSchema,
  reading: ReadingSchema,
  begin: EdgeSchema,
  end: EdgeSchema,
  run: RunSchema,
  batch: BatchSchema,
  ready: ReadySchema,
  idle: IdleSchema,
  warmup: WarmUpSchema,
  latencies: LatenciesSchema,
  window: WindowSchema,
  done: DoneSchema,
  training: TrainingEventSchema,
  part: PartEventSchema,
  trained: TrainedEventSchema,
} as const

/** Any line. */
export type RunTraceEvent = Static<(typeof EVENT_SCHEMAS)[keyof typeof EVENT_SCHEMAS]>
/** A line of one type. */
export type EventOf<Name extends keyof typeof EVENT_SCHEMAS> = Static<(typeof EVENT_SCHEMAS)[Name]>
