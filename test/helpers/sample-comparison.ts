/** Comparisons of made-up models, for tests of what shows or compares them, or looks for the runs in them. */
import type { ComparisonRecord, InferenceRecord } from '../../src/core/record.js'
import { madeRun } from './runs-of-records.js'
import { sampleInference } from './sample-records.js'

/** @returns a comparison of these runs, in which nothing was compared */
export function comparisonOf(records: readonly InferenceRecord[]): ComparisonRecord {
  const { schemaVersion, startedAt, completedAt, seed, versions, options } = sampleInference()
  const names = records.map(({ model, id }) => `${model.name} ${id}`)
  return {
    ...{ schemaVersion, startedAt, completedAt, seed, versions, options },
    ...{ kind: 'comparison', id: 'comparison-1', complete: true, batchSize: 1, baseline: names[0] ?? '' },
    competitors: records.map(({ id, model, engine }, index) => ({
      ...{ name: names[index] ?? '', model: model.name, engine: engine.name, record: id, blocks: [] },
    })),
    ...{ differences: [], failed: [], order: [], missing: [], warnings: [], records: [...records] },
  }
}

const run = (name: string, joules: number, reason: string): InferenceRecord => {
  const record = madeRun({ id: `of ${name}`, joules })
  return { ...record, model: { ...record.model, name }, missing: [{ field: 'water', reason }] }
}

const records = [run('a', 1, 'both'), run('b', 0.6, 'both'), { ...run('c', 0.62, 'both'), warnings: [] }]

const ratio = (value: number, low: number, high: number) => ({ ratio: value, low, high, median: value, pairs: 5 })
const difference = (of: string, than: string, found: ReturnType<typeof ratio>, verdict: 'less' | 'more' | 'tie') => ({
  ...{ figure: 'energy' as const, of, than, difference: { mean: 1, low: 0, high: 2 }, ratio: found },
  ...{ probability: 0.01, adjusted: 0.03, verdict },
})

/** @returns three models in turn: b and c tie, both need less than a; a fourth took no part */
export const sampleComparison = (): ComparisonRecord => ({
  ...comparisonOf(records),
  ...{ id: 'c', baseline: 'a', rankedBy: 'energy', versions: {}, options: {} },
  ...{ startedAt: '2025-03-01T10:00:00.000Z', completedAt: '2025-03-01T10:01:00.000Z', seed: 7 },
  competitors: [
    { name: 'a', model: 'a', engine: 'onnxruntime', record: 'of a', rank: 3, blocks: [] },
    {
      name: 'b',
      model: 'b',
      engine: 'onnxruntime',
      record: 'of b',
      rank: 1,
      blocks: [],
      energyRatio: ratio(0.6, 0.59, 0.61),
    },
    { name: 'c', model: 'c', engine: 'onnxruntime', record: 'of c', rank: 1, blocks: [] },
  ],
  differences: [
    difference('b', 'a', ratio(0.6, 0.59, 0.61), 'less'),
    difference('c', 'a', ratio(0.003, 0.0029, 0.0031), 'less'),
    difference('c', 'b', ratio(1.012, 0.98, 1.045), 'tie'),
  ],
  failed: [{ name: 'd.onnx', reason: 'd.onnx does not exist' }],
  order: [['a', 'b', 'c', 'c', 'b', 'a']],
})
