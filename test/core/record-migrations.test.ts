import { expect, test } from 'vitest'
import type { ComparisonRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

/** As version 1 wrote it: engines that ran one model, their records beside it. */
const oldComparison = () => {
  const { model, startedAt, completedAt, versions } = sampleInference()
  const engine = { version: '1', executionProvider: 'cpu', threads: 0, blocks: [{ batches: 3, secondsPerBatch: 0.1 }] }
  return {
    ...{ schemaVersion: 1, kind: 'comparison', id: 'c', startedAt, completedAt, complete: true, model, batchSize: 1 },
    ...{ baseline: 'onnxruntime', order: [['onnxruntime', 'tfjs-wasm']], seed: 1, missing: [], warnings: [], versions },
    options: {},
    engines: ['onnxruntime', 'tfjs-wasm'].map((name) => ({ ...engine, name, record: `of ${name}` })),
  }
}

test.each([
  ['inspection', sampleInspection()],
  ['inference', sampleInference()],
])('an %s of version 1 is read as one of today', (_kind, record) => {
  expect(parseRecord({ ...record, schemaVersion: 1 })).toEqual(record)
})

test('engines of a comparison of version 1 become competitors with the same model', () => {
  const record = parseRecord(oldComparison()) as ComparisonRecord
  expect(record.competitors).toMatchObject([
    { name: 'onnxruntime', model: 'resnet18', engine: 'onnxruntime', record: 'of onnxruntime' },
    { name: 'tfjs-wasm', model: 'resnet18', engine: 'tfjs-wasm' },
  ])
  expect(record).toMatchObject({ schemaVersion: 2, differences: [], failed: [], records: [] })
})

test('the record that was read is left as it is', () => {
  const record = oldComparison()
  parseRecord(record)
  expect(record).toEqual(oldComparison())
})

test.each([
  ['engines that are no list', { ...oldComparison(), engines: 'all' }],
  ['an engine that is no object', { ...oldComparison(), engines: [null] }],
  ['no model', { ...oldComparison(), model: undefined }],
])('an old comparison with %s is refused like any other', (_what, record) => {
  expect(() => parseRecord(record)).toThrow('not a valid record')
})

test.each([0, -1, 1.5, Number.NaN])('there has never been a version %s', (schemaVersion) => {
  expect(() => parseRecord({ ...sampleInspection(), schemaVersion })).toThrow('is not one of those read here')
})
