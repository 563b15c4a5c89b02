import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildLeaderboard } from '../../../src/results/leaderboard/build-leaderboard.js'
import { addToLeaderboard, mergeLeaderboards } from '../../../src/results/leaderboard/join-leaderboards.js'
import type { LeaderboardRun } from '../../../src/results/leaderboard/leaderboard.js'
import { figureFaults, shapeFaults } from '../../../src/results/leaderboard/leaderboard-faults.js'
import { leaderboardToJson } from '../../../src/results/leaderboard/leaderboard-file.js'
import { type RunFacts, sampleRun } from '../../helpers/sample-runs.js'

const boardOf = (runs: readonly LeaderboardRun[]) => buildLeaderboard({ runs, training: [], leftOut: [] })
const bytesOf = (runs: readonly LeaderboardRun[]) => leaderboardToJson(boardOf(runs))

/** Two machines, two models, two runs of one of them, and one that cannot be ranked. */
const RUNS = [
  sampleRun({ id: 'a', model: 'resnet18', joules: 0.5, top1: 0.7 }),
  sampleRun({ id: 'b', model: 'resnet18', joules: 0.52, top1: 0.7, startedAt: '2026-03-02T10:00:00.000Z' }),
  sampleRun({ id: 'c', model: 'mobilenet', joules: 0.05, top1: 0.72 }),
  sampleRun({ id: 'd', model: 'resnet18', joules: 0.3, top1: 0.7, cpu: 'Other CPU' }),
  sampleRun({ id: 'e', model: 'resnet18', joules: 0.3, batchSize: 8 }),
  { ...sampleRun({ id: 'f' }), host: {} },
]

const facts: fc.Arbitrary<RunFacts> = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  model: fc.constantFrom('m', 'n'),
  cpu: fc.constantFrom('x', 'y'),
  batchSize: fc.constantFrom(1, 8),
  joules: fc.double({ min: 0.01, max: 10, noNaN: true }),
  top1: fc.double({ min: 0, max: 1, noNaN: true }),
  path: fc.constantFrom('p', 'q', 'r'),
})
const runs = fc.array(facts.map(sampleRun), { maxLength: 12 })

