/** Keeps latencies in the order they came, in memory that never grows: when it is full, every second one goes. */

/** Latencies kept at most: 2 MiB, and statistics over them in about 0.2 s. */
const CAPACITY = 262_144

/** Evenly thinned latencies with the exact count, sum and extremes of all. */
export class LatencyRecorder {
  readonly #kept: Float64Array
  #used = 0
  #stride = 1
  /** Latencies until the next one is kept. */
  #untilNext = 1
  #count = 0
  #total = 0
  #shortest = Number.POSITIVE_INFINITY
  #longest = 0

  /** @param capacity - latencies kept at most; even */
  constructor(capacity = CAPACITY) {
    this.#kept = new Float64Array(capacity)
  }

  /** @param latency - seconds */
  add(latency: number): void {
    this.#count++
    this.#total += latency
    if (latency < this.#shortest) this.#shortest = latency
    if (latency > this.#longest) this.#longest = latency
    if (--this.#untilNext > 0) return
    this.#kept[this.#used++] = latency
    if (this.#used === this.#kept.length) this.#halve()
    this.#untilNext = this.#stride
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

  #halve(): void {
    for (let index = 0; index < this.#used / 2; index++) this.#kept[index] = this.#kept[index * 2] ?? 0
    this.#used /= 2
    this.#stride *= 2
  }
}
