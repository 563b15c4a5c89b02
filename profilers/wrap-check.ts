/**
 * Tells a counter that wrapped from one that was set back to 0 shortly before it would have: after a wrap the power is what
 * it was around it.
 */
import type { Revoked } from './domain-integral.js'

/** A wrap with that many times the highest power of all other steps is none. */
const FACTOR = 3

/** Follows one counter through one window; wraps come rarely. */
export class WrapCheck {
  readonly #updatePeriod: number
  readonly #wraps: Revoked[] = []
  #highest = 0

  /** @param updatePeriod - seconds: a short step may hold the energy of one update more */
  constructor(updatePeriod: number) {
    this.#updatePeriod = updatePeriod
  }

  add(step: Revoked, hasWrapped: boolean): void {
    if (hasWrapped) this.#wraps.push(step)
    else this.#highest = Math.max(this.#highest, this.#wattsOf(step))
  }

  /** @returns steps that are no wraps; none where there is nothing to compare them with */
  resets(): readonly Revoked[] {
    return this.#highest === 0 ? [] : this.#wraps.filter((wrap) => this.#wattsOf(wrap) > FACTOR * this.#highest)
  }

  #wattsOf({ joules, seconds }: Revoked): number {
    return joules / (seconds + this.#updatePeriod)
  }
}
