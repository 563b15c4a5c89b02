/** A window while it runs: takes the readings that fall into it, and gives its energy when it ends. */
import { type Seconds, seconds } from '../src/core/units.js'
import type { Channel } from './channel.js'
import { DomainIntegral } from './domain-integral.js'
import type { OpenWindow, WindowEnergy } from './energy-window.js'
import { suspendedWarning } from './meter-warnings.js'
import { partWatts } from './power-trail.js'
import type { Profiler, Reading } from './profiler.js'
import { readingLimits } from './reading-limits.js'
import { longestPeriod, type MeteredDomain, windowEnergy } from './window-energy.js'

/** Difference of the two clocks that no rounding explains, seconds. */
const SUSPENDED = 1

/** What a window is measured with; the profilers are read by others. */
export interface WindowParts {
  readonly channels: readonly (Omit<Channel, 'profiler'> & { readonly profiler: Pick<Profiler, 'name' | 'kind'> })[]
}

/** One end of a window. */
export interface Edge {
  readonly at: Seconds
  /** One per channel. */
  readonly readings: readonly Reading[]
  /** Seconds since the system started that the monotonic clock does not know: it grows while the machine sleeps. */
  readonly asleep: number
}

/** Memory does not grow with its length. */
export class RunningWindow implements OpenWindow {
  readonly #parts: WindowParts
  readonly #start: Edge
  readonly #integrals: readonly (readonly DomainIntegral[])[]
  readonly #finish: (window: RunningWindow) => WindowEnergy
  #stop: Edge | undefined
  #readings = 0
  #failed = 0
  #result: Promise<WindowEnergy> | undefined

  constructor(parts: WindowParts, start: Edge, finish: (window: RunningWindow) => WindowEnergy) {
    this.#parts = parts
    this.#start = start
    this.#finish = finish
    this.#integrals = parts.channels.map(({ profiler, domains, interval }, channel) => {
      const startedAt = start.readings[channel]?.at ?? start.at
      return domains.map(
        (counter) => new DomainIntegral(counter.domain, startedAt, readingLimits(counter, profiler.kind, interval)),
      )
    })
    start.readings.forEach((reading, channel) => {
      this.add(channel, reading)
    })
  }

  end(): Promise<WindowEnergy> {
    this.#result ??= Promise.resolve(this.#finish(this))
    return this.#result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
  }

  /** Takes a reading of one profiler, which may be older than the window's start or, once it stopped, younger than its end. */
  add(channel: number, reading: Reading): void {
    if (reading.at < (this.#start.readings[channel]?.at ?? 0)) return
    if (reading.at > (this.#stop?.readings[channel]?.at ?? Number.POSITIVE_INFINITY)) return
    this.#readings++
    if (reading.values.includes(undefined)) this.#failed++
    this.#integrals[channel]?.forEach((integral, index) => {
      integral.add(reading.at, reading.values[index])
    })
  }

  /** Ends the window's time; background readings from before that may still be added. */
  stop(edge: Edge): void {
    this.#stop = edge
  }

  /** @returns the energy between the two edges */
  close(): WindowEnergy {
    const edge = this.#stop ?? this.#start
    edge.readings.forEach((reading, channel) => {
      this.add(channel, reading)
    })
    const metered = this.#parts.channels.flatMap(({ profiler, domains }, channel) =>
      domains.map(({ domain, isCounted, updatePeriod }, index) => {
        const sum = this.#integrals[channel]?.[index]?.close(edge.readings[channel]?.at ?? edge.at)
        return sum === undefined
          ? []
          : [{ profiler: profiler.name, kind: profiler.kind, domain, isCounted, updatePeriod, sum }]
      }),
    )
    const parts = this.#partWatts(metered.flat(), edge)
    const asleep = edge.asleep - this.#start.asleep
    return windowEnergy(metered.flat(), {
      startedAt: this.#start.at,
      seconds: seconds(edge.at - this.#start.at),
      readings: this.#readings,
      failedReadings: this.#failed,
      ...(parts === undefined ? {} : { partWatts: parts }),
      warnings: asleep > SUSPENDED ? [suspendedWarning(asleep)] : [],
    })
  }

  /** Of all that is counted, where all of it is known. */
  #partWatts(metered: readonly MeteredDomain[], edge: Edge): readonly number[] | undefined {
    const counted = metered.filter(({ isCounted }) => isCounted)
    const trails = counted.flatMap(({ sum: { trail } }) => (trail === undefined ? [] : [trail]))
    if (trails.length < counted.length) return undefined
    const busy = this.#parts.channels.filter(({ domains }) => domains.some(({ isCounted }) => isCounted))
    return partWatts(
      trails,
      { from: this.#start.at, to: edge.at },
      {
        interval: Math.max(0, ...busy.map(({ interval }) => interval)),
        updatePeriod: longestPeriod(metered),
      },
    )
  }
}
