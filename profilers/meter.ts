/** Opens profilers, looks into their counters, and has them read in the background. */
import { uptime } from 'node:os'
import { UsageError } from '../src/core/errors.js'
import { seconds } from '../src/core/units.js'
import { type Channel, openChannel } from './channel.js'
import { type Clock, monotonicClock } from './clock.js'
import type { EnergyMeter } from './energy-window.js'
import { traceChannels } from './meter-trace.js'
import { intervalWarnings, modelWarnings, stillWarnings, unclearWarnings } from './meter-warnings.js'
import { countedDomains } from './overlap.js'
import type { Profiler, ProfilerOptions } from './profiler.js'
import { closeProfiler } from './profiler-lease.js'
import { ProfilerRegistry, type ReadyProfiler } from './registry.js'
import { RunningMeter } from './running-meter.js'
import { type StartSampling, startSampling } from './sampler.js'
import type { TraceFile } from './trace-file.js'

/** Options of `openMeter`. */
export interface MeterOptions extends ProfilerOptions {
  /** Finds profilers by name; the predefined ones when absent. */
  readonly registry?: ProfilerRegistry
  /** Names in the order asked for, or profilers already made; `['auto']` when absent. */
  readonly profilers?: readonly (string | Profiler)[]
  /**
   * Seconds between two background readings, 0.001 to 60. When absent: 0.1 for a sensor of power, which must be
   * integrated; 1 for counters of energy, which lose nothing between readings, and for models.
   */
  readonly samplingInterval?: number
  /** Most seconds spent on finding the update period of each profiler's counters; 0.5 when absent. */
  readonly probeDuration?: number
  /** Takes every reading as it is made; the caller closes it after the meter. */
  readonly trace?: TraceFile
  /** Stands in for the sampling thread in tests. */
  readonly startSampling?: StartSampling
  /** Seconds since the system started, sleep included; stands in for the system's in tests. */
  readonly uptime?: () => number
}

const DEFAULT_INTERVAL = { power: 0.1, energy: 1 } as const
const DEFAULT_PROBE = 0.5

/**
 * Opens a meter over the profilers asked for. It takes as long as the probing of the counters, well under a second.
 *
 * @throws {ProfilerError} `E_PROFILER_UNAVAILABLE` when a profiler named is not available here
 * @throws {UsageError} for an unknown profiler or an interval out of range
 */
export async function openMeter(options: MeterOptions = {}): Promise<EnergyMeter> {
  const clock = options.clock ?? monotonicClock
  if (options.samplingInterval !== undefined) checkInterval(options.samplingInterval)
  const registry = options.registry ?? ProfilerRegistry.withPredefinedProfilers()
  const { ready, refusals } = await registry.select(options.profilers ?? ['auto'], profilerOptions(options))
  try {
    const channels = await openChannels(ready, options, clock)
    if (options.trace !== undefined) traceChannels(options.trace, channels)
    const sampling = await (options.startSampling ?? startSampling)(channels, clock, options.trace)
    const warnings = [
      ...modelWarnings(ready, refusals),
      ...channels.flatMap(stillWarnings),
      ...channels.flatMap(unclearWarnings),
      ...channels.flatMap((channel) => intervalWarnings(channel, options.samplingInterval)),
    ]
    const { trace } = options
    return new RunningMeter({
      ready,
      refusals,
      channels,
      sampling,
      warnings,
      clock,
      trace,
      uptime: options.uptime ?? uptime,
    })
  } catch (error) {
    for (const { profiler } of ready) await closeProfiler(profiler)
    throw error
  }
}

/** One channel for each profiler that counts anything, in their order. */
async function openChannels(
  ready: readonly ReadyProfiler[],
  options: MeterOptions,
  clock: Clock,
): Promise<readonly Channel[]> {
  const channels: Channel[] = []
  for (const { profiler } of ready) {
    if (profiler.domains().length === 0) continue
    const budget = seconds(options.probeDuration ?? DEFAULT_PROBE)
    const interval = seconds(options.samplingInterval ?? usualInterval(profiler))
    const isIntervalFixed = options.samplingInterval !== undefined
    channels.push(await openChannel(profiler, { clock, budget, interval, isIntervalFixed }))
  }
  return withoutOverlaps(channels)
}

/** A counter that stands still keeps no other from being counted. */
function withoutOverlaps(channels: readonly Channel[]): readonly Channel[] {
  const counted = countedDomains(
    channels.map(({ domains }) => domains.map(({ domain, isCounted }) => ({ ...domain, isCounted }))),
  )
  return channels.map((channel, index) => ({
    ...channel,
    domains: channel.domains.map((state, position) => ({ ...state, isCounted: counted[index]?.[position] === true })),
  }))
}

/** Counters wrap in a minute at the soonest. */
function usualInterval(profiler: Profiler): number {
  const isIntegrated = profiler.kind === 'measured' && profiler.domains().some(({ counter }) => counter === 'power')
  return DEFAULT_INTERVAL[isIntegrated ? 'power' : 'energy']
}

function checkInterval(interval: number): void {
  if (interval >= 0.001 && interval <= 60) return
  throw new UsageError('E_SAMPLING_INTERVAL', `the sampling interval is ${interval} s, expected 0.001 to 60`, {
    hint: 'leave it out for 0.1 s (power) or 1 s (counters and models)',
  })
}

function profilerOptions({ root, clock, cpuTdp, gpus, powerLog }: MeterOptions): ProfilerOptions {
  return {
    ...(root === undefined ? {} : { root }),
    ...(clock === undefined ? {} : { clock }),
    ...(cpuTdp === undefined ? {} : { cpuTdp }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(powerLog === undefined ? {} : { powerLog }),
  }
}
