/** Leaves out what no output needs: sizes that were found before the run, and steps that became one operator. */
import type { Graph, ModelGraph, Node } from '../../src/graph/graph.js'

/** @returns the model with the nodes and constants that its outputs depend on */
export function prune(model: ModelGraph): ModelGraph {
  const needed = new Set(model.main.outputs.map(({ name }) => name))
  const nodes: Node[] = []
  for (const node of model.main.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    for (const name of node.inputs) needed.add(name)
    nodes.push(node)
  }
  const initializers = new Map([...model.main.initializers].filter(([name]) => needed.has(name)))
  const main: Graph = { ...model.main, ...withoutLastNames(nodes.reverse(), model.main), initializers }
  return { ...model, main }
}

/** An Identity that only names an output goes; the node before takes the name, where nobody else reads it by the old one. */
function withoutLastNames(nodes: readonly Node[], { outputs }: Graph): { nodes: readonly Node[] } {
  const uses = new Map<string, number>()
  for (const name of nodes.flatMap(({ inputs }) => inputs)) uses.set(name, (uses.get(name) ?? 0) + 1)
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
