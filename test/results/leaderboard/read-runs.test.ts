import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InferenceRecordSchema } from '../../../src/core/inference-record.js'
import { TrainingRecordSchema } from '../../../src/core/training-record.js'
import { buildLeaderboard } from '../../../src/results/leaderboard/build-leaderboard.js'
import { RunSchema, TrainingRunSchema } from '../../../src/results/leaderboard/leaderboard.js'
import { leaderboardToJson } from '../../../src/results/leaderboard/leaderboard-file.js'
import { readRuns, readRunsToWrite } from '../../../src/results/leaderboard/read-runs.js'
import { writtenJson } from '../../../src/results/leaderboard/written-run.js'
import { recordsToJson } from '../../../src/results/record-file.js'
import { comparisonOf } from '../../helpers/sample-comparison.js'
import { sampleInspection } from '../../helpers/sample-records.js'
import { sampleRecord } from '../../helpers/sample-runs.js'
import { sampleTraining } from '../../helpers/sample-training.js'
import { temporaryFolder } from '../../helpers/temporary-folder.js'

/** More files than one thread is asked for at once, some of them copies, foreign, broken, or larger than most. */
function manyFiles(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'results'))
  const write = (name: string, text: string) => writeFileSync(join(folder, 'results', name), text)
  for (let index = 0; index < 90; index++) {
    const record = sampleRecord({ id: `run-${index}`, model: `größer ${index % 7}`, joules: 1 + (index % 5) })
    record.samples.latencySeconds = new Array(index * 20).fill(0.000_080_593)
    write(`${index}.json`, recordsToJson([record]))
  }
  write('copy.json', recordsToJson([sampleRecord({ id: 'run-1', model: 'other' })]))
  write('list.json', recordsToJson([sampleRecord({ id: 'x' }), sampleTraining(), sampleInspection()]))
  write('turns.json', recordsToJson([comparisonOf([sampleRecord({ id: 'y' }), sampleRecord({ id: 'z' })])]))
  write('broken.json', '{"schemaVersion": 1')
  write('invalid.json', recordsToJson([sampleRecord()]).replace('"latencySeconds": [', '"latencySeconds": ["a", '))
  write('large.json', `${recordsToJson([sampleRecord({ id: 'large' })])}${' '.repeat(9 * 2 ** 20)}`)
  return folder
}

test('threads give the same leaderboard to the byte', { timeout: 60_000 }, async () => {
  const folder = manyFiles()
  const board = async (threads: number) => {
    const found = await readRunsToWrite([join(folder, 'results')], { folder, threads })
    const written = found.runs.filter((run) => writtenJson(run) !== undefined)
    return { bytes: leaderboardToJson(buildLeaderboard(found)), written: written.length }
  }
  const alone = await board(0)
  const reasons: readonly { code: string }[] = JSON.parse(alone.bytes).leftOut
  expect(new Set(reasons.map(({ code }) => code))).toEqual(
    new Set(['conflict', 'inspection', 'unreadable', 'unknown-hardware']),
  )
  expect(alone.written).toBe(0)
  for (const threads of [1, 3]) {
    const found = await board(threads)
    expect(found.written).toBeGreaterThan(90)
    expect(found.bytes).toBe(alone.bytes)
  }
})

test('what threads have read can be had with all its fields', { timeout: 60_000 }, async () => {
  const folder = manyFiles()
  const [alone, threads] = [
    await readRuns([join(folder, 'results')], { folder, threads: 0 }),
    await readRuns([join(folder, 'results')], { folder, threads: 2 }),
  ]
  expect(threads).toEqual(JSON.parse(JSON.stringify(alone)))
})

test('a run has every field of its record but those that stay in its file', () => {
  const dropped = ['schemaVersion', 'kind', 'complete', 'samples', 'options', 'equivalents', 'layers', 'files']
  const fieldsOf = (schema: { readonly properties: object }) => Object.keys(schema.properties).sort()
  const keptOf = (schema: { readonly properties: object }) =>
    [...fieldsOf(schema).filter((name) => !dropped.includes(name)), 'raw'].sort()
  expect(fieldsOf(RunSchema)).toEqual(keptOf(InferenceRecordSchema))
  expect(fieldsOf(TrainingRunSchema)).toEqual(keptOf(TrainingRecordSchema))
})

test('a link is left out with a way to have it read', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'results'))
  writeFileSync(join(folder, 'run.json'), recordsToJson([sampleRecord()]))
  const [results, link] = [join(folder, 'results'), join(folder, 'results/link.json')]
  symlinkSync('../run.json', link)
  expect(await readRuns([results], { folder })).toMatchObject({
    runs: [],
    leftOut: [
      { path: 'results/link.json', code: 'link', reason: expect.stringContaining('name it beside the folder') },
    ],
  })
  expect(await readRuns([results, link], { folder })).toMatchObject({
    runs: [{ raw: { path: 'results/link.json' } }],
    leftOut: [],
  })
})
