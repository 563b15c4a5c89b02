/** How far apart readings may lie, and how long a counter may stand still, before the energy between them is not known. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { EnergyDomain, ProfilerKind } from './profiler.js'

/** Between readings further apart than that nobody knows what the power was, seconds. */
const LONGEST_POWER_INTERVAL = 0.5
/** One reading of a sensor of power may fail, and the next one come late. */
const LATE_POWER_INTERVALS = 2.5
/** What a model is fed with changes slowly. */
const LATE_MODEL_INTERVALS = 5
/** Updates that a counter may leave out while it works, and the least time for that, seconds. */
const LONGEST_STILL_UPDATES = 5
const LONGEST_STILL = 0.1
/** Updates that may be due at either end of a window. */
const STILL_UPDATES_AT_EDGE = 2

/** What is known of one counter. */
export interface CounterFacts {
  readonly domain: EnergyDomain
  readonly isCounted: boolean
  readonly updatePeriod: Seconds
  /** Set for an energy counter that is read several times between two of its updates. */
  readonly slowPeriod?: number
}

/** Seconds that decide what is known. */
export interface ReadingLimits {
  /** Between two readings of power. */
  readonly longestGap: number
  /** For which an energy counter may show the same within a window; absent where it may rest. */
  readonly longestStill?: number
  /** As above, at either end of the window: beyond that nobody knows what it would have shown. */
  readonly longestStillAtEdge?: number
  /** Between two updates. */
  readonly updatePeriod: number
  readonly slowPeriod?: number
}

/** @returns seconds between two background readings, short enough for what is measured as power */
export function readingInterval(asked: Seconds, kind: ProfilerKind, domains: readonly EnergyDomain[]): Seconds {
  const powers = kind === 'measured' ? domains.filter(({ counter }) => counter === 'power') : []
  return seconds(Math.min(asked, ...powers.map(longestPowerInterval)))
}

/** @param interval - seconds between two background readings */
export function readingLimits(counter: CounterFacts, kind: ProfilerKind, interval: number): ReadingLimits {
  const { domain, isCounted, updatePeriod, slowPeriod } = counter
  const mustMove = isCounted && domain.counter === 'energy' && domain.mayRest !== true
  return {
    longestGap: longestGap(domain, kind, interval),
    updatePeriod,
    ...(mustMove ? { longestStill: Math.max(LONGEST_STILL, LONGEST_STILL_UPDATES * updatePeriod) } : {}),
    ...(mustMove ? { longestStillAtEdge: STILL_UPDATES_AT_EDGE * updatePeriod } : {}),
    ...(slowPeriod === undefined ? {} : { slowPeriod }),
  }
}

const longestPowerInterval = ({ updatePeriod = seconds(0) }: EnergyDomain): number =>
  Math.max(LONGEST_POWER_INTERVAL, updatePeriod)

function longestGap(domain: EnergyDomain, kind: ProfilerKind, interval: number): number {
  if (kind === 'modelled') return Math.max(1, LATE_MODEL_INTERVALS * interval)
  return Math.max(1, LATE_POWER_INTERVALS * Math.min(interval, longestPowerInterval(domain)))
}
