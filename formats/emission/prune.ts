/** Leaves out what no output needs: sizes that were found before the run, and steps that became one operator. */
import type { Graph, ModelGraph, Node } from '../../src/graph/graph.js'
import { countUses } from '../../src/graph/uses.js'

/** @returns the model with the nodes and constants that its outputs depend on */
export function prune(model: ModelGraph): ModelGraph {
  const needed = new Set<string>()
  const kept = pruned(model.main, needed)
  const initializers = new Map([...model.main.initializers].filter(([name]) => needed.has(name)))
  return { ...model, main: { ...kept, initializers } }
}

/** @param needed - takes in the names that the graph reads, sub-graphs included */
function pruned(graph: Graph, needed: Set<string>): Graph {
  for (const { name } of graph.outputs) needed.add(name)
  const nodes: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    for (const name of node.inputs) needed.add(name)
    nodes.push(withPrunedGraphs(node, needed))
  }
  return { ...graph, ...withoutLastNames(nodes.reverse(), graph) }
}

function withPrunedGraphs(node: Node, needed: Set<string>): Node {
  const inner = [...node.attributes].filter(([, { kind }]) => kind === 'graph')
  if (inner.length === 0) return node
  const attributes = new Map(node.attributes)
  for (const [name, attribute] of inner) {
    if (attribute.kind === 'graph') attributes.set(name, { kind: 'graph', value: pruned(attribute.value, needed) })
  }
  return { ...node, attributes }
}

/** An Identity that only names an output goes; the node before takes the name, where nobody else reads it by the old one. */
function withoutLastNames(nodes: readonly Node[], graph: Graph): { nodes: readonly Node[] } {
  const { outputs } = graph
  const uses = countUses({ ...graph, nodes })
  const made = new Set(nodes.flatMap((node) => node.outputs))
  const named = new Set(outputs.map(({ name }) => name))
  const renamed = new Map<string, string>()
  const kept = nodes.filter(({ operator, inputs: [input = ''], outputs: [output = ''] }) => {
    if (operator !== 'Identity' || !named.has(output) || !made.has(input) || uses.get(input) !== 1) return true
    renamed.set(input, output)
    return false
  })
  return { nodes: kept.map((node) => ({ ...node, outputs: node.outputs.map((name) => renamed.get(name) ?? name) })) }
}
