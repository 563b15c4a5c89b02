/** The record of a training: what each epoch cost and what the model had learnt by its end. */
import { type Static, Type } from 'typebox'
import { EnergySchema } from './energy-schema.js'
import { InferenceRecordSchema } from './inference-record.js'
import { amount, count, head, interval, optional, strict, text } from './record-parts.js'

const { properties } = InferenceRecordSchema
const energy = EnergySchema.properties
const factor = properties.carbon.properties
const number = Type.Number()
const joules = interval('joules')
const grams = interval('grams')
const share = Type.Number({ minimum: 0, maximum: 1 })

/** The training or the validation of one epoch. */
export const TrainingPartSchema = Type.Object(
  {
    seconds: amount,
    /** Batches, the last one of which may have fewer images. */
    steps: count,
    images: count,
    imagesPerSecond: optional(amount),
    /** Mean over the images; absent where none of them has been through the model. */
    loss: optional(number),
    /** Share of the images whose highest score is their label's. */
    accuracy: optional(share),
    /** What putting batches together took: seconds that the training waited for it, and joules by its share of the CPU time. */
    data: Type.Object({ seconds: amount, joules: optional(number) }, strict),
    energy: optional(joules),
  },
  strict,
)

/** One pass over the training images, with the validation after it. */
export const EpochSchema = Type.Object(
  {
    /** From 1, counted through where a training was resumed. */
    epoch: Type.Integer({ minimum: 1 }),
    /** False for an epoch that was interrupted or failed: what is there had been done until then. */
    complete: Type.Boolean(),
    /** Seconds since the start of the measurement. */
    startedAt: amount,
    seconds: amount,
    training: TrainingPartSchema,
    validation: optional(TrainingPartSchema),
    /** Of training and validation together. */
    energy: optional(joules),
    carbon: optional(grams),
    /** Of the electricity with PUE, in the currency of `cost`. */
    cost: optional(number),
    /** W, mean over the epoch. */
    watts: optional(number),
  },
  strict,
)

/** Joules of the training; `gross` is all of it: decoding, epochs with their validation, and what was begun (`W_ENERGY_PARTIAL` names what it lacks). */
export const TrainingEnergySchema = Type.Object(
  {
    ...{ kind: energy.kind, measuredShare: energy.measuredShare, gross: energy.gross, net: energy.net },
    /** One whole epoch with its validation; its interval has the spread between epochs in it. */
    perEpoch: optional(joules),
    netPerEpoch: optional(joules),
    /** Of the training parts alone, without validation. */
    perStep: joules,
    perImage: joules,
    perThousandImages: joules,
    /**
     * What `gross` is made of. Each is absent where a window of it has no joules; decoding before the first epoch also where
     * images are decoded ahead of the training.
     */
    parts: Type.Object(
      { decoding: optional(joules), training: optional(joules), validation: optional(joules) },
      strict,
    ),
    ...{ domains: energy.domains, idle: energy.idle, budget: energy.budget, attribution: energy.attribution },
    ...{ crossChecks: energy.crossChecks, sampling: energy.sampling },
    /** Why the epochs ended: `epochs done`, `accuracy reached`, `interrupted` or `run failed`. */
    stopReason: text,
  },
  strict,
)

const trainingCarbon = Type.Object(
  {
    perEpoch: optional(grams),
    perImage: grams,
    perThousandImages: grams,
    total: grams,
    factor: factor.factor,
    pue: factor.pue,
    pueSource: factor.pueSource,
    /** Software Carbon Intensity of the training: `grams` is `operational` and `embodied` together. */
    sci: factor.sci,
  },
  strict,
)

/** What was asked of the training, with the defaults that were used. */
export const TrainingSettingsSchema = Type.Object(
  {
    epochs: count,
    batchSize: Type.Integer({ minimum: 1 }),
    /** Batches of one update of the weights. */
    accumulate: Type.Integer({ minimum: 1 }),
    optimizer: text,
    learningRate: amount,
    momentum: optional(amount),
    nesterov: optional(Type.Boolean()),
    weightDecay: amount,
    schedule: text,
    warmupEpochs: amount,
    loss: text,
    labelSmoothing: amount,
    fromScratch: Type.Boolean(),
    augment: Type.Array(text),
  },
  strict,
)

