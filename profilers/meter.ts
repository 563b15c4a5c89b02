/** Opens profilers, has them read in the background, and measures windows of time with them. */
import { uptime } from 'node:os'
import { UsageError } from '../src/core/errors.js'
import { type Seconds, seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import { type Channel, openChannel } from './channel.js'
import { readChecked } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import type { EnergyMeter, NamedWindow, OpenWindow, Refusal, SamplingFacts, WindowEnergy } from './energy-window.js'
import { traceChannels, traceEdge } from './meter-trace.js'
import { intervalWarnings, modelWarnings, slowWarning, stillWarnings, unclearWarnings } from './meter-warnings.js'
import { countedDomains } from './overlap.js'
import type { Profiler, ProfilerOptions } from './profiler.js'
import { ProfilerRegistry, type ReadyProfiler } from './registry.js'
import { type Edge, RunningWindow, type WindowParts } from './running-window.js'
import { type Sampling, type StartSampling, startSampling } from './sampler.js'
import type { TraceFile } from './trace-file.js'
import { longestPeriod } from './window-energy.js'

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
/** Seconds between two collections of readings while nothing else asks for them. */
const COLLECT_INTERVAL = 60

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
    return new Meter({ ready, refusals, channels, sampling, warnings, clock, trace, uptime: options.uptime ?? uptime })
  } catch (error) {
    for (const { profiler } of ready) await profiler.close()
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

interface MeterParts extends WindowParts {
  readonly channels: readonly Channel[]
  readonly ready: readonly ReadyProfiler[]
  readonly refusals: readonly Refusal[]
  readonly sampling: Sampling
  readonly warnings: readonly Warning[]
  readonly clock: Clock
  readonly uptime: () => number
  readonly trace: TraceFile | undefined
}

/** Which window an edge belongs to. */
interface WindowLabel {
  readonly window: number
  readonly name: string | undefined
}

class Meter implements EnergyMeter {
  readonly profilers: EnergyMeter['profilers']
  readonly refusals: readonly Refusal[]
  readonly updatePeriod: Seconds
  readonly #parts: MeterParts
  readonly #open = new Set<RunningWindow>()
  readonly #named: NamedWindow[] = []
  #begun = 0
  readonly #timer: NodeJS.Timeout
  #closing: Promise<void> | undefined

  constructor(parts: MeterParts) {
    this.#parts = parts
    const counting = parts.ready.filter(({ profiler }) => profiler.domains().length > 0)
    this.profilers = counting.map(({ profiler: { name, kind }, detail }) => ({ name, kind, detail }))
    this.refusals = parts.refusals
    this.updatePeriod = longestPeriod(parts.channels.flatMap(({ domains }) => domains))
    // Rings hold an hour; windows may last longer.
    this.#timer = setInterval(() => this.#collect(), COLLECT_INTERVAL * 1000).unref()
  }

  get warnings(): readonly Warning[] {
    const { channels, sampling, warnings, trace } = this.#parts
    const slow = channels.flatMap((channel, index) => slowWarning(channel, sampling.samplers[index]))
    return [...warnings, ...sampling.warnings, ...slow, ...(trace?.warnings ?? [])]
  }

  get windows(): readonly NamedWindow[] {
    return this.#named
  }

  begin(): OpenWindow {
    return this.#begin(undefined)
  }

  window(name: string): OpenWindow {
    return this.#begin(name)
  }

  sampling(): readonly SamplingFacts[] {
    const { channels, sampling } = this.#parts
    return channels.flatMap(({ profiler }, index) => {
      const sampler = sampling.samplers[index]
      return sampler === undefined ? [] : [{ profiler: profiler.name, ...sampler.statistics() }]
    })
  }

  samplerCpuSeconds(): Seconds | undefined {
    return this.#parts.sampling.cpuSeconds()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#parts.sampling.close()
    for (const { profiler } of this.#parts.channels) await profiler.close()
  }

  /** Counters as they are now; the moment of the window is that of the last profiler's reading. */
  #readEdge(): Edge {
    const { channels, clock, uptime } = this.#parts
    const readings = channels.map(({ profiler, domains }) => readChecked(profiler, domains.length, clock))
    return { at: clock(), readings, asleep: uptime() - clock() }
  }

  #begin(name: string | undefined): OpenWindow {
    this.#collect()
    const facts = { window: this.#begun++, name }
    const start = this.#readEdge()
    this.#trace('begin', facts, start)
    const window = new RunningWindow(this.#parts, start, (ending) => this.#end(ending, facts))
    this.#open.add(window)
    return window
  }

  #end(window: RunningWindow, facts: WindowLabel): WindowEnergy {
    const stop = this.#readEdge()
    this.#trace('end', facts, stop)
    window.stop(stop)
    this.#collect()
    this.#open.delete(window)
    const energy = window.close()
    if (facts.name !== undefined) this.#named.push({ name: facts.name, energy })
    return energy
  }

  #trace(type: 'begin' | 'end', facts: WindowLabel, edge: Edge): void {
    if (this.#parts.trace !== undefined) traceEdge(this.#parts.trace, { type, ...facts }, edge)
  }

  /** Hands background readings to the windows that are open. */
  #collect(): void {
    this.#parts.sampling.samplers.forEach((sampler, channel) => {
      sampler.take((reading) => {
        for (const window of this.#open) window.add(channel, reading)
      })
    })
  }
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
