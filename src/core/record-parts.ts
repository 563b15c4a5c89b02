/** Pieces of the schema that records of several kinds have in common. */
import { type Static, type TSchema, Type } from 'typebox'
import { SCHEMA_VERSION } from './schema-version.js'

/** No field that the schema does not name. */
export const strict = { additionalProperties: false } as const
/** Any text. */
export const text = Type.String()
/** A whole number from 0. */
export const count = Type.Integer({ minimum: 0 })
/** A number from 0. */
export const amount = Type.Number({ minimum: 0 })
/** A field that may be absent. */
export const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

/** A figure with its 95% interval. */
export const interval = <Name extends string>(name: Name) =>
  Type.Object(
    { [name]: Type.Number(), low: Type.Number(), high: Type.Number() } as Record<
      Name | 'low' | 'high',
      ReturnType<typeof Type.Number>
    >,
    strict,
  )

/** Why a figure is absent: by the path of the field, e.g. `energy.perInference`. */
export const missing = Type.Object({ field: text, reason: text }, strict)

/** A doubt about the result: stable code `W_...`, what is doubtful, and what makes it less so. */
export const WarningSchema = Type.Object({ code: text, message: text, hint: text }, strict)

const valueSignature = Type.Object(
  {
    name: text,
    dtype: text,
    /** A name or expression where the size is free; absent when the rank is not known. */
    shape: optional(Type.Array(Type.Union([count, text]))),
  },
  strict,
)

/** Which model the record is about, as its file declares it. */
export const ModelRecordSchema = Type.Object(
  {
    name: text,
    format: text,
    /** Of the model file, or of the digests of it and its data files; absent in an inspection that read no weights. */
    sha256: optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    /** Of the file and of the data files that belong to it. */
    bytes: count,
    inputs: Type.Array(valueSignature),
    outputs: Type.Array(valueSignature),
    /** Version by domain; the domain of the standard operators is the empty text. */
    opset: optional(Type.Record(text, count)),
    producer: optional(text),
    /** Of a SavedModel: which signature was read, and the tags of its graph, between commas. */
    signature: optional(text),
    tag: optional(text),
  },
  strict,
)

/** What was counted in the file, without running it; bytes are those of the file's element types. */
export const CountsSchema = Type.Object(
  {
    parameters: Type.Object({ total: count, trainable: count, nonTrainable: count, bytes: count }, strict),
    /** Multiply-accumulates of one inference of the whole batch; absent when sizes are free. */
    macs: optional(amount),
    /** Exactly `2 * macs`. */
    flops: optional(amount),
    /** Elementwise steps, normalisation, activation, pooling, softmax, biases: no part of `flops`. */
    otherOperations: optional(amount),
    /** Largest sum of tensors alive at once, bytes, without weights. */
    peakActivationBytes: optional(amount),
    /** FLOPs (with other operations) per byte of weights and activations moved. */
    arithmeticIntensity: optional(amount),
    /** That the figures are for; absent where it stays free. */
    batchSize: optional(count),
    /** Operators without a rule and the number of their uses: they are in no figure. */
    unknownOperators: Type.Array(Type.Object({ operator: text, count }, strict)),
    /** What the figures take for granted, in words. */
    assumptions: Type.Array(text),
  },
  strict,
)

/** What stands at the beginning of every record. */
export const head = {
  schemaVersion: Type.Literal(SCHEMA_VERSION),
  id: text,
  startedAt: Type.String({ format: 'date-time' }),
  completedAt: Type.String({ format: 'date-time' }),
  /** False when the run was interrupted or failed on the way: what is there was measured. */
  complete: Type.Boolean(),
  model: ModelRecordSchema,
  counts: optional(CountsSchema),
  missing: Type.Array(missing),
  warnings: Type.Array(WarningSchema),
  versions: Type.Record(text, text),
  options: Type.Record(text, Type.Unknown()),
}

/** The `model` of a record. */
export type ModelRecord = Static<typeof ModelRecordSchema>
/** The `counts` of a record. */
export type Counts = Static<typeof CountsSchema>
