/** A profiler that measures, with what was found out about its counters. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { Clock } from './clock.js'
import type { Profiler } from './profiler.js'
import { probeUpdatePeriods } from './update-period.js'
import type { MeteredDomain } from './window-energy.js'

/** One counter. */
export interface DomainState extends Pick<MeteredDomain, 'domain' | 'isCounted' | 'updatePeriod'> {
  /** An energy counter that did not change while it was probed: it is not counted, whatever the profiler says. */
  readonly isStill: boolean
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
}

/**
 * @param isCounted - per domain, after overlaps with other profilers were taken out
 */
export async function openChannel(
  profiler: Profiler,
  isCounted: readonly boolean[],
  { clock, budget, interval }: ChannelOptions,
): Promise<Channel> {
  const periods = await probeUpdatePeriods(profiler, { clock, budget })
  const domains = profiler.domains().map((domain, index) => {
    const { period, changes } = periods[index] ?? { period: budget, changes: 0 }
    const isStill = changes === 0 && domain.counter === 'energy'
    const updatePeriod = changes === 0 && domain.counter === 'power' ? interval : seconds(period)
    return { domain, isCounted: !isStill && isCounted[index] === true, updatePeriod, isStill }
  })
  return { profiler, domains, interval }
}
