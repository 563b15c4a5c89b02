/**
 * The schemas of the record as checking functions.
 *
 * Loading typebox and compiling the schemas takes a quarter of a second, which every start of the command line would pay.
 * The build therefore puts code that ajv wrote from the same schemas in this module's place (`scripts/precompile-validators.mjs`).
 */
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import {
  ComparisonReferenceSchema,
  InferenceRecordSchema,
  InspectionRecordSchema,
  TrainingRecordSchema,
} from './record.js'

const ajv = new Ajv({ inlineRefs: false })
addFormats.default(ajv)

/** True for an inspection; otherwise `errors` says what is wrong. */
export const inspection: ValidateFunction = ajv.compile(InspectionRecordSchema)

/** True for an inference; otherwise `errors` says what is wrong. */
export const inference: ValidateFunction = ajv.compile({ ...InferenceRecordSchema, $id: 'inference' })

/** True for a comparison; otherwise `errors` says what is wrong. */
export const comparison: ValidateFunction = ajv.compile(ComparisonReferenceSchema)

/** True for a training; otherwise `errors` says what is wrong. */
export const training: ValidateFunction = ajv.compile(TrainingRecordSchema)
