import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readRecords, recordFilesIn } from '../../src/results/read-record.js'
import { recordsToJson } from '../../src/results/record-file.js'
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

  test('names the file and the place in its list', async () => {
    const path = written(JSON.stringify([sampleInspection(), { ...sampleInference(), seed: -1 }]))
    await expect(readRecords(path)).rejects.toThrow(`${path}, record 2: not a valid record: seed must be >= 0`)
  })

  test('does not wait for a pipe', async () => {
    const path = join(folder, 'pipe.json')
    execFileSync('mkfifo', [path])
    await expect(readRecords(path)).rejects.toMatchObject({ code: 'E_RECORD_READ' })
  })
})

describe('recordFilesIn', () => {
  test('gives a file itself, and of a folder all JSON files below it in the order of their paths', async () => {
    mkdirSync(join(folder, 'runs'))
    for (const name of ['b.json', 'a.json', 'notes.txt', 'runs/c.json']) writeFileSync(join(folder, name), '')
    const names = ['a.json', 'b.json', 'runs/c.json'].map((name) => join(folder, name))
    expect(await recordFilesIn([folder])).toEqual({ files: names, leftOut: [] })
    const notes = join(folder, 'notes.txt')
    expect(await recordFilesIn([notes])).toEqual({ files: [notes], leftOut: [] })
  })

  test('gives each file once, however often it is named', async () => {
    const file = join(folder, 'a.json')
    writeFileSync(file, '')
    expect((await recordFilesIn([file, folder, join(folder, '.', 'a.json')])).files).toEqual([file])
  })

  test('names a place where nothing is', async () => {
    await expect(recordFilesIn([join(folder, 'none')])).rejects.toMatchObject({ code: 'E_RECORD_READ' })
  })
})
