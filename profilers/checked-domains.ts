/** Looks through the domains of a profiler that may be anybody's, before anything is measured with them. */
import type { EnergyDomain, EnergyPart, Profiler } from './profiler.js'

const PARTS = ['system', 'package', 'core', 'uncore', 'dram', 'gpu', 'other'] as const satisfies readonly EnergyPart[]
const MOST_DOMAINS = 4096

/**
 * A trace is held to the same: what a run refuses, its replay does not take either.
 *
 * @returns what is wrong, e.g. `domain "d": low is missing, expected 0 to 1`; `undefined` when nothing is
 * @throws what `domains()` throws
 */
export function domainsProblem(profiler: Profiler): string | undefined {
  const domains: unknown = profiler.domains()
  if (!Array.isArray(domains)) return `domains() gives ${kindOf(domains)}, expected a list`
  if (domains.length > MOST_DOMAINS) return `domains() gives ${domains.length}, expected ${MOST_DOMAINS} at most`
  const names = new Set<unknown>()
  for (const [index, domain] of domains.entries()) {
    if (typeof domain !== 'object' || domain === null) return `domain ${index} is ${kindOf(domain)}, expected an object`
    const { name } = domain as Partial<EnergyDomain>
    if (typeof name !== 'string' || name === '') return `domain ${index} has no name`
    if (names.has(name)) return `there are two domains "${shown(name)}": each would count`
    names.add(name)
    const problem = problemOf(domain as Record<keyof EnergyDomain, unknown>)
    if (problem !== undefined) return `domain "${shown(name)}": ${problem}`
  }
  return undefined
}

function problemOf(domain: Readonly<Record<keyof EnergyDomain, unknown>>): string | undefined {
  const { part, counter, isCounted, low, high, wrapsAt, highestWatts, resolution, updatePeriod } = domain
  if (!PARTS.some((known) => known === part)) return `part is ${kindOf(part)}, expected ${PARTS.join(', ')}`
  if (counter !== 'energy' && counter !== 'power') return `counter is ${kindOf(counter)}, expected energy or power`
  if (typeof isCounted !== 'boolean') return `isCounted is ${kindOf(isCounted)}, expected true or false`
  if (!isWithin(low, 0, 1)) return `low is ${kindOf(low)}, expected a factor from 0 to 1, 0.9 for -10%`
  if (!isWithin(high, 1, HIGHEST_FACTOR)) return `high is ${kindOf(high)}, expected a factor of 1 or more, 1.1 for +10%`
  const sizes = Object.entries({ wrapsAt, highestWatts, updatePeriod, resolution })
  const wrong = sizes.find(([name, size]) => size !== undefined && !isSize(size, name === 'resolution'))
  return wrong && `${wrong[0]} is ${kindOf(wrong[1])}, expected a number above 0`
}

/** A figure that may be a thousand times more tells nothing. */
export const HIGHEST_FACTOR = 1000

const isWithin = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most

const isSize = (value: unknown, mayBeZero: boolean): boolean =>
  typeof value === 'number' && Number.isFinite(value) && (value > 0 || (mayBeZero && value === 0))

const shown = (text: string): string => text.slice(0, 60)

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return `"${shown(value)}"`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
