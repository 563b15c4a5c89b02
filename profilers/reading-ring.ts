/** Readings that one thread writes and another takes, without a message between them: a ring in shared memory. */
import { seconds } from '../src/core/units.js'
import type { Reading } from './profiler.js'

/**
 * Figures about the writing side, by their place among the ring's `notes`; those of time are in seconds. `cpuSeconds` is 0
 * where the writer cannot tell.
 */
export const NOTE = { failed: 0, missed: 1, worstDelay: 2, totalDelay: 3, longestStep: 4, cpuSeconds: 5 } as const

/** Header words of 4 bytes, then the notes of 8 bytes, then rows of `[at, value, value, ...]`. */
const WRITTEN = 0
const WORDS = 2
const NOTES = Object.keys(NOTE).length
const HEADER_BYTES = WORDS * 4 + NOTES * 8

/** A ring of the latest readings of one profiler; one writer, one reader. */
export class ReadingRing {
  /** What the other thread needs to open the same ring. */
  readonly shared: SharedArrayBuffer
  /** By `NOTE`; written by the writer alone. */
  readonly notes: Float64Array
  readonly #words: Int32Array
  readonly #rows: Float64Array
  readonly #width: number
  readonly #capacity: number
  #taken = 0
  #lost = 0

  /** @param domainCount - values in one reading */
  constructor(shared: SharedArrayBuffer, domainCount: number) {
    this.shared = shared
    this.#width = domainCount + 1
    this.#words = new Int32Array(shared, 0, WORDS)
    this.notes = new Float64Array(shared, WORDS * 4, NOTES)
    this.#rows = new Float64Array(shared, HEADER_BYTES)
    this.#capacity = Math.floor(this.#rows.length / this.#width)
  }

  /** Makes an empty ring that holds `capacity` readings of `domainCount` values. */
  static create(domainCount: number, capacity: number): ReadingRing {
    const shared = new SharedArrayBuffer(HEADER_BYTES + capacity * (domainCount + 1) * 8)
    return new ReadingRing(shared, domainCount)
  }

  /** Readings ever written. */
  get written(): number {
    return Atomics.load(this.#words, WRITTEN)
  }

  /** Readings that were overwritten before they were taken. */
  get lost(): number {
    return this.#lost
  }

  /** Time of the latest reading, seconds; `undefined` before the first. */
  get lastAt(): number | undefined {
    const written = this.written
    return written === 0 ? undefined : this.#rows[((written - 1) % this.#capacity) * this.#width]
  }

  /**
   * Writes one reading over the oldest; the row is complete before it can be seen.
   *
   * @param values - a gap is `undefined` or `NaN`
   */
  push(at: number, values: ArrayLike<number | undefined>): void {
    const written = this.written
    const width = this.#width
    const rows = this.#rows
    const start = (written % this.#capacity) * width
    rows[start] = at
    for (let index = 1; index < width; index++) rows[start + index] = values[index - 1] ?? Number.NaN
    Atomics.store(this.#words, WRITTEN, written + 1)
  }

  /** Hands out the readings not taken before, oldest first. */
  take(visit: (reading: Reading) => void): void {
    const written = this.written
    for (; this.#taken < written; this.#taken++) {
      const reading = this.#row(this.#taken)
      // Checked after the row was copied: the writer may have come round while it was read.
      if (this.written - this.#taken >= this.#capacity) this.#lost++
      else visit(reading)
    }
  }

  #row(position: number): Reading {
    const start = (position % this.#capacity) * this.#width
    const values: (number | undefined)[] = []
    for (let index = 1; index < this.#width; index++) {
      const value = this.#rows[start + index]
      values.push(value === undefined || Number.isNaN(value) ? undefined : value)
    }
    return { at: seconds(this.#rows[start] ?? 0), values }
  }
}
