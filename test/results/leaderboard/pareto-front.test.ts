import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, paretoFront } from '../../../src/results/leaderboard/pareto-front.js'

const figure = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 3 }))
  .map(([value, half]) => ({ value, low: value - half, high: value + half }))
const candidates = fc.array(fc.record({ joules: figure, top1: figure }), { maxLength: 25 })

/** The rule, word for word, each candidate against each. */
function byTheRule(all: readonly Candidate[], one: Candidate): string {
  const isBehind = all.some(
    ({ joules, top1 }) =>
      joules.value <= one.joules.value &&
      top1.value >= one.top1.value &&
      (joules.value < one.joules.value || top1.value > one.top1.value),
  )
  const isDominated = all.some(({ joules, top1 }) => joules.high < one.joules.low && top1.low > one.top1.high)
  return isBehind ? (isDominated ? 'dominated' : 'tied') : 'front'
}

test('the front is what the rule says, candidate by candidate', () => {
  fc.assert(
    fc.property(candidates, (all) => {
      expect(paretoFront(all)).toEqual(all.map((one) => byTheRule(all, one)))
    }),
    { numRuns: 300 },
  )
})

test('less energy for certain dominates nothing while the accuracies may be equal', () => {
  const joules = (value: number) => ({ value, low: value * 0.95, high: value * 1.05 })
  const frugal = { joules: joules(1), top1: { value: 0.8, low: 0.7, high: 0.9 } }
  const wasteful = { joules: joules(2), top1: { value: 0.79, low: 0.69, high: 0.89 } }
  const worse = { joules: joules(2), top1: { value: 0.5, low: 0.4, high: 0.6 } }
  expect(paretoFront([frugal, wasteful, worse])).toEqual(['front', 'tied', 'dominated'])
})
