/** Which runs of one side belong to which of the other. */
import { UsageError } from '../../core/errors.js'
import type { Condition } from './conditions.js'
import type { Case, Side } from './side.js'

/** The same case before and now. */
export interface MatchedCase {
  readonly base: Case
  readonly now: Case
}

/**
 * Cases of one name belong together; of those left, a single one on each side does too: another model, engine or batch size.
 *
 * @throws {UsageError} `E_COMPARE_CASES` for cases that stand on one side alone, where that is not allowed
 */
export function matchCases(base: Side, side: Side, allowed: readonly Condition[]): readonly MatchedCase[] {
  const matched = base.cases.flatMap((one) => {
    const now = side.cases.find(({ name }) => name === one.name)
    return now === undefined ? [] : [{ base: one, now }]
  })
  const [lost, added] = [base, side].map(({ cases }) =>
    cases.filter(({ name }) => !matched.some(({ now }) => now.name === name)),
  )
  const [before, after] = [lost?.[0], added?.[0]]
  if (lost?.length === 1 && added?.length === 1 && before !== undefined && after !== undefined) {
    return [...matched, { base: before, now: after }]
  }
  const left = [...(lost ?? []), ...(added ?? [])]
  if (left.length > 0 && !(allowed.includes('cases') && matched.length > 0)) throw unmatched(base, side, left)
  return matched
}

const unmatched = (base: Side, side: Side, left: readonly Case[]): UsageError =>
  new UsageError(
    'E_COMPARE_CASES',
    `${base.name} and ${side.name} do not hold the same runs: only one of them has ${left.map(({ name }) => name).join('; ')}`,
    { hint: 'measure the same on both sides, or compare what both have: --allow-different cases' },
  )