describe('buildLeaderboard', () => {
  // Written by this test with --update, and looked at.
  test('gives the bytes of the golden file', async () => {
    await expect(bytesOf(RUNS)).toMatchFileSnapshot('../../golden/leaderboard.golden')
  })

  test('gives the same bytes in whatever order the runs come', () => {
    const shuffled = runs.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(fc.property(shuffled, ([all, other]) => void expect(bytesOf(other)).toBe(bytesOf(all))))
  })

  test('fits its schema and follows from its runs, read back', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const read = JSON.parse(bytesOf(all))
        expect([...shapeFaults(read), ...figureFaults(read)]).toEqual([])
      }),
    )
  })

  test('ranks models only within hardware and protocol', () => {
    const { groups, hardware } = boardOf(RUNS)
    const shown = groups.map((group) => [
      hardware.find(({ id }) => id === group.hardware)?.name,
      group.protocol.batchSize,
      group.entries.map(({ rank, runs: those }) => `${rank}: ${those.join('+')}`),
    ])
    expect(shown.sort()).toEqual([
      ['Example CPU 1000, 4 cores, 8 threads', 1, ['1: c', '2: a+b']],
      ['Example CPU 1000, 4 cores, 8 threads', 8, ['1: e']],
      ['Other CPU, 4 cores, 8 threads', 1, ['1: d']],
    ])
  })

  test('keeps versions, settings and threads of an engine apart', () => {
    const run = (id: string, engine: object) => {
      const one = sampleRun({ id })
      return { ...one, engine: { ...one.engine, threads: 0, ...engine } }
    }
    const { groups } = boardOf([
      run('usual', { options: { graphOptimizationLevel: 'all', intraOpNumThreads: 2, outputsNotFetched: 'x' } }),
      run('also usual', { threads: 2, options: {} }),
      run('older', { version: '1.10.0', options: { intraOpNumThreads: 2 } }),
      run('one thread', { options: { intraOpNumThreads: 1 } }),
      run('plain', { options: { graphOptimizationLevel: 'disabled', intraOpNumThreads: 2 } }),
    ])
    const shown = groups.map(({ protocol: { engineVersion, threads, engineOptions }, entries }) => [
      ...[engineVersion, threads, engineOptions?.graphOptimizationLevel],
      entries.flatMap(({ runs: those }) => those).join('+'),
    ])
    expect(shown.sort()).toEqual([
      ['1.10.0', 2, undefined, 'older'],
      ['1.30.0', 1, undefined, 'one thread'],
      ['1.30.0', 2, undefined, 'also usual+usual'],
      ['1.30.0', 2, 'disabled', 'plain'],
    ])
  })

  test('puts the spread between runs into the interval', () => {
    const [entry] = boardOf(RUNS.slice(0, 2)).groups.flatMap(({ entries }) => entries)
    expect(entry?.energyPerInference.joules).toBeCloseTo(0.51, 2)
    // Either run alone reaches 0.01 to each side.
    expect((entry?.energyPerInference.high ?? 0) - 0.51).toBeGreaterThan(0.05)
  })

  test('does not rank a measured figure whose interval says little', () => {
    const [entry] = boardOf([sampleRun({ relative: 0.3 })]).groups.flatMap(({ entries }) => entries)
    expect(entry?.rank).toBeUndefined()
    expect(entry?.unranked).toBe('the interval reaches 30% from the figure, more than 20%')
  })

  test('counts a record once, however often it is there', () => {
    const { groups, leftOut } = boardOf([sampleRun({ path: 'b.json' }), sampleRun({ path: 'a.json' })])
    expect(groups[0]?.entries[0]?.runs).toEqual(['run-1'])
    expect(leftOut).toEqual([
      { path: 'b.json', id: 'run-1', code: 'duplicate', reason: 'the same record as in a.json' },
    ])
  })

  test('counts a replay for the run that it was made from', () => {
    const replayed = { ...sampleRun({ id: 'again', joules: 9 }), replay: { of: 'run-1', changed: ['country'] } }
    const { runs: kept, leftOut } = boardOf([replayed, sampleRun()])
    expect(kept.map(({ id }) => id)).toEqual(['run-1'])
    expect(leftOut.map(({ code }) => code)).toEqual(['replayed'])
  })

  test('leaves out different records that claim one id', () => {
    const { runs: kept, leftOut } = boardOf([sampleRun({ path: 'a' }), sampleRun({ path: 'b', joules: 1 })])
    expect(kept).toEqual([])
    expect(leftOut.map(({ path, code }) => `${path} ${code}`)).toEqual(['a conflict', 'b conflict'])
  })

  test.each<[string, object, string]>([
    [
      'energy',
      { energy: undefined, missing: [{ field: 'energy', reason: 'no sensor' }] },
      'energy is not known: no sensor',
    ],
    ['hardware', { host: { cpu: 'a name' } }, 'the record does not tell which processor or board the model ran on'],
  ])('says why a run without %s is left out', (_what, gap, reason) => {
    const { leftOut } = boardOf([JSON.parse(JSON.stringify({ ...sampleRun(), ...gap }))])
    expect(leftOut).toEqual([expect.objectContaining({ path: 'results/run-1.json', reason })])
  })

  test('leaves out figures that were not measured', () => {
    const gaps = { accuracy: undefined, latency: undefined, carbon: undefined, counts: undefined, images: undefined }
    const board = boardOf([JSON.parse(JSON.stringify({ ...sampleRun(), ...gaps }))])
    const [entry] = board.groups.flatMap(({ entries }) => entries)
    expect(shapeFaults(JSON.parse(leaderboardToJson(board)))).toEqual([])
    expect(Object.keys(entry ?? {})).not.toEqual(expect.arrayContaining(['accuracy']))
    expect(entry).toMatchObject({ rank: 1, grade: { notGraded: 'accuracy is not known' } })
  })
})

describe('leaderboards joined', () => {
  const parts = fc.array(runs, { minLength: 1, maxLength: 3 })

  test('are as if built at once, in whatever order', () => {
    const [one, two] = [RUNS.slice(0, 3), RUNS.slice(3)].map(boardOf) as [
      ReturnType<typeof boardOf>,
      ReturnType<typeof boardOf>,
    ]
    for (const merged of [mergeLeaderboards([one, two]), mergeLeaderboards([two, one])]) {
      expect(leaderboardToJson(merged)).toBe(bytesOf(RUNS))
    }
    const added = addToLeaderboard(one, { runs: RUNS.slice(3), training: [], leftOut: [] })
    expect(leaderboardToJson(added)).toBe(bytesOf(RUNS))
  })

  test('are the same after being joined to themselves, unless ids clash', () => {
    fc.assert(
      fc.property(parts, (some) => {
        const board = boardOf(some.flat())
        const again = mergeLeaderboards([board, board])
        expect(leaderboardToJson(again)).toBe(leaderboardToJson(board))
      }),
    )
  })

  test('forget that a file was left out when it is read again', () => {
    const broken = buildLeaderboard({
      runs: [],
      training: [],
      leftOut: [{ path: 'results/run-1.json', code: 'unreadable', reason: 'not JSON' }],
    })
    expect(addToLeaderboard(broken, { runs: [sampleRun()], training: [], leftOut: [] }).leftOut).toEqual([])
  })
})
