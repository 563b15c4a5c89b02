/** Evaluates the cost rules of a whole trace: per node, and summed over sub-graphs and function bodies. */
import { bytesOf } from '../graph/data-type.js'
import type { Graph } from '../graph/graph.js'
import { CostView, UnknownSizeError } from './cost-view.js'
import type { Cost, KnownValue } from './rule.js'
import { mismatch } from './shape/mismatch.js'
import type { GraphTrace, NodeTrace } from './trace.js'

/** Cost of running a node once. A figure that cannot be told is NaN. */
export interface NodeCost {
  readonly trace: NodeTrace
  /** Without the sub-graphs and the function body. */
  readonly own: Cost
  /** Bytes read and written, without sub-graphs and function body. */
  readonly movedBytes: number
  readonly children: readonly { readonly cost: TraceCost; readonly runs: number }[]
  /** Why the operator counts as unknown: it has no rule, or its rule failed. */
  readonly unknown?: string | undefined
  /** Why a figure is NaN. */
  readonly reason?: string | undefined
}

/** Cost of running a graph once, with everything inside. */
export interface TraceCost {
  readonly nodes: readonly NodeCost[]
  readonly total: Cost
  readonly movedBytes: number
}

/** @returns the cost of one run, node by node in the order of the trace */
export function evaluateTrace(trace: GraphTrace): TraceCost {
  const nodes = trace.nodes.map(evaluateNode)
  const sum = { macs: 0, other: 0, movedBytes: 0 }
  for (const { own, movedBytes, children } of nodes) {
    sum.macs += own.macs
    sum.other += own.other
    sum.movedBytes += movedBytes
    for (const { cost, runs } of children) {
      if (runs === 0) continue
      sum.macs += runs * cost.total.macs
      sum.other += runs * cost.total.other
      sum.movedBytes += runs * cost.movedBytes
    }
  }
  return { nodes, total: { macs: sum.macs, other: sum.other }, movedBytes: sum.movedBytes }
}

function evaluateNode(trace: NodeTrace): NodeCost {
  const none: Cost = { macs: 0, other: 0 }
  if (trace.body !== undefined) {
    return { trace, own: none, movedBytes: 0, children: [{ cost: evaluateTrace(trace.body), runs: 1 }] }
  }
  const bytes = movedBytes(trace)
  const { rule, failure } = trace
  if (rule === undefined) {
    return { trace, own: none, movedBytes: bytes, children: [], unknown: 'it has no rule' }
  }
  if (rule.cost === 'free') return { trace, own: none, movedBytes: bytes, children: [], unknown: failure }
  const subgraphs = [...trace.subgraphs].map(([graph, inner]) => [graph, evaluateTrace(inner)] as const)
  const found = applyCostRule(trace, rule.cost, new Map(subgraphs))
  return { ...found, movedBytes: subgraphs.length > 0 ? 0 : bytes, unknown: failure ?? found.unknown }
}

type CostFunction = (context: CostView) => Cost

function applyCostRule(
  trace: NodeTrace,
  rule: CostFunction,
  subgraphs: ReadonlyMap<Graph, TraceCost>,
): Omit<NodeCost, 'movedBytes'> {
  const costOf = (graph: Graph) => subgraphs.get(graph)?.total ?? { macs: Number.NaN, other: Number.NaN }
  const view = new CostView(trace, costOf)
  const childrenOf = (used: CostView) =>
    [...subgraphs].map(([graph, cost]) => ({ cost, runs: used.runs.get(graph) ?? 0 }))
  try {
    const cost = rule(view)
    const children = childrenOf(view)
    if (cost.macs < 0 || cost.other < 0) throw mismatch('its sizes make a cost below 0')
    return { trace, own: withoutChildren(cost, children), children }
  } catch (error) {
    const children = childrenOf(view)
    const reason = error instanceof Error ? error.message : String(error)
    const own = { macs: macsOfAnySize(trace, rule, costOf), other: Number.NaN }
    const unknown = error instanceof UnknownSizeError ? undefined : reason
    return { trace, own, children, reason, unknown }
  }
}

function withoutChildren(cost: Cost, children: NodeCost['children']): Cost {
  const own = { macs: cost.macs, other: cost.other }
  for (const { cost: child, runs } of children) {
    if (runs === 0) continue
    own.macs -= runs * child.total.macs
    own.other -= runs * child.total.other
  }
  // What the sub-graphs cannot tell is theirs, not the node's.
  if (children.length > 0) return { macs: atLeastZero(own.macs), other: atLeastZero(own.other) }
  return own
}

function atLeastZero(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(value, 0)
}

/** An operator that multiplies no matrices has no MACs whatever the sizes: tried with every unknown size at 1. */
function macsOfAnySize(trace: NodeTrace, rule: CostFunction, costOf: (graph: Graph) => Cost): number {
  try {
    return rule(new CostView(trace, costOf, 1)).macs === 0 ? 0 : Number.NaN
  } catch {
    return Number.NaN
  }
}

/**
 * Bytes of all inputs and outputs; operators that only move data read what they write, views move nothing, and what
 * depends on constants alone is done before the run.
 */
function movedBytes({ rule, inputs, outputs }: NodeTrace): number {
  if (rule?.isView === true || outputs.every((output) => output?.isConstant === true)) return 0
  const written = sumOf(outputs)
  return rule?.cost === 'free' ? 2 * written : written + sumOf(inputs)
}

function sumOf(values: readonly (KnownValue | undefined)[]): number {
  let sum = 0
  for (const value of values) if (value !== undefined) sum += valueBytes(value)
  return sum
}

/** @returns bytes of a tensor of known sizes, or of all tensors of a sequence; NaN for everything else */
export function valueBytes({ type, items }: KnownValue): number {
  if (items !== undefined) return sumOf(items)
  if (type?.kind !== 'tensor' || type.shape === undefined) return Number.NaN
  let count = 1
  for (const size of type.shape) count *= typeof size === 'number' ? size : Number.NaN
  return bytesOf(type.dtype, count)
}
