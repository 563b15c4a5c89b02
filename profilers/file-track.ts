/** One profiler whose counters are files with one whole number each, read by calls of the C library. */
import { closeSync } from 'node:fs'
import { openDevice, wholeNumber } from './device-file.js'
import type { CounterFile } from './profiler.js'
import type { ReadingRing } from './reading-ring.js'
import { ReadingSteps } from './reading-steps.js'
import type { Track, TrackOptions } from './sampling-track.js'
import type { SystemCalls } from './system-calls.js'

/** Bytes read of a file: more than the digits of a 64-bit number and the end of the line, so that a longer one shows. */
export const COUNTER_BYTES = 32

/** No file descriptor. */
const CLOSED = -1

/**
 * Does what `SamplingTrack` does with a profiler that reads such files. Nothing is made for a reading but its row in the ring,
 * and a file is opened when it is first read, and again after a failure.
 */
export class FileTrack implements Track {
  readonly #files: readonly CounterFile[]
  readonly #descriptors: Int32Array
  /** Of the latest reading; `NaN` is a gap. */
  readonly #values: Float64Array
  readonly #calls: SystemCalls
  readonly #ring: ReadingRing
  readonly #steps: ReadingSteps
  readonly #onReading: TrackOptions['onReading']

  constructor(files: readonly CounterFile[], calls: SystemCalls, { ring, interval, onReading }: TrackOptions) {
    this.#files = files
    this.#descriptors = new Int32Array(files.length).fill(CLOSED)
    this.#values = new Float64Array(files.length)
    this.#calls = calls
    this.#ring = ring
    this.#steps = new ReadingSteps(ring.notes, calls.now(), interval, ring.lastAt)
    this.#onReading = onReading
  }

  get due(): number {
    return this.#steps.due
  }

  read(): void {
    const at = this.#calls.now()
    const values = this.#values
    let hasFailed = false
    for (let index = 0; index < values.length; index++) {
      const value = this.#read(index)
      values[index] = value
      if (Number.isNaN(value)) hasFailed = true
    }
    this.#ring.push(at, values)
    this.#onReading?.({ at, values: Array.from(values, valueOrGap) })
    this.#steps.take(at, hasFailed)
  }

  #read(index: number): number {
    const descriptor = this.#descriptors[index] ?? CLOSED
    const length = descriptor === CLOSED ? this.#reopen(index) : this.#calls.read(descriptor, COUNTER_BYTES)
    if (length < 0) return this.#close(index)
    const file = this.#files[index]
    const count = wholeNumber(this.#calls.bytes, length)
    if (file === undefined || count === undefined || file.isBelievable?.(count) === false) return Number.NaN
    return count * file.scale
  }

  /** @returns bytes read, or -1 */
  #reopen(index: number): number {
    try {
      const descriptor = openDevice(this.#files[index]?.path ?? '')
      this.#descriptors[index] = descriptor
      return this.#calls.read(descriptor, COUNTER_BYTES)
    } catch {
      // A device that is away may come back.
      return -1
    }
  }

  #close(index: number): number {
    const descriptor = this.#descriptors[index] ?? CLOSED
    this.#descriptors[index] = CLOSED
    if (descriptor !== CLOSED) closeSync(descriptor)
    return Number.NaN
  }
}

const valueOrGap = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)
