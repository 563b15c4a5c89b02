/** The record of several engines that ran the same model in turn. */
import { type Static, Type } from 'typebox'
import { amount, count, ModelRecordSchema, missing, optional, strict, text, WarningSchema } from './record-parts.js'
import { SCHEMA_VERSION } from './schema-version.js'

/** Geometric mean of ratios of pairs, with its 95% interval. */
const pairedRatio = Type.Object({ ratio: amount, low: amount, high: amount, median: amount, pairs: count }, strict)

/** How engines compare that ran the same model in turn, at one batch size. */
export const ComparisonRecordSchema = Type.Object(
  {
    schemaVersion: Type.Literal(SCHEMA_VERSION),
    kind: Type.Literal('comparison'),
    id: text,
    startedAt: Type.String({ format: 'date-time' }),
    completedAt: Type.String({ format: 'date-time' }),
    complete: Type.Boolean(),
    model: ModelRecordSchema,
    batchSize: Type.Integer({ minimum: 1 }),
    /** Name of the engine that the others are compared with. */
    baseline: text,
    /** The baseline first. */
    engines: Type.Array(
      Type.Object(
        {
          name: text,
          version: text,
          executionProvider: text,
          threads: count,
          /** `id` of its inference record. */
          record: text,
          /** One per round. */
          blocks: Type.Array(
            Type.Object(
              { batches: count, secondsPerBatch: amount, joulesPerInference: optional(Type.Number()) },
              strict,
            ),
          ),
          /** Seconds per batch by those of the baseline: above 1 is slower. Absent for the baseline. */
          timeRatio: optional(pairedRatio),
          /** Joules by those of the baseline. */
          energyRatio: optional(pairedRatio),
          /** Largest difference of an output's elements to the baseline's, as a share of the largest element. */
          outputDifference: optional(amount),
        },
        strict,
      ),
    ),
    /** Names of the engines in the order in which they ran, a list for each round; drawn from `seed`. */
    order: Type.Array(Type.Array(text)),
    seed: count,
    missing: Type.Array(missing),
    warnings: Type.Array(WarningSchema),
    versions: Type.Record(text, text),
    options: Type.Record(text, Type.Unknown()),
  },
  strict,
)

/** A record of several engines that ran the same model in turn. */
export type ComparisonRecord = Static<typeof ComparisonRecordSchema>
