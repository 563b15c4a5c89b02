/** The front of accuracy against energy: models for which no other gives more for less. */

/** One model: less energy and more accuracy are better. */
export interface Candidate {
  readonly joules: { readonly value: number; readonly low: number; readonly high: number }
  readonly top1: { readonly value: number; readonly low: number; readonly high: number }
}

/** `tied`: another one is better in both, but by less than the intervals. */
export type Standing = 'front' | 'tied' | 'dominated'

/**
 * By the figures themselves, a candidate is off the front when another one uses no more energy, is no less accurate, and is
 * better in one of the two. It is dominated for certain when another one is no less accurate and its whole interval of
 * energy lies below, or uses no more energy and its whole interval of accuracy lies above.
 *
 * @returns in the order given
 */
export function paretoFront(candidates: readonly Candidate[]): readonly Standing[] {
  const isBehind = behindByFigures(candidates)
  const isDominated = dominatedForCertain(candidates)
  return candidates.map((candidate) => {
    if (!isBehind.has(candidate)) return 'front'
    return isDominated.has(candidate) ? 'dominated' : 'tied'
  })
}

function behindByFigures(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const sorted = candidates.toSorted((one, other) => one.joules.value - other.joules.value || more(one, other))
  const behind = new Set<Candidate>()
  let best: Candidate | undefined
  for (const candidate of sorted) {
    const isEqual =
      best !== undefined && best.joules.value === candidate.joules.value && best.top1.value === candidate.top1.value
    if (best !== undefined && !isEqual && best.top1.value >= candidate.top1.value) behind.add(candidate)
    else if (!isEqual) best = candidate
  }
  return behind
}

const more = (one: Candidate, other: Candidate): number => other.top1.value - one.top1.value

function dominatedForCertain(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const dominated = new Set<Candidate>()
  let lowestEnd = Number.POSITIVE_INFINITY
  for (const level of levels(candidates, more)) {
    for (const { joules } of level) lowestEnd = Math.min(lowestEnd, joules.high)
    for (const candidate of level) if (lowestEnd < candidate.joules.low) dominated.add(candidate)
  }
  let highestStart = Number.NEGATIVE_INFINITY
  for (const level of levels(candidates, (one, other) => one.joules.value - other.joules.value)) {
    for (const { top1 } of level) highestStart = Math.max(highestStart, top1.low)
    for (const candidate of level) if (highestStart > candidate.top1.high) dominated.add(candidate)
  }
  return dominated
}

/** Candidates that are equal by `order`, together, in that order. */
function levels(candidates: readonly Candidate[], order: (one: Candidate, other: Candidate) => number): Candidate[][] {
  const result: Candidate[][] = []
  for (const candidate of candidates.toSorted(order)) {
    const level = result.at(-1)
    const [first] = level ?? []
    if (level !== undefined && first !== undefined && order(first, candidate) === 0) level.push(candidate)
    else result.push([candidate])
  }
  return result
}
