/**
 * Power by a counter that is read more often than it changes: taken from its first change in a window to its last, so
 * that neither edge is blurred by the age of what the counter shows there.
 */

/** Power between the first and the last change. */
export interface SteadyPower {
  readonly watts: number
  /** Half-width of the time between the two changes, 95%, seconds. */
  readonly edgeSeconds: number
}

/** The changes must span this share of the time, else the edges are too large a part of it. */
const LEAST_SPAN = 0.5
/** 95% half-width of the difference of two moments, each known to within an interval of 1. */
const TWO_MOMENTS = 1 - Math.sqrt(0.05)

/** Follows one counter through one window. */
export class SlowCounter {
  readonly #period: number
  #joules = 0
  #first: { readonly at: number; readonly joules: number } | undefined
  #last: { readonly at: number; readonly joules: number } | undefined
  #startedAt: number | undefined
  #endedAt = 0
  #worst = 0

  /** @param period - seconds between two updates */
  constructor(period: number) {
    this.#period = period
  }

  /** @param joules - between two readings, 0 where the counter did not change */
  add(from: number, to: number, joules: number): void {
    this.#startedAt ??= from
    this.#endedAt = to
    if (joules === 0) return
    this.#joules += joules
    const blur = Math.min(this.#period, to - from)
    const change = { at: to - blur / 2, joules: this.#joules }
    this.#worst = Math.max(this.#worst, blur)
    this.#first ??= change
    this.#last = change
  }

  /** @returns `undefined` where there were too few changes */
  steadyPower(): SteadyPower | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined
    const span = this.#last.at - this.#first.at
    if (!(span >= LEAST_SPAN * (this.#endedAt - (this.#startedAt ?? 0)))) return undefined
    return { watts: (this.#last.joules - this.#first.joules) / span, edgeSeconds: TWO_MOMENTS * this.#worst }
  }
}
