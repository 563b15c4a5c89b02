/** What the table knows of one operator: the type of its outputs, what it costs, and small constants it can compute. */
import type { DataType } from '../graph/data-type.js'
import type { Dimension, Shape } from '../graph/dimension.js'
import type { Attribute, Graph, Node, ValueType } from '../graph/graph.js'

/** A scalar of a tensor whose contents are known before the run; booleans are 0 and 1. */
export type KnownElement = Dimension | string

/** What is known of a value before the run. */
export interface KnownValue {
  /** `undefined`: nothing is known, not even the kind. */
  readonly type: ValueType | undefined
  /** Contents of a small tensor (shapes, axes, scales), row-major; only kept up to `MAX_KNOWN_ELEMENTS`. */
  readonly elements?: readonly KnownElement[] | undefined
  /** What is known of each tensor of a sequence whose length is known; only kept up to `MAX_KNOWN_ELEMENTS`. */
  readonly items?: readonly KnownValue[] | undefined
  /** True when the value is a constant of the file, whatever its size. */
  readonly isConstant?: boolean
}

/** Larger tensors are never computed before the run. */
export const MAX_KNOWN_ELEMENTS = 512

/** Everything a rule may ask about the node it is applied to. */
export interface NodeContext {
  readonly node: Node
  /** Opset version of the node's domain; the newest known one where the file names none. */
  readonly opset: number
  /** One entry per input of the node; `undefined` where the input is omitted. */
  readonly inputs: readonly (KnownValue | undefined)[]
  attribute(name: string): Attribute | undefined
  int(name: string, fallback: number): number
  float(name: string, fallback: number): number
  text(name: string, fallback: string): string
  /** `undefined` when the attribute is absent. */
  ints(name: string): readonly number[] | undefined
  floats(name: string): readonly number[] | undefined
  /** Shape of input `index` when it is a tensor of known rank. */
  shape(index: number): Shape | undefined
  /** Element type of input `index` when it is a tensor. */
  dtype(index: number): DataType | undefined
  /** Contents of input `index` when they are known; reading them may read a small initializer of the file. */
  elements(index: number): readonly KnownElement[] | undefined
  /** The same when all of them are numbers. */
  numbers(index: number): readonly number[] | undefined
  /** The same node as if it read these values, e.g. with its axes in another order. */
  withInputs(inputs: readonly (KnownValue | undefined)[]): NodeContext
  /**
   * A dimension that only the run will tell, e.g. the count of NonZero. Each call gives a new name.
   *
   * @param atMost - what it never exceeds, where that is known: figures are then counted at that size
   */
  unknownDimension(hint: string, atMost?: Dimension): Dimension
  /**
   * Infers a sub-graph with these values bound to its inputs, in order, and gives its outputs in order.
   * Names of the graphs around it are seen. The last call for a graph is the one that is counted, and only
   * as often as the cost rule says through `CostContext.subgraph`.
   */
  inferSubgraph(graph: Graph, inputs: readonly (KnownValue | undefined)[]): readonly KnownValue[]
  /** Records something that the counts take for granted, once; it is printed beside the totals. */
  assume(text: string): void
}

/** Gives one value per output of the node; `undefined` where nothing is known. */
export type ShapeRule = (context: NodeContext) => readonly (KnownValue | undefined)[]

/** What running a node once takes. */
export interface Cost {
  /** Multiply-accumulates of convolutions and matrix products, without bias, padding not excluded. */
  readonly macs: number
  /** Every other arithmetic operation: one per result of an elementwise step. */
  readonly other: number
}

/** A node whose shapes are all numbers. */
export interface CostContext extends NodeContext {
  readonly outputs: readonly (KnownValue | undefined)[]
  /** Elements of a tensor input or output; 0 where it is omitted. Throws on sizes that are not known. */
  inputElements(index: number): number
  outputElements(index: number): number
  /** Sizes of a tensor input or output; throws on sizes that are not known. */
  inputSizes(index: number): readonly number[]
  outputSizes(index: number): readonly number[]
  /**
   * Cost of running a sub-graph of this node `runs` times (once when left out), with the inputs that `shape` bound
   * to it. A sub-graph that the cost rule does not ask for counts as not run.
   */
  subgraph(graph: Graph, runs?: number): Cost
  /** Cost of the one sub-graph that costs most, run once; the others count as not run. */
  costliest(graphs: readonly Graph[]): Cost
  /** What `shape` found of the outputs of a sub-graph; empty where it did not look into it. */
  subgraphOutputs(graph: Graph): readonly (KnownValue | undefined)[]
}

/** `free`: moves or relabels data and computes nothing. */
export type CostRule = 'free' | ((context: CostContext) => Cost)

/** One row of the operator table. */
export interface OperatorRule {
  readonly shape: ShapeRule
  readonly cost: CostRule
  /**
   * Inputs that hold weights which training does not change, by position: running mean and variance of
   * BatchNormalization, scales and zero points of quantisation.
   */
  readonly nonTrainableInputs?: readonly number[]
  /** Inputs that are settings and not parameters (shapes, axes, pads, scales of Resize), by position; `'all'` for all. */
  readonly settingInputs?: readonly number[] | 'all'
  /**
   * Inputs whose weights are what the operator computes with, even when they are whole numbers or a single one
   * (quantised weights and biases), by position. Others count as parameters only when they are floating point
   * and have more than one element.
   */
  readonly weightInputs?: readonly number[]
  /** Attributes that hold weights, for operators that keep them beside their inputs (trees, linear models). */
  readonly weightAttributes?: readonly string[]
  /** Inputs that only pass through to output 0 as weights, by position: the reader of output 0 decides what they are. */
  readonly passesWeights?: readonly number[]
  /** Weights held by one stored element of input `index`, where several are packed into one byte; 1 when left out. */
  weightsPerElement?(context: NodeContext, index: number): number
  /** Output 0 is input 0 under another shape or name: it takes no memory of its own. */
  readonly isView?: boolean
}

/** Rules of one domain by operator name; one file per family exports one. */
export type OperatorFamily = Readonly<Record<string, OperatorRule>>
