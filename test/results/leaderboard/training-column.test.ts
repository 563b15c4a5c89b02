import { expect, test } from 'vitest'
import type { TrainingRecord } from '../../../src/core/record.js'
import { buildLeaderboard } from '../../../src/results/leaderboard/build-leaderboard.js'
import { figureFaults, shapeFaults } from '../../../src/results/leaderboard/leaderboard-faults.js'
import { leaderboardToJson } from '../../../src/results/leaderboard/leaderboard-file.js'
import { runOf, trainingRunOf } from '../../../src/results/leaderboard/run.js'
import { sampleRecord } from '../../helpers/sample-runs.js'
import { sampleTraining } from '../../helpers/sample-training.js'

const inference = sampleRecord()
const raw = (path: string) => ({ path, sha256: '0'.repeat(64), index: 0 })

/** A training of the model of `inference`, on its machine. */
function trainingOf(id: string, joules: number, change: Partial<TrainingRecord> = {}) {
  const record = { ...sampleTraining(), id, model: inference.model, host: inference.host, ...change }
  if (record.energy !== undefined) {
    record.energy = { ...record.energy, perEpoch: { joules, low: joules * 0.99, high: joules * 1.01 } }
  }
  return trainingRunOf(record, raw(`${id}.json`))
}

const boardOf = (training: readonly ReturnType<typeof trainingOf>[]) =>
  buildLeaderboard({ runs: [runOf(inference, raw('run.json'))], training, leftOut: [] })
const columnOf = (training: readonly ReturnType<typeof trainingOf>[]) =>
  boardOf(training).groups[0]?.entries[0]?.training

test('an entry tells the joules of an epoch of its model, from the largest set of alike trainings', () => {
  const column = columnOf([
    trainingOf('large-batch', 5, { batchSize: 256 }),
    trainingOf('one', 100),
    trainingOf('two', 100),
    trainingOf('elsewhere', 1, { host: { cpu: { model: 'Other CPU', logicalCpus: 2 } } }),
  ])
  expect(column).toMatchObject({ batchSize: 8, runs: ['one', 'two'] })
  expect(column?.energyPerEpoch.joules).toBeCloseTo(100, 9)
})

test('a training without joules of an epoch is left out with the reason', () => {
  const missing = [{ field: 'energy', reason: 'no epoch came to its end' }]
  const training = { ...trainingOf('short', 1), missing }
  delete training.energy
  const board = boardOf([training])
  expect(board.leftOut).toEqual([
    { path: 'short.json', id: 'short', code: 'no-energy', reason: 'energy is not known: no epoch came to its end' },
  ])
})

test('a leaderboard of trainings alone is one, too', () => {
  const board = buildLeaderboard({ runs: [], training: [trainingOf('one', 100)], leftOut: [] })
  const read = JSON.parse(leaderboardToJson(board))
  expect([...shapeFaults(read), ...figureFaults(read)]).toEqual([])
  expect(read.models).toHaveLength(1)
})
