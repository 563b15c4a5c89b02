import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RawRuns } from '../../src/results/site/raw-run.js'
import { comparisonOf } from '../helpers/sample-comparison.js'
import { sampleInference } from '../helpers/sample-records.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

/** A folder with one file, and what a leaderboard says of it. */
const rawFile = (content: unknown, index = 0) => rawText(JSON.stringify(content), index)

function rawText(text: string, index = 0) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'run.json'), text)
  return {
    runs: new RawRuns(folder),
    raw: { path: 'run.json', sha256: createHash('sha256').update(text).digest('hex'), index },
  }
}

test('the record is read where the leaderboard says', async () => {
  const record = sampleInference()
  const { runs, raw } = rawFile([{ ...record, id: 'another' }, record], 1)
  expect(await runs.read(raw, record.id)).toEqual({ record })
})

test('the record of a competitor is read from within its comparison', async () => {
  const record = sampleInference()
  const { runs, raw } = rawFile(comparisonOf([{ ...record, id: 'another' }, record]))
  expect(await runs.read(raw, record.id)).toEqual({ record })
  expect(await runs.read(raw, 'stranger')).toHaveProperty('reason')
})

test.each([
  [
    'a file that changed',
    (raw: { path: string; sha256: string }) => ({ ...raw, sha256: '0'.repeat(64) }),
    /has changed/,
  ],
  ['a file that is gone', (raw: { path: string; sha256: string }) => ({ ...raw, path: 'gone.json' }), /not where/],
  ['a device', (raw: { path: string; sha256: string }) => ({ ...raw, path: '/dev/zero' }), /not where/],
])('%s gives a reason instead of a record', async (_what, change, reason) => {
  const { runs, raw } = rawFile(sampleInference())
  expect(await runs.read({ index: 0, ...change(raw) }, sampleInference().id)).toEqual({
    reason: expect.stringMatching(reason),
  })
})

test.each([
  ['that is no record', '{ "secret": "of somebody else" }', 'its file: not a valid record: schemaVersion must be'],
  ['that is no JSON', '{ "secret"', 'its file: not JSON'],
  [
    'with a field that there is not',
    JSON.stringify({ ...sampleInference(), secret: 'of somebody else' }),
    'its file: not a valid record: the record must NOT have additional properties: "secret"',
  ],
])('a file %s is not shown, even with its digest, and the reason is told', async (_what, text, reason) => {
  const { runs, raw } = rawText(text)
  expect(await runs.read(raw, 'x')).toEqual({ reason: expect.stringContaining(reason) })
})

test('a byte order mark before the record is passed over', async () => {
  const record = sampleInference()
  const { runs, raw } = rawText(`\uFEFF${JSON.stringify(record)}`)
  expect(await runs.read(raw, record.id)).toEqual({ record })
})

test('a record of another run is not shown', async () => {
  const { runs, raw } = rawFile(sampleInference())
  expect(await runs.read(raw, 'x')).toEqual({ reason: 'its file now holds another record there' })
})
