/** The even steps at which something is read: when the next reading is due, and how late and how far apart they came. */
import { NOTE } from './reading-ring.js'

/** A late reading is noted, and readings whose time has passed are left out. */
export class ReadingSteps {
  /** Time of the next reading, seconds. */
  due: number
  readonly #notes: Float64Array
  readonly #start: number
  readonly #interval: number
  #step = 0
  #last: number

  /**
   * @param notes - of the ring that the readings go into
   * @param start - time of the first reading, seconds
   * @param interval - between two, seconds
   * @param last - time of a reading before the first
   */
  constructor(notes: Float64Array, start: number, interval: number, last = Number.POSITIVE_INFINITY) {
    this.due = start
    this.#notes = notes
    this.#start = start
    this.#interval = interval
    this.#last = last
  }

  /** Written where it lies: the caches are cold when a thread wakes up to read, and each call and look-up shows. */
  take(at: number, hasFailed: boolean): void {
    const notes = this.#notes
    const delay = Math.max(0, at - this.due)
    const next = Math.max(this.#step + 1, Math.ceil((at - this.#start) / this.#interval))
    if (hasFailed) notes[NOTE.failed] = (notes[NOTE.failed] ?? 0) + 1
    notes[NOTE.missed] = (notes[NOTE.missed] ?? 0) + next - this.#step - 1
    notes[NOTE.longestStep] = Math.max(notes[NOTE.longestStep] ?? 0, at - this.#last)
    notes[NOTE.totalDelay] = (notes[NOTE.totalDelay] ?? 0) + delay
    notes[NOTE.worstDelay] = Math.max(notes[NOTE.worstDelay] ?? 0, delay)
    this.#step = next
    this.#last = at
    this.due = this.#start + next * this.#interval
  }
}
