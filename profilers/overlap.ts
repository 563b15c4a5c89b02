/** Which domains of several profilers may be added up: two that cover the same part of the machine never are. */
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

/** Whether joules of one could be among the joules of the other. */
export function overlaps(one: EnergyDomain, other: EnergyDomain): boolean {
  const isSystem = one.part === 'system' || other.part === 'system'
  const isSamePlace = isSystem || one.device === undefined || other.device === undefined || one.device === other.device
  const isSamePart = one.part === other.part && one.part !== 'other'
  return (
    isSamePlace && (isSamePart || CONTENTS[one.part].includes(other.part) || CONTENTS[other.part].includes(one.part))
  )
}

/**
 * Within one profiler its own `isCounted` holds; between profilers the one named first counts.
 *
 * @param profilers - domains of each profiler, in the order asked for
 * @returns for each profiler and domain, whether it is added up
 */
export function countedDomains(profilers: readonly (readonly EnergyDomain[])[]): readonly (readonly boolean[])[] {
  const taken: EnergyDomain[] = []
  return profilers.map((domains) => {
    const counted = domains.map((domain) => domain.isCounted && !taken.some((other) => overlaps(domain, other)))
    taken.push(...domains.filter((_, index) => counted[index]))
    return counted
  })
}
