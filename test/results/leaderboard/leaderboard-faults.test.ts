import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildLeaderboard } from '../../../src/results/leaderboard/build-leaderboard.js'
import { figureFaults, shapeFaults } from '../../../src/results/leaderboard/leaderboard-faults.js'
import { leaderboardToJson } from '../../../src/results/leaderboard/leaderboard-file.js'
import { sampleRun } from '../../helpers/sample-runs.js'

const fresh = () =>
  JSON.parse(
    leaderboardToJson(
      buildLeaderboard({
        runs: [sampleRun({ id: 'a' }), sampleRun({ id: 'b', model: 'other', joules: 5 })],
        training: [],
        leftOut: [],
      }),
    ),
  )

const deep = () => {
  let value: unknown = 1
  for (let level = 0; level < 5000; level++) value = [value]
  return value
}

describe('shapeFaults', () => {
  test.each<[string, (board: ReturnType<typeof fresh>) => unknown, string]>([
    ['null', () => null, '$ must be object'],
    ['a record', () => ({ kind: 'inference' }), '$.kind must be equal to constant: "leaderboard"'],
    [
      'a later version',
      (board) => ({ ...board, leaderboardVersion: 2 }),
      '$.leaderboardVersion is 2, only 1 can be read: update greenbench',
    ],
    [
      'a text for a rank',
      (board) => Object.assign(board.groups[0].entries[1], { rank: '2' }) && board,
      '$.groups[0].entries[1].rank must be integer',
    ],
    ['a field too many', (board) => ({ ...board, 'x y': 1 }), '$ must NOT have additional properties: "x y"'],
    ['endless lists', (board) => ({ ...board, runs: deep() }), '$ nests deeper than 40 levels'],
  ])('finds %s', (_what, broken, expected) => {
    const faults = shapeFaults(broken(fresh())).map(({ path, problem }) => `${path} ${problem}`)
    expect(faults).toContain(expected)
  })
})

test('shapeFaults says something of any JSON, and throws at none', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
      expect(shapeFaults(json)).not.toEqual([])
    }),
  )
})

describe('figureFaults', () => {
  test('finds nothing in what was built', () => {
    expect(figureFaults(fresh())).toEqual([])
  })

  test.each<[string, (board: ReturnType<typeof fresh>) => unknown, string]>([
    [
      'rules of another greenbench, before all that follows from them',
      (board) => Object.assign(board.edition.rules[1], { rule: 'all together' }),
      '$.edition.rules are those of another greenbench: build the leaderboard again, or add to it, to have it by those of this one',
    ],
    [
      'a better rank',
      ({ groups }) => Object.assign(groups[0].entries[1], { rank: 1 }),
      '$.groups[0].entries[1].rank is 1, the runs give 2',
    ],
    [
      'a better grade',
      ({ groups }) => Object.assign(groups[0].entries[1].grade, { letter: 'A' }),
      '$.groups[0].entries[1].grade.letter is "A", the runs give "G"',
    ],
    [
      'other joules in a run',
      ({ runs }) =>
        Object.assign(runs[0].energy, {
          perInference: { joules: 0.4, low: 0.39, high: 0.41 },
          gross: { joules: 480, low: 468, high: 492 },
        }),
      '$.groups[0].entries[0].energyPerInference.joules is 0.5, the runs give 0.4',
    ],
    [
      'a run that nobody lists',
      ({ groups }) => groups[0].entries.pop(),
      '$.groups[0].entries has 1 items, the runs give 2',
    ],
  ])('finds %s', (_what, tamper, expected) => {
    const board = fresh()
    tamper(board)
    expect(figureFaults(board).map(({ path, problem }) => `${path} ${problem}`)).toContain(expected)
  })
})
