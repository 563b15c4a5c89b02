/** One profiler that is read at even steps, on whatever thread: its readings go into a ring, and into a trace if there is one. */
import { readChecked } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import type { Profiler, Reading } from './profiler.js'
import type { ReadingRing } from './reading-ring.js'

/** What is needed beside the profiler. */
export interface TrackOptions {
  readonly domainCount: number
  /** Seconds. */
  readonly interval: number
  readonly ring: ReadingRing
  readonly clock?: Clock
  /** Told of each reading. */
  readonly onReading?: ((reading: Reading) => void) | undefined
}

/** A late reading is noted, and readings whose time has passed are left out. */
export class SamplingTrack {
  readonly profiler: Profiler
  readonly #options: TrackOptions
  readonly #clock: Clock
  readonly #start: number
  #step = 0
  #last: number | undefined

  constructor(profiler: Profiler, options: TrackOptions) {
    this.profiler = profiler
    this.#options = options
    this.#clock = options.clock ?? monotonicClock
    this.#start = this.#clock()
    this.#last = options.ring.lastAt
  }

  /** Time of the next reading, seconds on the clock. */
  get due(): number {
    return this.#start + this.#step * this.#options.interval
  }

  read(): void {
    const { ring, domainCount, interval, onReading } = this.#options
    const due = this.due
    const reading = readChecked(this.profiler, domainCount, this.#clock)
    ring.push(reading)
    onReading?.(reading)
    const delay = Math.max(0, reading.at - due)
    const next = Math.max(this.#step + 1, Math.ceil((reading.at - this.#start) / interval))
    if (reading.values.includes(undefined)) ring.addNote('failed', 1)
    if (next > this.#step + 1) ring.addNote('missed', next - this.#step - 1)
    if (this.#last !== undefined) ring.raiseNote('longestStep', reading.at - this.#last)
    ring.addNote('totalDelay', delay)
    ring.raiseNote('worstDelay', delay)
    this.#step = next
    this.#last = reading.at
  }
}

/** Reads by a timer of this thread, which a busy event loop delays; it does not keep the process alive. */
export function readByTimer(track: SamplingTrack, interval: number): NodeJS.Timeout {
  track.read()
  return setInterval(() => track.read(), interval * 1000).unref()
}
