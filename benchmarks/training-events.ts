/** The lines that only the trace of a training has. */
import { Type } from 'typebox'
import { CountsSchema, InferenceRecordSchema, TrainingRecordSchema } from '../src/core/record.js'
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

const { properties } = TrainingRecordSchema
const energy = InferenceRecordSchema.properties.energy.properties

/** The trainer is open, the images are decoded and it is warm. */
export const TrainingEventSchema = Type.Object({
  type: Type.Literal('training'),
  engine: properties.engine,
  settings: properties.settings,
  data: properties.data,
  prepare: amount,
  counts: optional(CountsSchema),
  missingCounts: Type.Array(Type.Object({ field: text, reason: text })),
  resumed: properties.resumed,
  target: optional(amount),
  warmupSeconds: amount,
  conditions: optional(conditions),
  protocolStartedAt: date,
  intensities: optional(intensities),
  warnings,
})

/** A part of the training that ended. `energyAt` is absent where it has no energy. */
export const PartEventSchema = Type.Object({
  type: Type.Literal('part'),
  name: Type.Enum(['decoding', 'training', 'validation', 'epoch']),
  epoch: count,
  startedAt: duration,
  seconds: duration,
  steps: count,
  images: count,
  loss: optional(number),
  correct: count,
  busySeconds: amount,
  dataSeconds: amount,
  dataCpuSeconds: amount,
  cpuSeconds: amount,
  ownCpuSeconds: amount,
  losses: Type.Array(number, { maxItems: 100_000 }),
  lossEvery: Type.Integer({ minimum: 1 }),
  isWhole: Type.Boolean(),
  energyAt: optional(number),
})

/** The training is over. */
export const TrainedEventSchema = Type.Object({
  type: Type.Literal('trained'),
  id: text,
  completedAt: date,
  stopReason: Type.Enum(['epochs done', 'accuracy reached', 'interrupted', 'run failed']),
  samplerCpuSeconds: optional(amount),
  use: optional(Type.Object({ before: use, after: use })),
  power: Type.Array(Type.Object({ startedAt: amount, seconds: amount, watts: number }), { maxItems: 100_000 }),
  data: properties.data,
  files: properties.files,
  saving: amount,
  conditions: optional(conditions),
  latency: properties.latency,
  throughput: properties.throughput,
  latencySeconds: Type.Array(amount),
  latencyEvery: count,
  sampling: energy.sampling,
  intensities: optional(intensities),
  measurementWarnings: warnings,
  meterWarnings: warnings,
  warnings,
})
