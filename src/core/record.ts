/** The record: everything a run found out, with names that scripts may rely on. One schema for each kind, and its static type. */
import type { ComparisonRecord } from './comparison-record.js'
import type { InferenceRecord } from './inference-record.js'
import type { InspectionRecord } from './inspection-record.js'
import type { TrainingRecord } from './training-record.js'

export * from './comparison-record.js'
export * from './energy-schema.js'
export * from './inference-record.js'
export * from './inspection-record.js'
export { type Counts, CountsSchema, type ModelRecord, ModelRecordSchema, WarningSchema } from './record-parts.js'
export { SCHEMA_VERSION } from './schema-version.js'
export * from './training-record.js'

/** Any record that greenbench writes. */
export type ResultRecord = InspectionRecord | InferenceRecord | ComparisonRecord | TrainingRecord
