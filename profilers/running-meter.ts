/** Measures windows of time with profilers that are read in the background. */
import { UsageError } from '../src/core/errors.js'
import type { Seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Channel } from './channel.js'
import { readChecked } from './checked-reading.js'
import type { Clock } from './clock.js'
import type { EnergyMeter, NamedWindow, OpenWindow, Refusal, SamplingFacts, WindowEnergy } from './energy-window.js'
import { traceEdge } from './meter-trace.js'
import { closingWarning, cutWarning, slowWarning } from './meter-warnings.js'
import { closeProfiler } from './profiler-lease.js'
import type { ReadyProfiler } from './registry.js'
import { type Edge, RunningWindow, type WindowParts } from './running-window.js'
import type { Sampling } from './sampler.js'
import type { TraceFile } from './trace-file.js'
import { longestPeriod } from './window-energy.js'

/** Seconds between two collections of readings while nothing else asks for them. */
const COLLECT_INTERVAL = 60

/** What a meter is made of, ready to measure. */
export interface MeterParts extends WindowParts {
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

/** Runs from its making to `close`. */
export class RunningMeter implements EnergyMeter {
  readonly profilers: EnergyMeter['profilers']
  readonly refusals: readonly Refusal[]
  readonly updatePeriod: Seconds
  readonly #parts: MeterParts
  readonly #open = new Set<RunningWindow>()
  readonly #named: NamedWindow[] = []
  #begun = 0
  readonly #timer: NodeJS.Timeout
  #closing: Promise<void> | undefined
  #isClosed = false
  readonly #closingWarnings: Warning[] = []

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
    return [...warnings, ...sampling.warnings, ...slow, ...(trace?.warnings ?? []), ...this.#closingWarnings]
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
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const window of [...this.#open]) await window.end()
    await this.#parts.sampling.close()
    for (const { profiler } of this.#parts.ready) {
      const problem = await closeProfiler(profiler)
      if (problem !== undefined) this.#closingWarnings.push(closingWarning(profiler.name, problem))
    }
  }

  /** Counters as they are now; the moment of the window is that of the last profiler's reading. */
  #readEdge(): Edge {
    const { channels, clock, uptime } = this.#parts
    const readings = channels.map(({ profiler, domains }) => readChecked(profiler, domains.length, clock))
    return { at: clock(), readings, asleep: uptime() - clock() }
  }

  #begin(name: string | undefined): OpenWindow {
    if (this.#isClosed) {
      const hint = 'begin windows before close(), or open another meter'
      throw new UsageError('E_METER_CLOSED', 'a window was begun after its meter was closed', { hint })
    }
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
    const measured = window.close()
    const energy = this.#isClosed ? { ...measured, warnings: [...measured.warnings, cutWarning()] } : measured
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
