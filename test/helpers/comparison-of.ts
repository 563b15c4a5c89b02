/** The record of a run of several models, for tests of what looks for the runs in it. */
import type { ComparisonRecord, InferenceRecord } from '../../src/core/record.js'
import { sampleInference } from './sample-records.js'

/** @returns a comparison of these runs, in which nothing was compared */
export function comparisonOf(records: readonly InferenceRecord[]): ComparisonRecord {
  const { schemaVersion, startedAt, completedAt, seed, versions, options } = sampleInference()
  const names = records.map(({ model, id }) => `${model.name} ${id}`)
  return {
    ...{ schemaVersion, startedAt, completedAt, seed, versions, options },
    kind: 'comparison',
    id: 'comparison-1',
    complete: true,
    batchSize: 1,
    baseline: names[0] ?? '',
    competitors: records.map(({ id, model, engine }, index) => ({
      ...{ name: names[index] ?? '', model: model.name, engine: engine.name, record: id, blocks: [] },
    })),
    differences: [],
    failed: [],
    order: [],
    missing: [],
    warnings: [],
    records: [...records],
  }
}
