import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordsToJson } from '../../src/results/record-file.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

describe('recordsToJson', () => {
  test('writes one record as an object', () => {
    expect(JSON.parse(recordsToJson([sampleInference()]))).toEqual(sampleInference())
  })

  test('writes several records as a list', () => {
    expect(JSON.parse(recordsToJson([sampleInference(), sampleInspection()]))).toHaveLength(2)
  })

  test('keeps lists of samples in one line', () => {
    expect(recordsToJson([sampleInference()])).toContain('"latencySeconds": [0.0234, 0.0236]')
  })

  test('changes no value, whatever free-form fields hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const record = { ...sampleInspection(), options: { value } }
        expect(JSON.parse(recordsToJson([record]))).toEqual(JSON.parse(JSON.stringify(record)))
      }),
    )
  })

  test('refuses to write a record that does not fit the schema', () => {
    expect(() => recordsToJson([{ ...sampleInference(), seed: -1 }])).toThrow('seed must be >= 0')
  })
})
