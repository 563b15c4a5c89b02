/** What a cost rule sees: the node with the sizes of its inputs and outputs, and the costs of its sub-graphs. */
import { UnsupportedError } from '../core/errors.js'
import { formatShape, type Shape } from '../graph/dimension.js'
import type { Graph } from '../graph/graph.js'
import { shapeOf } from './known-value.js'
import { NodeView } from './node-view.js'
import type { Cost, CostContext, KnownValue } from './rule.js'
import { countOf } from './shape/cost.js'
import type { NodeTrace } from './trace.js'

/** A cost cannot be told because a size is not a number. */
export class UnknownSizeError extends UnsupportedError {}

/** Shared by the many nodes without sub-graphs; never written to, since they have none to run. */
const NO_RUNS: Map<Graph, number> = new Map()

/** Ready-made `CostContext`. */
export class CostView extends NodeView implements CostContext {
  readonly outputs: readonly (KnownValue | undefined)[]
  /** How often the cost rule ran each sub-graph it asked for. */
  readonly runs: Map<Graph, number>
  readonly #trace: NodeTrace
  readonly #costOf: (graph: Graph) => Cost
  readonly #unknownAs: number | undefined

  /**
   * @param costOf - cost of running a sub-graph once; NaN where it cannot be told
   * @param unknownAs - stands in for sizes that are not known; without it they throw
   */
  constructor(trace: NodeTrace, costOf: (graph: Graph) => Cost, unknownAs?: number) {
    super(trace.node, trace.path, trace.inputs, trace.context.services)
    this.outputs = trace.outputs
    this.runs = trace.subgraphs.size === 0 ? NO_RUNS : new Map()
    this.#trace = trace
    this.#costOf = costOf
    this.#unknownAs = unknownAs
  }

  inputSizes(index: number): readonly number[] {
    return this.#sizes(this.inputs[index], `input ${index}`)
  }

  outputSizes(index: number): readonly number[] {
    return this.#sizes(this.outputs[index], `output ${index}`)
  }

  inputElements(index: number): number {
    return this.inputs[index] === undefined ? 0 : countOf(this.inputSizes(index))
  }

  outputElements(index: number): number {
    return this.outputs[index] === undefined ? 0 : countOf(this.outputSizes(index))
  }

  subgraph(graph: Graph, runs = 1): Cost {
    if (this.runs !== NO_RUNS) this.runs.set(graph, runs)
    const cost = this.#costOf(graph)
    return runs === 0 ? { macs: 0, other: 0 } : { macs: runs * cost.macs, other: runs * cost.other }
  }

  costliest(graphs: readonly Graph[]): Cost {
    let [best, bestCost]: [Graph | undefined, Cost] = [undefined, { macs: -1, other: -1 }]
    for (const graph of graphs) {
      const cost = this.#costOf(graph)
      if (Number.isNaN(cost.macs) || weight(cost) > weight(bestCost)) [best, bestCost] = [graph, cost]
      if (Number.isNaN(cost.macs)) break
    }
    return best === undefined ? { macs: 0, other: 0 } : this.subgraph(best)
  }

  subgraphOutputs(graph: Graph): readonly (KnownValue | undefined)[] {
    const trace = this.#trace.subgraphs.get(graph)
    return trace?.outputs.map((name) => trace.values.get(name)) ?? []
  }

  #sizes(value: KnownValue | undefined, which: string): readonly number[] {
    const shape = shapeOf(value)
    const sizes = shape?.map((size) => (typeof size === 'number' ? size : this.#unknownAs))
    if (sizes?.every((size): size is number => size !== undefined)) return sizes
    throw new UnknownSizeError('E_SIZE_UNKNOWN', `${describe(this.#trace)}: the sizes of ${which} are ${textOf(shape)}`)
  }
}

/** Products count before everything else. */
function weight(cost: Cost): number {
  return 2 * cost.macs + (Number.isNaN(cost.other) ? 0 : cost.other)
}

function describe({ node, path }: NodeTrace): string {
  return `${node.operator} "${path}"`
}

function textOf(shape: Shape | undefined): string {
  return shape === undefined ? 'not known' : formatShape(shape)
}
