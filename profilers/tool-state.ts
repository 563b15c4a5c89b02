/** Counters that the thread of a tool writes and every other thread may read: one number per domain in shared memory. */

/** Time of the last sample in seconds, or one of the words below; then J per domain since the tool was started. */
const LAST = 0
const NOTHING_YET = 0
const ENDED = -1

/** Domains that fit. */
export const MOST_TOOL_DOMAINS = 64

/** One writer, any number of readers; each number is written at once. */
export class ToolState {
  readonly shared: SharedArrayBuffer
  readonly #numbers: Float64Array

  constructor(shared = new SharedArrayBuffer((1 + MOST_TOOL_DOMAINS) * 8)) {
    this.shared = shared
    this.#numbers = new Float64Array(shared)
  }

  /** Adds J to a domain; `undefined` where the tool did not know: the counter starts again from 0, which readers can tell. */
  add(domain: number, joules: number | undefined): void {
    const index = 1 + domain
    this.#numbers[index] = joules === undefined ? 0 : (this.#numbers[index] ?? 0) + joules
  }

  /** A sample is complete; one of a tool that has ended says no more. */
  mark(at: number): void {
    if (this.#numbers[LAST] !== ENDED) this.#numbers[LAST] = at
  }

  /** The tool is no longer there. */
  end(): void {
    this.#numbers[LAST] = ENDED
  }

  /**
   * @param count - of domains
   * @param longest - seconds after which a tool that says nothing is taken for stuck
   * @returns J per domain, or gaps
   */
  read(count: number, now: number, longest: number): readonly (number | undefined)[] {
    const last = this.#numbers[LAST] ?? NOTHING_YET
    const isAlive = last !== NOTHING_YET && last !== ENDED && now - last <= longest
    return Array.from({ length: count }, (_, index) => (isAlive ? this.#numbers[1 + index] : undefined))
  }
}
