/** The front of accuracy against energy: models for which no other gives more for less. */

/** One model: less energy and more accuracy are better. */
export interface Candidate {
  readonly joules: { readonly value: number; readonly low: number; readonly high: number }
  readonly top1: { readonly value: number; readonly low: number; readonly high: number }
}

/** `tied`: behind another one, but not by more than the intervals of both figures. */
export type Standing = 'front' | 'tied' | 'dominated'

/**
 * By the figures themselves, a candidate is off the front when another one uses no more energy, is no less accurate, and is
 * better in one of the two. It is dominated for certain when the whole intervals of another one are better, in energy and in
 * accuracy: where either overlaps, the two may be equal in it.
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

/** In the order of energy, of all those that use less for certain only the highest sure accuracy matters. */
function dominatedForCertain(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const byHighEnd = candidates.toSorted((one, other) => one.joules.high - other.joules.high)
  const dominated = new Set<Candidate>()
  let [next, surest] = [0, Number.NEGATIVE_INFINITY]
  for (const candidate of candidates.toSorted((one, other) => one.joules.low - other.joules.low)) {
    for (; (byHighEnd[next]?.joules.high ?? Number.POSITIVE_INFINITY) < candidate.joules.low; next++) {
      surest = Math.max(surest, byHighEnd[next]?.top1.low ?? surest)
    }
    if (surest > candidate.top1.high) dominated.add(candidate)
  }
  return dominated
}
