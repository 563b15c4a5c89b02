/**
 * Watches how long an energy counter shows the same: one that hangs would pass for a part that uses nothing. What it shows
 * after that, and at the window's edges, may be the energy of another time.
 */
import type { Revoked } from './domain-integral.js'
import type { ReadingLimits } from './reading-limits.js'

/** Time in which the counter stood, with the joules that may belong elsewhere. */
export interface Stood extends Revoked {
  /** Longer than it does while it works. */
  readonly isBroken: boolean
}

const NOTHING: Revoked = { joules: 0, seconds: 0 }

/** Follows one counter through one window. */
export class StillTime {
  readonly #longest: number
  readonly #longestAtEdge: number
  #seconds = 0
  /** The step before the counter stood. */
  #lastMove = NOTHING
  #hasMoved = false

  /** @param limits - without `longestStill` the counter may rest as long as it likes */
  constructor({
    longestStill = Number.POSITIVE_INFINITY,
    longestStillAtEdge = Number.POSITIVE_INFINITY,
  }: ReadingLimits) {
    this.#longest = longestStill
    this.#longestAtEdge = longestStillAtEdge
  }

  /** @returns what is not known, this step included, when the counter moves after it stood for too long */
  add(step: Revoked): Stood | undefined {
    if (step.joules === 0) {
      this.#seconds += step.seconds
      return undefined
    }
    const limit = this.#hasMoved ? this.#longest : Math.min(this.#longest, this.#longestAtEdge)
    const stood = this.#seconds > limit ? plus(this.#stood(), step) : undefined
    this.#seconds = 0
    this.#hasMoved = true
    this.#lastMove = stood === undefined ? step : NOTHING
    return stood
  }

  /** @returns what is not known when the window ends while the counter stands; its last step is whole where it stood shortly */
  end(): Stood | undefined {
    return this.#seconds > Math.min(this.#longest, this.#longestAtEdge) ? this.#stood() : undefined
  }

  /** The counter starts anew. */
  forget(): void {
    this.#seconds = 0
    this.#lastMove = NOTHING
  }

  /** A long step before it may have ended early. */
  #stood(): Stood {
    const isBroken = this.#seconds > this.#longest
    const still = { joules: 0, seconds: this.#seconds, isBroken }
    return isBroken && this.#lastMove.seconds > this.#longest ? plus(still, this.#lastMove) : still
  }
}

const plus = (one: Stood, { joules, seconds }: Revoked): Stood => ({
  ...one,
  joules: one.joules + joules,
  seconds: one.seconds + seconds,
})
