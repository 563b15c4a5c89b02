import { describe, expect, test } from 'vitest'
import { type Claim, contentOf, distinctRecords } from '../../src/results/distinct-records.js'

interface Measured {
  readonly id: string
  readonly joules: number
  readonly replay?: { readonly of?: string }
}

const claim = (run: Measured, path: string): Claim<Measured> => ({
  ...{ run, id: run.id, replay: run.replay, path, index: 0 },
  content: () => contentOf(run),
})

const settled = (...claims: readonly Claim<Measured>[]) => {
  const { distinct, repeated } = distinctRecords(claims)
  return [distinct.map(({ id }) => id), repeated.map(({ path, code }) => `${path} ${code}`)]
}

describe('of records of one measurement', () => {
  const run = { id: 'a', joules: 1 }
  const replay = (id: string, joules = 1) => ({ id, joules, replay: { of: 'a' } })

  test('the first of equal copies stays, whatever the order of their fields', () => {
    const copy = { joules: 1, id: 'a' }
    expect(settled(claim(copy, '2.json'), claim(run, '1.json'))).toEqual([['a'], ['2.json duplicate']])
  })

  test('replays give way to the run that they were made from, whatever they say', () => {
    expect(settled(claim(replay('b', 7), '1.json'), claim(run, '2.json'))).toEqual([['a'], ['1.json replayed']])
  })

  test('replays that say the same count once where the run is not there', () => {
    expect(settled(claim(replay('b'), '1.json'), claim(replay('c'), '2.json'))).toEqual([['b'], ['2.json replayed']])
  })

  test.each([
    ['records that claim one id', { id: 'a', joules: 2 }, run],
    ['replays of a run that is not there', replay('b', 2), replay('c')],
  ])('different %s are all left out', (_what, one, other) => {
    expect(settled(claim(one, '1.json'), claim(other, '2.json'))).toEqual([[], ['1.json conflict', '2.json conflict']])
  })

  test('one that was read twice is passed over', () => {
    expect(settled(claim(run, '1.json'), claim(run, '1.json'))).toEqual([['a'], []])
  })
})

test('records of different measurements all stay, in their order', () => {
  const [one, other] = [
    { id: 'z', joules: 1 },
    { id: 'a', joules: 1 },
  ]
  expect(settled(claim(one, '1.json'), claim(other, '2.json'))).toEqual([['z', 'a'], []])
})
