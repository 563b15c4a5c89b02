/** The runs of a leaderboard: what its pages show of each record, and where the whole record lies. */
import { type Static, Type } from 'typebox'
import { InferenceRecordSchema } from '../../core/inference-record.js'
import {
  CountsSchema,
  count,
  ModelRecordSchema,
  optional,
  strict,
  text,
  WarningSchema,
} from '../../core/record-parts.js'
import { TrainingRecordSchema } from '../../core/training-record.js'

const record = InferenceRecordSchema.properties
const trained = TrainingRecordSchema.properties

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

export type RawFile = Static<typeof RawFileSchema>
export type LeaderboardRun = Static<typeof RunSchema>
export type LeaderboardTraining = Static<typeof TrainingRunSchema>
