/** One profiler whose counters are files with one whole number each, read by calls of the C library. */
import { closeSync } from 'node:fs'
import { openDevice, wholeNumber } from './device-file.js'
import type { CounterFile } from './profiler.js'
import type { ReadingRing } from './reading-ring.js'
import { ReadingSteps } from './reading-steps.js'
import type { TrackOptions } from './sampling-track.js'
import type { SystemCalls } from './system-calls.js'

/** Bytes read of a file: more than the digits of a 64-bit number and the end of the line, so that a longer one shows. */
export const COUNTER_BYTES = 32
/** Of a text: the digits, the end of a line. Here and not in another module, so that no look-up is needed. */
const ZERO = 48
const NINE = 57
const NEWLINE = 10
/** More digits than a 64-bit counter has. */
const MOST_DIGITS = 20

/** Code that has been compiled for 0 and other small whole numbers is given up when a counter passes 2^31. */
const NOTHING = -0

/** No file descriptor; reading it fails as reading a file does that has gone. */
const CLOSED = -1

/**
 * Does what `SamplingTrack` does with a profiler that reads such files. Nothing is made for a reading but its row in the ring,
 * and a file is opened again after a failure.
 */
export class FileTrack {
  readonly #files: readonly CounterFile[]
  readonly #descriptors: Int32Array
  readonly #scales: Float64Array
  /** Of the latest reading; `NaN` is a gap. */
  readonly #values: Float64Array
  readonly #calls: SystemCalls
  readonly #ring: ReadingRing
  readonly #steps: ReadingSteps
  readonly #listener: TrackOptions['listener']
  readonly #isChecked: boolean

  constructor(files: readonly CounterFile[], calls: SystemCalls, { ring, interval, listener }: TrackOptions) {
    this.#files = files
    this.#descriptors = Int32Array.from(files, ({ path }) => openOrClosed(path))
    this.#scales = Float64Array.from(files, ({ scale }) => scale)
    this.#values = new Float64Array(files.length)
    this.#calls = calls
    this.#ring = ring
    this.#steps = new ReadingSteps(ring.notes, calls.now(), interval, ring.lastAt)
    this.#listener = listener
    this.#isChecked = files.some(({ isBelievable }) => isBelievable !== undefined)
  }

  /** Time of the next reading, seconds. */
  get due(): number {
    return this.#steps.due
  }

  /**
   * Sleeps until the next reading is due, and reads. The digits are read here and not by `wholeNumber`, so that all that a
   * turn does lies in one function with a loop of many steps: such a one is compiled after few turns.
   */
  readWhenDue(): void {
    const calls = this.#calls
    const { bytes } = calls
    const values = this.#values
    calls.sleepUntil(this.#steps.due)
    const at = calls.now()
    let hasFailed = false
    for (let index = 0; index < values.length; index++) {
      const length = calls.read(this.#descriptors[index] ?? CLOSED, COUNTER_BYTES)
      const end = length > 0 && bytes[length - 1] === NEWLINE ? length - 1 : length
      let count = end < 1 || end > MOST_DIGITS ? Number.NaN : NOTHING
      for (let place = 0; place < end; place++) {
        const byte = bytes[place] ?? 0
        count = byte < ZERO || byte > NINE ? Number.NaN : count * 10 + byte - ZERO
      }
      if (length < 0) count = this.#readAgain(index)
      if (this.#isChecked && this.#files[index]?.isBelievable?.(count) === false) count = Number.NaN
      if (Number.isNaN(count)) hasFailed = true
      values[index] = count * (this.#scales[index] ?? Number.NaN)
    }
    this.#ring.push(at, values)
    this.#listener?.hear(at, values)
    this.#steps.take(at, hasFailed)
  }

  /** After a failure: a file that was open is closed, one that was not is opened and read. */
  #readAgain(index: number): number {
    if (this.#descriptors[index] !== CLOSED) return this.#close(index)
    const descriptor = openOrClosed(this.#files[index]?.path ?? '')
    if (descriptor === CLOSED) return Number.NaN
    this.#descriptors[index] = descriptor
    const length = this.#calls.read(descriptor, COUNTER_BYTES)
    return length < 0 ? this.#close(index) : (wholeNumber(this.#calls.bytes, length) ?? Number.NaN)
  }

  #close(index: number): number {
    const descriptor = this.#descriptors[index] ?? CLOSED
    this.#descriptors[index] = CLOSED
    closeSync(descriptor)
    return Number.NaN
  }
}

function openOrClosed(path: string): number {
  try {
    return openDevice(path)
  } catch {
    // A device that is away may come back.
    return CLOSED
  }
}
