/** Looks at every profiler once: which sensors can be used here, what they count, and what would open the others. */
import { seconds } from '../src/core/units.js'
import { monotonicClock } from './clock.js'
import type { EnergyDomain, Profiler, ProfilerKind, ProfilerOptions } from './profiler.js'
import { closeProfiler, openProfiler } from './profiler-lease.js'
import { ProfilerRegistry } from './registry.js'
import { probeUpdatePeriods } from './update-period.js'

/** A domain of a sensor that can be used. */
export interface DetectedDomain extends Omit<EnergyDomain, 'updatePeriod'> {
  /** Seconds between two updates, as stated or as found out; the time spent looking where it changed less than twice. */
  readonly updatePeriod: number
  /** Changes seen while looking; absent where the period is stated. */
  readonly changes?: number
}

/** One profiler. */
export interface Detection {
  readonly name: string
  readonly kind: ProfilerKind
  readonly isAvailable: boolean
  /** What it reads. */
  readonly detail?: string
  /** Why it cannot be used, and what fixes that. */
  readonly reason?: string
  readonly fix?: string
  readonly domains: readonly DetectedDomain[]
}

/** Options of `detectProfilers`. */
export interface DetectionOptions extends ProfilerOptions {
  /** The predefined profilers when absent. */
  readonly registry?: ProfilerRegistry
  /** Most seconds for the update periods of one profiler; 0.5 when absent. */
  readonly probeDuration?: number
}

/** Opens, looks and closes, one profiler after the other; takes about half a second per sensor that is there. */
export async function detectProfilers(options: DetectionOptions = {}): Promise<readonly Detection[]> {
  const { registry = ProfilerRegistry.withPredefinedProfilers(), probeDuration = 0.5, ...given } = options
  const detections: Detection[] = []
  for (const name of registry.names) {
    if (name === 'none') continue
    const profiler = registry.make(name, given)
    detections.push(await detect(profiler, probeDuration).finally(() => closeProfiler(profiler)))
  }
  return detections
}

async function detect(profiler: Profiler, budget: number): Promise<Detection> {
  const { name, kind } = profiler
  const availability = await openProfiler(profiler)
  if (!availability.isAvailable) return { name, kind, domains: [], ...availability }
  const periods = await probeUpdatePeriods(profiler, { clock: monotonicClock, budget: seconds(budget) })
  const domains = profiler.domains().map((domain, index) => {
    const { period = budget, changes } = periods[index] ?? {}
    return { ...domain, updatePeriod: period, ...(changes === undefined ? {} : { changes }) }
  })
  return { name, kind, isAvailable: true, detail: availability.detail, domains }
}
