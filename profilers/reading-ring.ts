/** Readings that one thread writes and another takes, without a message between them: a ring in shared memory. */
import { seconds } from '../src/core/units.js'
import type { Reading } from './profiler.js'

/** Header words of 4 bytes, then header numbers of 8 bytes, then rows of `[at, value, value, ...]`. */
const WRITTEN = 0
const WORDS = 2
const NUMBERS = ['failed', 'missed', 'worstDelay', 'totalDelay', 'longestStep', 'cpuSeconds'] as const
const HEADER_BYTES = WORDS * 4 + NUMBERS.length * 8

/** Figures about the writing side; `cpuSeconds` is 0 where the writer cannot tell. */
export type RingNote = (typeof NUMBERS)[number]

/** A ring of the latest readings of one profiler; one writer, one reader. */
export class ReadingRing {
  /** What the other thread needs to open the same ring. */
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #notes: Float64Array
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
    this.#notes = new Float64Array(shared, WORDS * 4, NUMBERS.length)
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

  note(name: RingNote): number {
    return this.#notes[NUMBERS.indexOf(name)] ?? 0
  }

  setNote(name: RingNote, value: number): void {
    this.#notes[NUMBERS.indexOf(name)] = value
  }

  addNote(name: RingNote, amount: number): void {
    this.setNote(name, this.note(name) + amount)
  }

  raiseNote(name: RingNote, value: number): void {
    if (value > this.note(name)) this.setNote(name, value)
  }

  /** Writes one reading over the oldest; the row is complete before it can be seen. */
  push(reading: Reading): void {
    const written = this.written
    const start = (written % this.#capacity) * this.#width
    this.#rows[start] = reading.at
    for (let index = 1; index < this.#width; index++) {
      this.#rows[start + index] = reading.values[index - 1] ?? Number.NaN
    }
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
