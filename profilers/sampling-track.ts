/** One profiler that is read at even steps, on whatever thread: its readings go into a ring, and into a trace if there is one. */
import { readChecked } from './checked-reading.js'
import { type Clock, monotonicClock } from './clock.js'
import type { Profiler, Reading } from './profiler.js'
import { NOTE, type ReadingRing } from './reading-ring.js'

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
  /** Time of the next reading, seconds on the clock. */
  due: number
  readonly #options: TrackOptions
  readonly #clock: Clock
  readonly #start: number
  #step = 0
  #last: number

  constructor(profiler: Profiler, options: TrackOptions) {
    this.profiler = profiler
    this.#options = options
    this.#clock = options.clock ?? monotonicClock
    this.#start = this.#clock()
    this.due = this.#start
    this.#last = options.ring.lastAt ?? Number.POSITIVE_INFINITY
  }

  read(): void {
    const { ring, domainCount, interval, onReading } = this.#options
    const reading = readChecked(this.profiler, domainCount, this.#clock)
    ring.push(reading)
    onReading?.(reading)
    const next = Math.max(this.#step + 1, Math.ceil((reading.at - this.#start) / interval))
    this.#note(ring.notes, reading, next - this.#step - 1)
    this.#step = next
    this.#last = reading.at
    this.due = this.#start + next * interval
  }

  /** Written where it lies: the caches are cold when the thread wakes up, and each call and look-up shows. */
  #note(notes: Float64Array, { at, values }: Reading, missed: number): void {
    const delay = Math.max(0, at - this.due)
    if (values.includes(undefined)) notes[NOTE.failed] = (notes[NOTE.failed] ?? 0) + 1
    notes[NOTE.missed] = (notes[NOTE.missed] ?? 0) + missed
    notes[NOTE.longestStep] = Math.max(notes[NOTE.longestStep] ?? 0, at - this.#last)
    notes[NOTE.totalDelay] = (notes[NOTE.totalDelay] ?? 0) + delay
    notes[NOTE.worstDelay] = Math.max(notes[NOTE.worstDelay] ?? 0, delay)
  }
}

/** Reads by a timer of this thread, which a busy event loop delays; it does not keep the process alive. */
export function readByTimer(track: SamplingTrack, interval: number): NodeJS.Timeout {
  track.read()
  return setInterval(() => track.read(), interval * 1000).unref()
}
