/** Bounds on how long and how deep a program is followed. */
import { cannotFollow, type Position } from './script-errors.js'

/** Statements, expressions, calls, and items of lists; the largest of published models take some hundred thousand. */
const MOST_STEPS = 2_000_000
/** Calls, blocks and expressions in one another; published models stay below 200. */
const DEEPEST = 1000
/** Turns of one loop. */
const MOST_TURNS = 10_000

/** Counts what is followed. */
export class Limits {
  #steps = 0
  #depth = 0

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
    if (this.#steps > MOST_STEPS) throw cannotFollow(position, `the model takes more than ${MOST_STEPS} steps`)
  }

  turn(count: number, position: Position): void {
    if (count > MOST_TURNS) throw cannotFollow(position, `a loop turns more than ${MOST_TURNS} times`)
  }
}
