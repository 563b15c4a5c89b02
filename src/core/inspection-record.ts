/** The record of `greenbench inspect`. */
import { type Static, Type } from 'typebox'
import { amount, count, head, optional, strict, text } from './record-parts.js'

const operatorUse = Type.Object(
  { operator: text, count, macs: optional(amount), otherOperations: optional(amount), parameters: optional(count) },
  strict,
)

/** One node that runs; figures are those of all its runs in one inference of the batch. */
export const LayerSchema = Type.Object(
  {
    name: text,
    operator: text,
    outputShape: optional(Type.Array(Type.Union([count, text]))),
    parameters: count,
    macs: optional(amount),
    otherOperations: optional(amount),
    /** Of its outputs, once. */
    activationBytes: optional(amount),
    /** Times the layer runs in one inference: more than 1 inside loops. */
    runs: optional(amount),
  },
  strict,
)

/** What `greenbench inspect` found out. */
export const InspectionRecordSchema = Type.Object(
  {
    ...head,
    kind: Type.Literal('inspection'),
    operators: Type.Array(operatorUse),
    layers: optional(Type.Array(LayerSchema)),
  },
  strict,
)

/** A record of `greenbench inspect`. */
export type InspectionRecord = Static<typeof InspectionRecordSchema>
/** A row of `layers`. */
export type LayerRecord = Static<typeof LayerSchema>
