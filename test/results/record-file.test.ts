import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readRecords, recordsToJson } from '../../src/results/record-file.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-record-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const written = (text: string): string => {
  const path = join(folder, 'record.json')
  writeFileSync(path, text)
  return path
}

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

describe('readRecords', () => {
  test('reads back what was written', async () => {
    const records = [sampleInference(), sampleInspection()]
    expect(await readRecords(written(recordsToJson(records)))).toEqual(records)
  })

  test.each([
    ['no JSON', '{"a": ', 'E_RECORD_INVALID'],
    ['another JSON', '{"a": 1}', 'E_RECORD_INVALID'],
    ['a list with a stranger', '[{}]', 'E_RECORD_INVALID'],
    ['the future', JSON.stringify({ ...sampleInspection(), schemaVersion: 99 }), 'E_RECORD_VERSION'],
  ])('refuses %s', async (_what, text, code) => {
    await expect(readRecords(written(text))).rejects.toMatchObject({ code })
  })

  test('refuses a file that is too large without reading it', async () => {
    const path = written('')
    truncateSync(path, 2 ** 33)
    await expect(readRecords(path)).rejects.toMatchObject({ code: 'E_RECORD_SIZE' })
  })

  test('names a file that is not there', async () => {
    await expect(readRecords(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'E_RECORD_READ',
      message: expect.stringContaining('none.json'),
    })
  })
})
