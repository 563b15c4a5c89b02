/** What is ranked: groups of models that ran on the same hardware by the same protocol. */
import { type Static, Type } from 'typebox'
import { amount, count, interval, optional, strict, text } from '../../core/record-parts.js'
import { GradeSchema } from './edition-schema.js'

const positive = Type.Integer({ minimum: 1 })
const share = Type.Number({ minimum: 0, maximum: 1 })
const energyKind = Type.Union([Type.Literal('measured'), Type.Literal('modelled'), Type.Literal('mixed')])
const joules = interval('joules')

/** Machines that may be ranked together. */
export const HardwareClassSchema = Type.Object(
  {
    /** Fit for a file name. */
    id: text,
    /** For people, e.g. `AMD EPYC 7763, 2 x 64 cores`. */
    name: text,
    kind: Type.Union([Type.Literal('cpu'), Type.Literal('gpu')]),
  },
  strict,
)

/** What runs must have in common to be ranked together, beside the hardware. */
export const ProtocolSchema = Type.Object(
  {
    batchSize: positive,
    engine: text,
    /** Absent in files of before it was told apart. */
    engineVersion: optional(text),
    executionProvider: text,
    /** Used where the record tells, else asked for; 0: the engine's choice. */
    threads: count,
    /** Settings of the engine that are not its usual ones, e.g. `graphOptimizationLevel`. */
    engineOptions: optional(Type.Record(text, text)),
    energy: energyKind,
    /** Parts of the machine whose energy is counted, sorted, e.g. `dram`, `package`. */
    parts: Type.Array(text),
    input: Type.Union([Type.Literal('images'), Type.Literal('synthetic')]),
    /** Sizes of the model's input without the batch, e.g. `3x224x224`; free ones as `?`. */
    inputSize: text,
    /** Of the images that accuracy was found on. */
    images: optional(Type.Object({ count, classes: count }, strict)),
    /** `standard`: windows of at least the edition's length. */
    windows: Type.Union([Type.Literal('standard'), Type.Literal('short')]),
  },
  strict,
)

/** A model file, whatever it ran on. */
export const ListedModelSchema = Type.Object(
  {
    /** Fit for a file name. */
    id: text,
    name: text,
    format: text,
    sha256: optional(text),
    bytes: count,
    parameters: optional(count),
  },
  strict,
)

/** One model within a group: its runs put together. */
export const EntrySchema = Type.Object(
  {
    /** `id` of the model. */
    model: text,
    /** 1 plus the number of entries of the group that are significantly better; absent where `unranked` says why. */
    rank: optional(positive),
    unranked: optional(text),
    /** Ranked entries of the group that this one cannot be told from. */
    tiedWith: count,
    /** Of accuracy against energy; absent without accuracy. `tied`: behind the front by less than the intervals. */
    pareto: optional(Type.Union([Type.Literal('front'), Type.Literal('tied'), Type.Literal('dominated')])),
    grade: GradeSchema,
    /** Of one image, gross. */
    energyPerInference: joules,
    netPerInference: optional(joules),
    /** `id`s of the runs, in the order in which they started. */
    runs: Type.Array(text, { minItems: 1 }),
    /** Standard deviation between runs as a share of the energy; absent for a single run. */
    betweenRuns: optional(amount),
    /** With Wilson's 95% interval of `top1`. */
    accuracy: optional(Type.Object({ top1: share, low: share, high: share, top5: optional(share), count }, strict)),
    /** Seconds per batch: medians over the runs. */
    latency: optional(Type.Object({ mean: amount, p50: amount, p90: amount, p95: amount, p99: amount }, strict)),
    imagesPerSecond: optional(amount),
    /** Grams of CO2e of one inference: median over the runs, and the outer ends of their intervals. */
    carbon: optional(Type.Object({ grams: amount, low: amount, high: amount, zones: Type.Array(text) }, strict)),
    /** Multiply-accumulates of one image. */
    macs: optional(amount),
    peakActivationBytes: optional(amount),
    /** Of the same model on the same hardware: the largest set of trainings that have batch size, engine, images and kind in common. */
    training: optional(
      Type.Object(
        {
          energyPerEpoch: joules,
          kind: energyKind,
          batchSize: positive,
          engine: text,
          /** Of one epoch, without those of the validation. */
          images: count,
          /** Mean over the runs. */
          top1: optional(share),
          /** `id`s in `training`. */
          runs: Type.Array(text, { minItems: 1 }),
        },
        strict,
      ),
    ),
    /** Codes of the warnings of all runs, sorted. */
    warnings: Type.Array(text),
  },
  strict,
)

/** Entries that are ranked together. */
export const GroupSchema = Type.Object(
  {
    /** Fit for a file name. */
    id: text,
    /** `id` of the hardware class. */
    hardware: text,
    protocol: ProtocolSchema,
    /** By rank, then by energy; unranked ones last. */
    entries: Type.Array(EntrySchema, { minItems: 1 }),
  },
  strict,
)

export type HardwareClass = Static<typeof HardwareClassSchema>
export type Protocol = Static<typeof ProtocolSchema>
export type ListedModel = Static<typeof ListedModelSchema>
export type LeaderboardEntry = Static<typeof EntrySchema>
export type LeaderboardGroup = Static<typeof GroupSchema>
