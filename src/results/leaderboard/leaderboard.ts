/** The leaderboard file: what is published, and all that its pages need. One schema, and its static type. */
import { type Static, Type } from 'typebox'
import { InferenceRecordSchema } from '../../core/inference-record.js'
import {
  amount,
  CountsSchema,
  count,
  interval,
  ModelRecordSchema,
  optional,
  strict,
  text,
  WarningSchema,
} from '../../core/record-parts.js'
import { TrainingRecordSchema } from '../../core/training-record.js'
import { LEADERBOARD_VERSION } from './leaderboard-version.js'

const positive = Type.Integer({ minimum: 1 })
const share = Type.Number({ minimum: 0, maximum: 1 })
const energyKind = Type.Union([Type.Literal('measured'), Type.Literal('modelled'), Type.Literal('mixed')])
const joules = interval('joules')
const record = InferenceRecordSchema.properties
const trained = TrainingRecordSchema.properties

/** One letter of the scale, from the greenest. */
export const LetterSchema = Type.Union([
  Type.Literal('A'),
  Type.Literal('B'),
  Type.Literal('C'),
  Type.Literal('D'),
  Type.Literal('E'),
  Type.Literal('F'),
  Type.Literal('G'),
])

/** The A to G grade by the absolute rule of an edition, or why there is none. */
export const GradeSchema = Type.Union([
  Type.Object(
    {
      edition: text,
      /** Reference line that was used. */
      line: text,
      /** Of the figure itself. */
      letter: LetterSchema,
      /** Letters at the ends of the 95% interval; both are `letter` where it crosses no boundary. */
      best: LetterSchema,
      worst: LetterSchema,
      /** Joules by the joules of the line at the same accuracy, with the 95% interval. */
      index: Type.Object({ value: amount, low: amount, high: amount }, strict),
    },
    strict,
  ),
  Type.Object({ edition: text, notGraded: text }, strict),
])

/** Where the record of a run lies: a page may offer it for download when the file still has this digest. */
export const RawFileSchema = Type.Object(
  {
    /** From the folder of the leaderboard, with `/`. May point anywhere: never serve it without checking the digest. */
    path: text,
    /** Of the whole file. */
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** Place in the file where it holds a list; where a comparison stands there, the run is the one of its `id` within. */
    index: count,
  },
  strict,
)

/** An inference record without samples, options and equivalents: those stay in the raw file. */
export const RunSchema = Type.Object(
  {
    id: record.id,
    raw: RawFileSchema,
    startedAt: record.startedAt,
    completedAt: record.completedAt,
    model: ModelRecordSchema,
    counts: optional(CountsSchema),
    engine: record.engine,
    batchSize: record.batchSize,
    input: record.input,
    images: record.images,
    accuracy: record.accuracy,
    phases: record.phases,
    latency: record.latency,
    throughput: record.throughput,
    energy: record.energy,
    carbon: record.carbon,
    water: record.water,
    cost: record.cost,
    socialCost: record.socialCost,
    own: record.own,
    conditions: record.conditions,
    host: record.host,
    seed: record.seed,
    replay: record.replay,
    missing: record.missing,
    warnings: Type.Array(WarningSchema),
    versions: record.versions,
  },
  strict,
)

/** A training record without samples, options, files and equivalents. */
export const TrainingRunSchema = Type.Object(
  {
    id: text,
    raw: RawFileSchema,
    startedAt: trained.startedAt,
    completedAt: trained.completedAt,
    model: ModelRecordSchema,
    counts: optional(CountsSchema),
    engine: trained.engine,
    batchSize: trained.batchSize,
    settings: trained.settings,
    data: trained.data,
    epochs: trained.epochs,
    accuracy: trained.accuracy,
    target: trained.target,
    resumed: trained.resumed,
    phases: trained.phases,
    latency: trained.latency,
    throughput: trained.throughput,
    energy: trained.energy,
    carbon: trained.carbon,
    water: trained.water,
    cost: trained.cost,
    socialCost: trained.socialCost,
    own: trained.own,
    conditions: trained.conditions,
    host: trained.host,
    seed: trained.seed,
    replay: trained.replay,
    missing: trained.missing,
    warnings: trained.warnings,
    versions: trained.versions,
  },
  strict,
)

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
    executionProvider: text,
    /** Asked for; 0: the engine's choice. */
    threads: count,
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

/** Reference line of a grade: `joules x (odds of top-1 / odds of atTop1) ^ exponent`. */
export const ReferenceLineSchema = Type.Object(
  {
    /** Kind of hardware that it holds for. */
    name: text,
    joules: Type.Number({ exclusiveMinimum: 0 }),
    atTop1: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    exponent: Type.Number({ exclusiveMinimum: 0 }),
    /** Top-1 accuracies between which it holds. */
    fromTop1: share,
    toTop1: share,
    source: text,
  },
  strict,
)

/** The rules that a leaderboard was made by. */
export const EditionSchema = Type.Object(
  {
    name: text,
    title: optional(text),
    /** Day that the maker named. */
    date: optional(Type.String({ format: 'date' })),
    /** In words, for readers of the pages. */
    rules: Type.Array(Type.Object({ about: text, rule: text }, strict)),
    lines: Type.Array(ReferenceLineSchema),
    /** Highest index of each letter, ascending; the last letter has none. */
    limits: Type.Array(Type.Object({ letter: LetterSchema, index: Type.Number({ exclusiveMinimum: 0 }) }, strict)),
  },
  strict,
)

/** A file, or a record of it, that is not ranked. */
export const LeftOutSchema = Type.Object({ path: text, id: optional(text), code: text, reason: text }, strict)

/** The whole file. */
export const LeaderboardSchema = Type.Object(
  {
    kind: Type.Literal('leaderboard'),
    leaderboardVersion: Type.Literal(LEADERBOARD_VERSION),
    edition: EditionSchema,
    hardware: Type.Array(HardwareClassSchema),
    models: Type.Array(ListedModelSchema),
    groups: Type.Array(GroupSchema),
    runs: Type.Array(RunSchema),
    training: Type.Array(TrainingRunSchema),
    leftOut: Type.Array(LeftOutSchema),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:greenbench:leaderboard:1',
    title: 'greenbench leaderboard',
  },
)

export type Letter = Static<typeof LetterSchema>
export type Grade = Static<typeof GradeSchema>
export type RawFile = Static<typeof RawFileSchema>
export type LeaderboardRun = Static<typeof RunSchema>
export type LeaderboardTraining = Static<typeof TrainingRunSchema>
export type HardwareClass = Static<typeof HardwareClassSchema>
export type Protocol = Static<typeof ProtocolSchema>
export type ListedModel = Static<typeof ListedModelSchema>
export type LeaderboardEntry = Static<typeof EntrySchema>
export type LeaderboardGroup = Static<typeof GroupSchema>
export type ReferenceLine = Static<typeof ReferenceLineSchema>
export type Edition = Static<typeof EditionSchema>
export type LeftOut = Static<typeof LeftOutSchema>
/** The parsed file. */
export type Leaderboard = Static<typeof LeaderboardSchema>
