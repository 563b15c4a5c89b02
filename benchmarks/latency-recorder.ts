/**
 * Keeps latencies in the order they came, in memory that never grows: when it is full, one of each two goes.
 *
 * Which one is drawn by lot: runs take batches in turn, so that every n-th latency would only ever see some of them.
 */
import { seededRandom } from '../src/core/random.js'

/** Latencies kept at most: 2 MiB, and statistics over them in about 0.2 s. */
const CAPACITY = 262_144

/** What is known of many latencies, seconds: the exact count, sum and extremes, and a part of them. */
export type Latencies = Pick<LatencyRecorder, 'count' | 'total' | 'shortest' | 'longest' | 'every' | 'samples'>

/** Latencies thinned evenly, one drawn from each stretch of `every`, with the exact count, sum and extremes of all. */
export class LatencyRecorder {
  readonly #kept: Float64Array
  #used = 0
  #stride = 1
  /** Latencies left in the present stretch, and how many are left of it when one is kept. */
  #left = 1
  #keepAt = 1
  #count = 0
  #total = 0
  #shortest = Number.POSITIVE_INFINITY
  #longest = 0

  readonly #random: () => number

  /**
   * @param capacity - latencies kept at most; even
   * @param random - uniform in [0, 1)
   */
  constructor(capacity = CAPACITY, random = seededRandom(1)) {
    this.#kept = new Float64Array(capacity)
    this.#random = random
  }

  /** @param latency - seconds */
  add(latency: number): void {
    this.#count++
    this.#total += latency
    if (latency < this.#shortest) this.#shortest = latency
    if (latency > this.#longest) this.#longest = latency
    if (this.#left === this.#keepAt) this.#kept[this.#used++] = latency
    if (--this.#left === 0) this.#beginStretch()
  }

  /** Latencies added. */
  get count(): number {
    return this.#count
  }

  /** Sum of all latencies added, seconds. */
  get total(): number {
    return this.#total
  }

  /** Of all latencies added, seconds; `Infinity` before the first. */
  get shortest(): number {
    return this.#shortest
  }

  /** Of all latencies added, seconds; 0 before the first. */
  get longest(): number {
    return this.#longest
  }

  /** How many latencies each kept one stands for. */
  get every(): number {
    return this.#stride
  }

  /** Kept latencies, in order, seconds; valid until the next `add`. */
  get samples(): Float64Array {
    return this.#kept.subarray(0, this.#used)
  }

  #beginStretch(): void {
    if (this.#used === this.#kept.length) this.#halve()
    this.#left = this.#stride
    this.#keepAt = this.#stride === 1 ? 1 : this.#draw(this.#stride) + 1
  }

  #draw(count: number): number {
    return Math.floor(this.#random() * count)
  }

  #halve(): void {
    for (let index = 0; index < this.#used / 2; index++) {
      this.#kept[index] = this.#kept[index * 2 + this.#draw(2)] ?? 0
    }
    this.#used /= 2
    this.#stride *= 2
  }
}
