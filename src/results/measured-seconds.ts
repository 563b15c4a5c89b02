/** How long the energy of a record took to use. */
import type { InferenceRecord, TrainingRecord } from '../core/record.js'

/** @returns seconds of all windows, or of decoding, training and validation */
export function measuredSeconds(record: InferenceRecord | TrainingRecord): number {
  if (record.kind === 'inference') return record.samples.windows.reduce((sum, { seconds }) => sum + seconds, 0)
  const { decoding = 0, training, validation = 0 } = record.phases
  return decoding + training + validation
}