/** What a training found out. */
export const TrainingRecordSchema = Type.Object(
  {
    ...head,
    kind: Type.Literal('training'),
    engine: properties.engine,
    batchSize: properties.batchSize,
    settings: TrainingSettingsSchema,
    data: Type.Object(
      {
        description: text,
        /** Images that can be used. */
        training: count,
        validation: count,
        /** By their numbers. */
        classes: Type.Array(text),
        /** The first of those that cannot be used, by name; `skippedCount` says how many there are. */
        skipped: Type.Array(Type.Object({ name: text, reason: text }, strict)),
        skippedCount: count,
        /** True where each image was decoded once and kept; absent for data that a program brought itself. */
        isCached: optional(Type.Boolean()),
      },
      strict,
    ),
    epochs: Type.Array(EpochSchema),
    /** Of the validation images after the last whole epoch, or of the training images where there are none. */
    accuracy: optional(
      Type.Object(
        { top1: share, count, of: Type.Union([Type.Literal('validation'), Type.Literal('training')]) },
        strict,
      ),
    ),
    /** What `--until-accuracy` asked for; the figures are those of everything up to the end of the epoch that reached it. */
    target: optional(
      Type.Object(
        {
          accuracy: share,
          isReached: Type.Boolean(),
          epoch: optional(count),
          seconds: optional(amount),
          joules: optional(joules),
          grams: optional(grams),
        },
        strict,
      ),
    ),
    /** Set when the training went on from a checkpoint. */
    resumed: optional(Type.Object({ epoch: count, updates: count }, strict)),
    /** Files that were written. */
    files: Type.Object({ model: optional(text), checkpoint: optional(text) }, strict),
    /** Seconds. */
    phases: Type.Object(
      {
        load: optional(amount),
        /** Decoding images before the first epoch. */
        decoding: optional(amount),
        /** Making the training graph and opening it in the engine. */
        prepare: amount,
        warmup: amount,
        training: amount,
        validation: optional(amount),
        /** Writing checkpoints and the model. */
        save: optional(amount),
        idle: optional(amount),
      },
      strict,
    ),
    /** Seconds per step. */
    latency: properties.latency,
    /** Of the training parts, data included. */
    throughput: properties.throughput,
    energy: optional(TrainingEnergySchema),
    carbon: optional(trainingCarbon),
    water: optional(Type.Object({ wue: amount, total: amount }, strict)),
    cost: optional(
      Type.Object(
        { perEpoch: optional(number), total: number, perKwh: optional(number), currency: optional(text) },
        strict,
      ),
    ),
    socialCost: optional(
      Type.Object({ dollarsPerTonne: amount, low: amount, high: amount, source: text, total: amount }, strict),
    ),
    /** What the training compares to. */
    equivalents: optional(Type.Array(Type.Object({ amount, unit: text, source: text }, strict))),
    own: properties.own,
    conditions: properties.conditions,
    host: properties.host,
    seed: properties.seed,
    replay: properties.replay,
    samples: Type.Object(
      {
        /** Seconds per step in order, to the nanosecond, thinned evenly; each stands for `latencyEvery`. */
        latencySeconds: Type.Array(amount),
        latencyEvery: count,
        /** Loss of each step in order, thinned evenly: a list for each epoch. */
        losses: Type.Array(Type.Object({ epoch: count, every: count, values: Type.Array(number) }, strict)),
        /** Power in short windows, one after the other: seconds since the start of the measurement, and W. */
        power: Type.Array(Type.Object({ startedAt: amount, seconds: amount, watts: number }, strict)),
      },
      strict,
    ),
  },
  strict,
)

/** A record of a training. */
export type TrainingRecord = Static<typeof TrainingRecordSchema>
/** A row of `epochs`. */
export type EpochRecord = Static<typeof EpochSchema>
/** The `energy` of a training. */
export type TrainingEnergyRecord = Static<typeof TrainingEnergySchema>
/** The `settings` of a training. */
export type TrainingSettingsRecord = Static<typeof TrainingSettingsSchema>
