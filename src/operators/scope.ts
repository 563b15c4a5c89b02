/** The names that a node can see: those of its own graph, and of the graphs around a sub-graph. */
import type { Initializer } from '../graph/graph.js'
import { constantValue } from './known-value.js'
import type { KnownValue } from './rule.js'

/** Values by name; a sub-graph's scope looks further in the scope around it. */
export class Scope {
  readonly values = new Map<string, KnownValue>()
  readonly #initializers: ReadonlyMap<string, Initializer>
  readonly #outer: Scope | undefined

  constructor(initializers: ReadonlyMap<string, Initializer>, outer?: Scope) {
    this.#initializers = initializers
    this.#outer = outer
  }

  /** @returns what is known of a value, or `undefined` for a name that nothing defines */
  get(name: string): KnownValue | undefined {
    const own = this.values.get(name)
    if (own !== undefined) return own
    const initializer = this.#initializers.get(name)
    if (initializer === undefined) return this.#outer?.get(name)
    const constant = constantValue(initializer)
    this.values.set(name, constant)
    return constant
  }

  set(name: string, value: KnownValue): void {
    this.values.set(name, value)
  }
}
