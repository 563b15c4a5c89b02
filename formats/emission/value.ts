/** A value of a graph that is being written. */
import type { Initializer } from '../../src/graph/graph.js'
import type { KnownValue } from '../../src/operators/rule.js'

/** A value of the graph that is being written. */
export interface Value {
  readonly name: string
  readonly known: KnownValue
  /** Set for constants of the file; they come into the graph when the first node reads them. */
  readonly initializer?: Initializer
}
