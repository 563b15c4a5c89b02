/** Which domains may be added up: two that cover the same part of the machine never are, whoever tells of them. */
import type { EnergyDomain, EnergyPart } from './profiler.js'

/** Parts that a part contains besides itself. */
const CONTENTS: Readonly<Record<EnergyPart, readonly EnergyPart[]>> = {
  system: ['package', 'core', 'uncore', 'dram', 'gpu', 'other'],
  package: ['core', 'uncore'],
  core: [],
  uncore: [],
  dram: [],
  gpu: [],
  other: [],
}

/** Whether joules of one could be among the joules of the other, where the two are not shares of one profiler. */
export function overlaps(one: EnergyDomain, other: EnergyDomain): boolean {
  const isSystem = one.part === 'system' || other.part === 'system'
  const isSamePlace = isSystem || holds(one.device, other.device) || holds(other.device, one.device)
  const isSamePart = one.part === other.part && one.part !== 'other'
  return (
    isSamePlace && (isSamePart || CONTENTS[one.part].includes(other.part) || CONTENTS[other.part].includes(one.part))
  )
}

/** No device is all of them, and `package-0` holds `package-0-die-1`. */
const holds = (place: string | undefined, other: string | undefined): boolean =>
  place === undefined || other === place || other?.startsWith(`${place}-die-`) === true

/** A domain, and its place among those of its profiler. */
interface Candidate {
  readonly domain: EnergyDomain
  readonly index: number
}

/**
 * Of two that overlap the one of the profiler named first counts, and within a profiler the one that contains the other.
 *
 * @param profilers - domains of each profiler, in the order asked for
 * @returns for each profiler and domain, whether it is added up
 */
export function countedDomains(profilers: readonly (readonly EnergyDomain[])[]): readonly (readonly boolean[])[] {
  const taken: EnergyDomain[] = []
  return profilers.map((domains) => {
    const own: Candidate[] = []
    for (const candidate of widestFirst(domains)) {
      const isNew = !taken.some((other) => overlaps(candidate.domain, other))
      if (isNew && !own.some(({ domain }) => repeats(candidate.domain, domain))) own.push(candidate)
    }
    taken.push(...own.map(({ domain }) => domain))
    return domains.map((_, index) => own.some((one) => one.index === index))
  })
}

/** Shares are the rails or batteries that a profiler tells to make up a part together. */
const repeats = (one: EnergyDomain, other: EnergyDomain): boolean =>
  overlaps(one, other) && !(one.isShare === true && other.isShare === true && one.part === other.part)

/**
 * Pairs of one profiler that show the same part, of which nobody knows whether the two should be added up.
 *
 * @param domains - of one profiler
 * @param counted - what `countedDomains` said of them
 */
export function unclearPairs(
  domains: readonly EnergyDomain[],
  counted: readonly boolean[],
): readonly (readonly [left: EnergyDomain, kept: EnergyDomain])[] {
  const kept = domains.filter((_, index) => counted[index])
  return domains.flatMap((domain, index) => {
    const twin = kept.find((other) => other.part === domain.part && repeats(domain, other))
    return domain.isCounted && !counted[index] && twin !== undefined ? [[domain, twin] as const] : []
  })
}

function widestFirst(domains: readonly EnergyDomain[]): readonly Candidate[] {
  return domains
    .map((domain, index) => ({ domain, index }))
    .filter(({ domain }) => domain.isCounted)
    .sort((one, other) => CONTENTS[other.domain.part].length - CONTENTS[one.domain.part].length)
}
