import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankByInterval } from '../../../src/results/leaderboard/rank.js'

const intervals = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10 })).map(([low, width]) => ({
    low,
    high: low + width,
  })),
  { maxLength: 30 },
)

test('a rank is 1 plus the number of intervals that lie below', () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const expected = all.map(({ low }) => 1 + all.filter(({ high }) => high < low).length)
      expect(rankByInterval(all).map(({ rank }) => rank)).toEqual(expected)
    }),
  )
})

test('ties are the other intervals that overlap', () => {
  fc.assert(
    fc.property(intervals, (all) => {
      const expected = all.map(
        (one, index) =>
          all.filter((other, place) => place !== index && other.low <= one.high && one.low <= other.high).length,
      )
      expect(rankByInterval(all).map(({ tiedWith }) => tiedWith)).toEqual(expected)
    }),
  )
})

test('whoever beats another has the better rank, though ties are not transitive', () => {
  const chain = [
    { low: 1, high: 3 },
    { low: 2.5, high: 5 },
    { low: 4, high: 6 },
  ]
  expect(rankByInterval(chain)).toEqual([
    { rank: 1, tiedWith: 1 },
    { rank: 1, tiedWith: 2 },
    { rank: 2, tiedWith: 1 },
  ])
})
