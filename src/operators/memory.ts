/** Peak of live tensors: what lies in memory at once when the nodes run in the order of the file. */
import type { Graph } from '../graph/graph.js'
import { valueBytes } from './evaluate.js'
import type { KnownValue } from './rule.js'
import type { GraphTrace, NodeTrace } from './trace.js'

/** A tensor in memory; views of it share it. */
interface Storage {
  readonly bytes: number
  /** Names that still show it. */
  users: number
}

/**
 * Inputs and outputs of the model stay for the whole run, other tensors until their last reader has run. Constants and
 * weights take nothing here; views (Reshape, Identity, Squeeze) share the memory of their input.
 *
 * @returns bytes; NaN when the size of a tensor is not known
 */
export function peakActivationBytes(main: GraphTrace): number {
  let inputs = 0
  for (const value of main.inputs.values()) inputs += bytesInMemory(value)
  return inputs + peakInside(main)
}

/** @returns the peak of what the graph makes itself, without its inputs */
function peakInside(trace: GraphTrace): number {
  const lastReaders = lastReadersOf(trace)
  const storages = new Map<string, Storage>()
  let live = 0
  let peak = 0
  for (const [index, node] of trace.nodes.entries()) {
    const made = storeOutputs(node, storages)
    peak = largest(peak, live + Math.max(made, innerPeak(node)))
    if (Number.isNaN(made)) return Number.NaN
    live += made
    live -= freeAfter(lastReaders[index] ?? [], storages)
  }
  return peak
}

/** NaN wins, so that an unknown size is never lost. */
function largest(left: number, right: number): number {
  return Number.isNaN(left) || Number.isNaN(right) ? Number.NaN : Math.max(left, right)
}

/** @returns for each node the names that nothing reads after it; outputs of the graph are never among them */
function lastReadersOf(trace: GraphTrace): readonly (readonly string[])[] {
  const last = new Map<string, number>()
  for (const [index, { node, outputs }] of trace.nodes.entries()) {
    for (const name of readBy(node)) last.set(name, index)
    for (const [position, name] of node.outputs.entries()) if (outputs[position] !== undefined) last.set(name, index)
  }
  for (const name of trace.outputs) last.delete(name)
  const names: string[][] = trace.nodes.map(() => [])
  for (const [name, index] of last) names[index]?.push(name)
  return names
}

/** Inputs of the node, and what its sub-graphs read of the graph around them. */
function readBy(node: NodeTrace['node']): readonly string[] {
  if (!hasSubgraph(node)) return node.inputs
  const names = new Set<string>()
  collectReads(node, names)
  return [...names]
}

function hasSubgraph(node: NodeTrace['node']): boolean {
  for (const { kind } of node.attributes.values()) if (kind === 'graph' || kind === 'graphs') return true
  return false
}

function collectReads({ inputs, attributes }: NodeTrace['node'], names: Set<string>): void {
  for (const name of inputs) names.add(name)
  for (const attribute of attributes.values()) {
    if (attribute.kind === 'graph') collectGraphReads(attribute.value, names)
    else if (attribute.kind === 'graphs') for (const graph of attribute.value) collectGraphReads(graph, names)
  }
}

function collectGraphReads(graph: Graph, names: Set<string>): void {
  for (const node of graph.nodes) collectReads(node, names)
  for (const { name } of graph.outputs) names.add(name)
}

/** @returns bytes that the outputs take anew */
function storeOutputs({ node, outputs, rule }: NodeTrace, storages: Map<string, Storage>): number {
  let made = 0
  for (const [position, name] of node.outputs.entries()) {
    const value = outputs[position]
    if (value === undefined) continue
    const isView = position === 0 && rule?.isView === true
    const viewed = isView ? storages.get(node.inputs[0] ?? '') : undefined
    const storage = viewed ?? { bytes: isView ? 0 : bytesInMemory(value), users: 0 }
    storage.users += 1
    storages.set(name, storage)
    if (viewed === undefined) made += storage.bytes
  }
  return made
}

function freeAfter(names: readonly string[], storages: Map<string, Storage>): number {
  let freed = 0
  for (const name of names) {
    const storage = storages.get(name)
    if (storage === undefined) continue
    storages.delete(name)
    storage.users -= 1
    if (storage.users === 0) freed += storage.bytes
  }
  return freed
}

/** Sub-graphs run one after the other; their inputs are copies, those of a function are not. */
function innerPeak({ body, subgraphs }: NodeTrace): number {
  let peak = body === undefined ? 0 : peakInside(body)
  for (const inner of subgraphs.values()) peak = largest(peak, peakActivationBytes(inner))
  return peak
}

function bytesInMemory(value: KnownValue): number {
  return value.isConstant === true ? 0 : valueBytes(value)
}
