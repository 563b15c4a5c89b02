import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RawRuns } from '../../src/results/site/raw-run.js'
import { comparisonOf } from '../helpers/sample-comparison.js'
import { sampleInference } from '../helpers/sample-records.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

/** A folder with one file, and what a leaderboard says of it. */
function rawFile(content: unknown, index = 0) {
  const folder = temporaryFolder()
  const text = JSON.stringify(content)
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

test('a file that is no record is not shown, even with its digest', async () => {
  const { runs, raw } = rawFile({ secret: 'of somebody else' })
  expect(await runs.read(raw, 'x')).toEqual({ reason: 'its file cannot be read as a record' })
})

test('a record of another run is not shown', async () => {
  const { runs, raw } = rawFile(sampleInference())
  expect(await runs.read(raw, 'x')).toEqual({ reason: 'its file now holds another record there' })
})
