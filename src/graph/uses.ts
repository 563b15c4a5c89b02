/** Who reads what in a graph. */
import type { Graph } from './graph.js'

/** @returns how often each value is read, by nodes, within sub-graphs and as an output; none for a value that is not */
export function countUses(graph: Graph, uses = new Map<string, number>()): ReadonlyMap<string, number> {
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const { name } of graph.outputs) use(name)
  for (const { inputs, attributes } of graph.nodes) {
    for (const name of inputs) use(name)
    for (const attribute of attributes.values()) {
      if (attribute.kind === 'graph') countUses(attribute.value, uses)
      if (attribute.kind === 'graphs') for (const inner of attribute.value) countUses(inner, uses)
    }
  }
  return uses
}
