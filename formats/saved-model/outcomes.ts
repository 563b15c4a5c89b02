/** What the nodes of a SavedModel give, as far as it has been found. */
import type { Flow } from './flow.js'
import type { GraphScope, Reference } from './scope.js'

/** What a node gives: tensors, or nothing on the side of a branch that is not taken. */
export type Outcome = Flow | typeof DEAD
export const DEAD = Symbol('dead')

/** Outcomes by scope, node and output. */
export class Outcomes {
  readonly #results = new Map<GraphScope, Map<string, readonly Outcome[]>>()

  /** Gives one output of a node a value from outside, which the node itself does not change. */
  feed({ scope, node, output }: Reference, value: Flow): void {
    const outcomes = [...(this.#resultsOf(scope).get(node) ?? [])]
    outcomes[output] = value
    this.#resultsOf(scope).set(node, outcomes)
  }

  /** Keeps all that a node gives. */
  keep(scope: GraphScope, node: string, found: readonly Outcome[]): void {
    const results = this.#resultsOf(scope)
    const fed = results.get(node) ?? []
    const outcomes = Array.from(
      { length: Math.max(fed.length, found.length) },
      (_, index) => fed[index] ?? found[index] ?? DEAD,
    )
    results.set(node, Object.freeze(outcomes))
  }

  /** @returns `undefined` for what has not been computed; an output that a node lacks is dead */
  get({ scope, node, output }: Reference): Outcome | undefined {
    const outcomes = this.#results.get(scope)?.get(node)
    if (outcomes === undefined) return undefined
    return outcomes[output] ?? (Object.isFrozen(outcomes) ? DEAD : undefined)
  }

  #resultsOf(scope: GraphScope): Map<string, readonly Outcome[]> {
    const known = this.#results.get(scope)
    if (known !== undefined) return known
    const fresh = new Map<string, readonly Outcome[]>()
    this.#results.set(scope, fresh)
    return fresh
  }
}
