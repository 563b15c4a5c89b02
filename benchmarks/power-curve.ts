/** Power over the time of a run, from short windows of energy one after the other. */
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { Clock } from './clock.js'
import { beginWindow, type EndedWindow } from './window-energy.js'

/** Mean power of a short window. */
export interface PowerSample {
  /** Since the start of the measurement, s. */
  readonly startedAt: number
  readonly seconds: number
  readonly watts: number
}

interface OpenStretch {
  readonly at: number
  end(): Promise<EndedWindow>
}

/** Shortest window, seconds; longer ones for sensors that are updated seldom. */
const SHORTEST = 1
const UPDATES = 20
/** Samples in a record at most; neighbours are joined then. */
const MOST_SAMPLES = 2000

/** Ends a window and begins the next whenever it is told of the time passing; without a meter it does nothing. */
export class PowerCurve {
  readonly #meter: EnergyMeter | undefined
  readonly #clock: Clock
  readonly #start: number
  readonly #period: number
  #samples: PowerSample[] = []
  #open: OpenStretch | undefined
  #joules: number | undefined

  /** @param start - of the measurement, by the clock */
  constructor(meter: EnergyMeter | undefined, clock: Clock, start: number) {
    this.#meter = meter
    this.#clock = clock
    this.#start = start
    this.#period = Math.max(SHORTEST, UPDATES * (meter?.updatePeriod ?? 0))
  }

  /** Joules of all windows that have ended; `undefined` before the first. */
  get joules(): number | undefined {
    return this.#joules
  }

  /** Of the latest window. */
  get watts(): number | undefined {
    return this.#samples.at(-1)?.watts
  }

  get samples(): readonly PowerSample[] {
    return this.#samples
  }

  begin(): void {
    if (this.#meter !== undefined) this.#open = { at: this.#clock.now(), end: beginWindow(this.#meter) }
  }

  /** Looks whether the window is long enough. */
  tick(): void {
    const open = this.#open
    if (open === undefined || this.#clock.now() - open.at < this.#period) return
    void this.#close(open)
    this.begin()
  }

  /** Ends the last window; a stub of one says little and is left out. */
  async end(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return
    const isLong = this.#clock.now() - open.at >= this.#period / 2 || this.#samples.length === 0
    if (isLong) await this.#close(open)
    else await open.end()
  }

  async #close({ at, end }: OpenStretch): Promise<void> {
    const { joules, seconds = 0 } = (await end()).energy ?? {}
    if (joules === undefined || !(seconds > 0)) return
    this.#joules = (this.#joules ?? 0) + joules
    this.#samples.push({ startedAt: Math.max(0, at - this.#start), seconds, watts: joules / seconds })
    if (this.#samples.length > MOST_SAMPLES) this.#samples = joined(this.#samples)
  }
}

/** @returns half as many, each of two neighbours */
function joined(samples: readonly PowerSample[]): PowerSample[] {
  return samples.flatMap((one, index) => {
    if (index % 2 === 1) return []
    const other = samples[index + 1]
    if (other === undefined) return [one]
    const seconds = one.seconds + other.seconds
    const watts = (one.watts * one.seconds + other.watts * other.seconds) / seconds
    return [{ startedAt: one.startedAt, seconds, watts }]
  })
}
