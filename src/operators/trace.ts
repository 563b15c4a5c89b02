/** What inference found: the types at every node, in the order in which the nodes run. */
import type { Dimension } from '../graph/dimension.js'
import type { Graph, Initializer, Node } from '../graph/graph.js'
import type { NodeView } from './node-view.js'
import type { KnownValue, OperatorRule } from './rule.js'

/** One node with the types that flow in and out. */
export interface NodeTrace {
  readonly node: Node
  /** Unique place of the node: its name under those of the sub-graphs and functions around it, joined by `/`. */
  readonly path: string
  readonly inputs: readonly (KnownValue | undefined)[]
  readonly outputs: readonly (KnownValue | undefined)[]
  readonly context: NodeView
  /** Absent for calls of the file's functions, and for operators that the table does not know. */
  readonly rule?: OperatorRule | undefined
  /** Why the rule could not be used, although there is one. */
  readonly failure?: string | undefined
  /** Body of the file's function that the node calls. */
  readonly body?: GraphTrace | undefined
  /** Sub-graphs that the rule looked into. */
  readonly subgraphs: ReadonlyMap<Graph, GraphTrace>
}

/** A graph, sub-graph or function body that was walked once. */
export interface GraphTrace {
  readonly nodes: readonly NodeTrace[]
  readonly inputs: ReadonlyMap<string, KnownValue>
  /** Names of the outputs, in order. */
  readonly outputs: readonly string[]
  /** Constants of the graph; none for a function's body. */
  readonly initializers: ReadonlyMap<string, Initializer>
  /** What is known of every value of this graph; without the graphs around it. */
  readonly values: ReadonlyMap<string, KnownValue>
}

/** The whole model. */
export interface InferredModel {
  readonly main: GraphTrace
  /** What the types take for granted, in words. */
  readonly assumptions: ReadonlySet<string>
  /** What names of sizes that only the run tells are at most, where that is known. */
  readonly limits: ReadonlyMap<string, Dimension>
  /** Size of the batch, where a free first dimension was bound or the file fixes it. */
  readonly batchSize: number | undefined
}
