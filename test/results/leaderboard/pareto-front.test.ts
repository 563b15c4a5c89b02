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
  const isDominated = all.some(
    ({ joules, top1 }) =>
      (top1.value >= one.top1.value && joules.high < one.joules.low) ||
      (joules.value <= one.joules.value && top1.low > one.top1.high),
  )
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
