/** A profiler that measures, with what was found out about its counters. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'
import type { Profiler } from './profiler.js'
import { readingInterval } from './reading-limits.js'
import { probeUpdatePeriods } from './update-period.js'
import type { MeteredDomain } from './window-energy.js'

/** One counter. */
export interface DomainState extends Pick<MeteredDomain, 'domain' | 'isCounted' | 'updatePeriod'> {
  /** An energy counter that did not change while it was probed: it is not counted, whatever the profiler says. */
  readonly isStill: boolean
  /** Set for an energy counter that is read several times between two of its updates. */
  readonly slowPeriod?: number
}

/** One profiler. */
export interface Channel {
  readonly profiler: Profiler
  readonly domains: readonly DomainState[]
  /** Seconds between background readings. */
  readonly interval: Seconds
}

/** How counters are looked into. */
export interface ChannelOptions {
  readonly clock: Clock
  /** Most seconds to spend. */
  readonly budget: Seconds
  /** Seconds between background readings: a power value that never changed is taken to be as old as that. */
  readonly interval: Seconds
  /** Otherwise a slow counter may be read more often than that; power is read twice a second in any case. */
  readonly isIntervalFixed: boolean
}

/** Counters slower than this blur the edges of a window of 10 s by more than 0.5%. */
const SLOW = 0.05
/** Readings between two updates of a slow counter. */
const READINGS_PER_UPDATE = 5

/** Looks into the counters; what moves counts as the profiler says, until overlaps are taken out. */
export async function openChannel(
  profiler: Profiler,
  { clock, budget, interval, isIntervalFixed }: ChannelOptions,
): Promise<Channel> {
  const fine = readingInterval(interval, profiler.kind, profiler.domains())
  const periods = await probeUpdatePeriods(profiler, { clock, budget })
  const domains = profiler.domains().map((domain, index) => {
    const { period, changes } = periods[index] ?? { period: budget, changes: 0 }
    const isStill = changes === 0 && domain.counter === 'energy' && domain.mayRest !== true
    const updatePeriod = changes === 0 && domain.counter === 'power' ? fine : seconds(period)
    return { domain, isCounted: !isStill && domain.isCounted, updatePeriod, isStill }
  })
  const slow = domains.filter(isSlow).map(({ updatePeriod }) => updatePeriod / READINGS_PER_UPDATE)
  const often = isIntervalFixed ? fine : seconds(Math.min(fine, ...slow))
  return { profiler, domains: domains.map((state) => withSlowPeriod(state, often)), interval: often }
}

const isSlow = ({ domain, updatePeriod, isStill }: DomainState): boolean =>
  domain.counter === 'energy' && !isStill && updatePeriod >= SLOW

/** Readings must come at least twice as often as updates, else they do not tell when those happened. */
function withSlowPeriod(state: DomainState, interval: Seconds): DomainState {
  return isSlow(state) && state.updatePeriod >= 2 * interval ? { ...state, slowPeriod: state.updatePeriod } : state
}
