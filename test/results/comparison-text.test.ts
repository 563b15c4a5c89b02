import { expect, test } from 'vitest'
import type { ComparisonRecord, InferenceRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import { comparisonText } from '../../src/results/comparison-text.js'
import { plainStyle } from '../../src/results/text-style.js'
import { madeRun } from '../helpers/runs-of-records.js'

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

const comparison: ComparisonRecord = {
  ...{ schemaVersion: 2, kind: 'comparison', id: 'c', complete: true, batchSize: 1, baseline: 'a' },
  ...{ startedAt: '2025-03-01T10:00:00.000Z', completedAt: '2025-03-01T10:01:00.000Z', seed: 7, rankedBy: 'energy' },
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
  ...{ missing: [], warnings: [], versions: {}, options: {}, records },
}

const text = comparisonText([comparison], { width: 120, style: plainStyle, isUnicode: true })

test('the record that is drawn fits the schema', () => {
  expect(() => parseRecord(JSON.parse(JSON.stringify(comparison)))).not.toThrow()
})

test('rows stand in the order of their ranks', () => {
  expect([...text.matchAll(/^ +(\d) {2}([abc]) /gm)].map(([, rank, name]) => `${rank}${name}`)).toEqual([
    '1b',
    '1c',
    '3a',
  ])
})

test('what needs less is said with its share, in digits that tell its ends apart, and what ties is called a tie', () => {
  expect(text).toContain('b needs less than a by 40% (39 to 41%)')
  expect(text).toContain('c needs less than a by 99.70% (99.69 to 99.71%)')
  expect(text).toContain('tie: c and b, +1.2% (-2.0 to +4.5%)')
  expect(text).toContain("corrected for 3 pairs by Holm's method")
})

test('bars show the energy of each', () => {
  expect(text).toMatch(/^a +█+ +\d/m)
})

test('what took no part is named with the reason', () => {
  expect(text).toContain('left out: d.onnx, batch 1: d.onnx does not exist')
})

test('what holds for all is said once, what holds for some with their names', () => {
  expect(text.match(/water: both/g)).toHaveLength(1)
  expect(text).toContain('warning: a: other processes used 23% of the CPU')
  expect(text).not.toContain('c: other processes')
})
