/** Remembers how the joules of a window grew, so that its power can be told in parts. */

/** More points than this are thinned evenly: memory does not grow with the length of the window. */
const MOST_POINTS = 128

/** The joules of one domain since the window began. */
export class PowerTrail {
  #times: number[] = []
  #joules: number[] = []
  #every = 1
  #skipped = 0

  /** @param joules - since the window began, never less than before */
  add(at: number, joules: number): void {
    if (++this.#skipped < this.#every && this.#times.length > 0) return
    this.#skipped = 0
    this.#times.push(at)
    this.#joules.push(joules)
    if (this.#times.length < MOST_POINTS) return
    this.#times = this.#times.filter((_, index) => index % 2 === 0)
    this.#joules = this.#joules.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }

  /** @returns joules by that time, on the line between the points around it */
  joulesBy(time: number): number {
    const after = this.#times.findIndex((at) => at >= time)
    if (after <= 0) return (after === 0 ? this.#joules[0] : this.#joules.at(-1)) ?? 0
    const [from = 0, to = 0] = [this.#times[after - 1], this.#times[after]]
    const [low = 0, high = 0] = [this.#joules[after - 1], this.#joules[after]]
    return low + ((high - low) * (time - from)) / (to - from)
  }
}

/** Parts of a window: enough to see how power wanders, each at least so many updates of the slowest counter long. */
const MOST_PARTS = 10
const LEAST_PARTS = 3
const UPDATES_PER_PART = 100

/**
 * @param trails - of all that is counted
 * @param window - its edges, seconds
 * @param step - seconds: the longest interval between readings, and the longest update period
 * @returns mean power of equal parts, in order, W; `undefined` where parts would be too short to tell
 */
export function partWatts(
  trails: readonly PowerTrail[],
  window: { readonly from: number; readonly to: number },
  step: { readonly interval: number; readonly updatePeriod: number },
): readonly number[] | undefined {
  const shortest = Math.max(step.interval, UPDATES_PER_PART * step.updatePeriod)
  const count = Math.min(MOST_PARTS, Math.floor((window.to - window.from) / shortest + 1e-6))
  if (!(count >= LEAST_PARTS) || trails.length === 0) return undefined
  const length = (window.to - window.from) / count
  const joulesBy = (part: number): number =>
    trails.reduce((sum, trail) => sum + trail.joulesBy(window.from + part * length), 0)
  return Array.from({ length: count }, (_, part) => (joulesBy(part + 1) - joulesBy(part)) / length)
}
