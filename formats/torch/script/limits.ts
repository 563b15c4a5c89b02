/** Bounds on how long and how deep a program is followed. */
import type { ProgramWork } from '../program-work.js'
import { cannotFollow, formatPosition, type Position } from './script-errors.js'

/** Calls, blocks and expressions in one another; published models stay below 200. */
const DEEPEST = 1000
/** Turns of one loop. */
const MOST_TURNS = 10_000

/** Counts what is followed. */
export class Limits {
  readonly #work: ProgramWork
  #depth = 0

  /** @param work - counts the steps, with what else is done for the program */
  constructor(work: ProgramWork) {
    this.#work = work
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

  /** Counts what takes as long as so many steps: statements, expressions, calls, and items of lists. */
  spend(steps: number, position: Position): void {
    this.#work.spend(steps, () => formatPosition(position))
  }

  turn(count: number, position: Position): void {
    if (count > MOST_TURNS) throw cannotFollow(position, `a loop turns more than ${MOST_TURNS} times`)
  }
}
