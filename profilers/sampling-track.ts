/** One profiler that is read at even steps, on whatever thread: its readings go into a ring, and into a trace if there is one. */
import { readChecked } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import type { Profiler } from './profiler.js'
import type { ReadingRing } from './reading-ring.js'
import { ReadingSteps } from './reading-steps.js'

/** What is needed beside the profiler. */
export interface TrackOptions {
  readonly domainCount: number
  /** Seconds. */
  readonly interval: number
  readonly ring: ReadingRing
  readonly clock?: Clock
  /** Told of each reading. */
  readonly listener?: ReadingListener | undefined
}

/** An object and no function: a closure of its own for each track would be a new function to code that was compiled before. */
export interface ReadingListener {
  /** @param values - as those of a reading; a gap is `undefined` or `NaN`; changed by the next reading */
  hear(at: number, values: ArrayLike<number | undefined>): void
}

/** What the loops of the sampling thread need of it. */
export interface Track {
  /** Time of the next reading, seconds. */
  readonly due: number
  read(): void
}

/** A late reading is noted, and readings whose time has passed are left out. */
export class SamplingTrack implements Track {
  readonly profiler: Profiler
  readonly #options: TrackOptions
  readonly #clock: Clock
  readonly #steps: ReadingSteps

  constructor(profiler: Profiler, options: TrackOptions) {
    const { clock = monotonicClock, ring, interval } = options
    this.profiler = profiler
    this.#options = options
    this.#clock = clock
    this.#steps = new ReadingSteps(ring.notes, clock(), interval, ring.lastAt)
  }

  get due(): number {
    return this.#steps.due
  }

  read(): void {
    const { ring, domainCount, listener } = this.#options
    const reading = readChecked(this.profiler, domainCount, this.#clock)
    ring.push(reading.at, reading.values)
    listener?.hear(reading.at, reading.values)
    this.#steps.take(reading.at, reading.values.includes(undefined))
  }
}

/** Reads by a timer of this thread, which a busy event loop delays; it does not keep the process alive. */
export function readByTimer(track: SamplingTrack, interval: number): NodeJS.Timeout {
  track.read()
  return setInterval(() => track.read(), interval * 1000).unref()
}
