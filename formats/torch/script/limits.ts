/** Bounds on how long and how deep a program is followed. */
import { cannotFollow, type Position } from './script-errors.js'

/** Statements, expressions, calls, and items of lists; the largest of published models take some hundred thousand. */
const MOST_STEPS = 2_000_000
/** Calls, blocks and expressions in one another; published models stay below 200. */
const DEEPEST = 1000
/** Turns of one loop. */
const MOST_TURNS = 10_000

/** Of all attempts at one program together. */
const MOST_STEPS_TOGETHER = 3 * MOST_STEPS

/** How many steps all attempts took. */
export interface StepCount {
  steps: number
}

/** Counts what is followed. */
export class Limits {
  readonly #together: StepCount
  #steps = 0
  #depth = 0

  /** @param together - of all attempts at the same program */
  constructor(together: StepCount = { steps: 0 }) {
    this.#together = together
  }

  /** @returns what `follow` gives, one level deeper */
  deeper<T>(position: Position, follow: () => T): T {
    this.spend(1, position)
    if (this.#depth >= DEEPEST) throw cannotFollow(position, `calls lie more than ${DEEPEST} levels in one another`)
    this.#depth += 1
    try {
      return follow()
    } finally {
      this.#depth -= 1
    }
  }

  /** Counts what takes as long as so many steps. */
  spend(steps: number, position: Position): void {
    this.#steps += steps
    this.#together.steps += steps
    if (this.#steps > MOST_STEPS || this.#together.steps > MOST_STEPS_TOGETHER)
      throw cannotFollow(position, `the model takes more than ${MOST_STEPS} steps`)
  }

  turn(count: number, position: Position): void {
    if (count > MOST_TURNS) throw cannotFollow(position, `a loop turns more than ${MOST_TURNS} times`)
  }
}
