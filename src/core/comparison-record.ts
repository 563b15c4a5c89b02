/** The record of several competitors, models or engines or both, that ran in turn. */
import { type Static, Type } from 'typebox'
import { InferenceRecordSchema } from './inference-record.js'
import { amount, count, interval, missing, optional, strict, text, WarningSchema } from './record-parts.js'
import { SCHEMA_VERSION } from './schema-version.js'

/** Geometric mean of ratios of pairs, with its 95% interval. */
const pairedRatio = Type.Object({ ratio: amount, low: amount, high: amount, median: amount, pairs: count }, strict)

/** A model on an engine. */
const competitor = Type.Object(
  {
    /** Unlike those of the others: that of the engine, of the model, or of both. */
    name: text,
    model: text,
    engine: text,
    /** `id` of its inference record. */
    record: text,
    /** From 1, by `rankedBy`: one more than how many are significantly better, so that what ties has the same. */
    rank: optional(Type.Integer({ minimum: 1 })),
    /** One per round: two windows, as far from the middle of the round as each other. */
    blocks: Type.Array(
      Type.Object({ batches: count, secondsPerBatch: amount, joulesPerInference: optional(Type.Number()) }, strict),
    ),
    /** Seconds per batch by those of the baseline: above 1 is slower. Absent for the baseline. */
    timeRatio: optional(pairedRatio),
    /** Joules by those of the baseline. */
    energyRatio: optional(pairedRatio),
    /** To the first competitor with the same model: largest difference of an output's elements, as a share of the largest. */
    outputDifference: optional(amount),
  },
  strict,
)

/** How two competitors differ, round by round. */
const difference = Type.Object(
  {
    /** `energy` and `carbon` of an inference, J and g CO2e; `latency` of a batch, s. */
    figure: Type.Union([Type.Literal('energy'), Type.Literal('latency'), Type.Literal('carbon')]),
    /** Names: the figures of `of` are set against those of `than`, by Student's paired t over the rounds. */
    of: text,
    than: text,
    /** Mean of the differences, in the unit of the figure. */
    difference: interval('mean'),
    /** Of `of` by `than`; what the machine does to both alike falls out of it, so it is what is tested. */
    ratio: pairedRatio,
    /** Of a ratio so far from 1 by chance; absent for `carbon`, which follows from the energy and is no test of its own. */
    probability: optional(amount),
    /** The same after Holm's correction over all pairs of this figure. */
    adjusted: optional(amount),
    /** `less` or `more` when `adjusted` is below 0.05. */
    verdict: Type.Union([Type.Literal('less'), Type.Literal('more'), Type.Literal('tie')]),
  },
  strict,
)

/** All but the records of the competitors. */
const fields = {
  schemaVersion: Type.Literal(SCHEMA_VERSION),
  kind: Type.Literal('comparison'),
  id: text,
  startedAt: Type.String({ format: 'date-time' }),
  completedAt: Type.String({ format: 'date-time' }),
  /** False when the run was interrupted, or one of `competitors` failed on the way. */
  complete: Type.Boolean(),
  batchSize: Type.Integer({ minimum: 1 }),
  /** Name of the competitor that the others are compared with. */
  baseline: text,
  /** What `rank` is by; absent where nothing was compared. */
  rankedBy: optional(Type.Union([Type.Literal('energy'), Type.Literal('latency')])),
  /** The baseline first. */
  competitors: Type.Array(competitor),
  /** Of every two competitors, as far as they were measured. */
  differences: Type.Array(difference),
  /** Who took no part, since the model could not be opened or run at this batch size. */
  failed: Type.Array(Type.Object({ name: text, reason: text }, strict)),
  /** Names in the order in which they ran, a list for each round, there and back again; drawn from `seed`. */
  order: Type.Array(Type.Array(text)),
  seed: count,
  missing: Type.Array(missing),
  warnings: Type.Array(WarningSchema),
  versions: Type.Record(text, text),
  options: Type.Record(text, Type.Unknown()),
}

/** How competitors compare that ran in turn, at one batch size. */
export const ComparisonRecordSchema = Type.Object(
  {
    ...fields,
    /** Of the competitors, in their order; of an older file, beside this record in the same list. */
    records: Type.Array(InferenceRecordSchema),
  },
  strict,
)

/** The same for a validator that knows the schema of timed runs as `inference`, and need not hold it twice. */
export const ComparisonReferenceSchema = Type.Object({ ...fields, records: Type.Array(Type.Ref('inference')) }, strict)

/** A record of competitors that ran in turn. */
export type ComparisonRecord = Static<typeof ComparisonRecordSchema>
