/** Takes away what nothing reads. */
import type { ModelGraph, Node } from '../../graph/graph.js'

/** @returns the model without nodes and constants that no output depends on */
export function withoutUnread(model: ModelGraph): ModelGraph {
  const { nodes, outputs, initializers } = model.main
  const read = new Set(outputs.map(({ name }) => name))
  const kept = nodes.toReversed().filter((node) => {
    const isRead = node.outputs.some((name) => read.has(name))
    if (isRead) for (const name of namesRead(node)) read.add(name)
    return isRead
  })
  const constants = new Map([...initializers].filter(([name]) => read.has(name)))
  return { ...model, main: { ...model.main, nodes: kept.toReversed(), initializers: constants } }
}

/** Sub-graphs see the names around them. */
function namesRead({ inputs, attributes }: Node): readonly string[] {
  const inner = [...attributes.values()].flatMap((attribute) => {
    const graphs = attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : []
    return graphs.flatMap(({ nodes, outputs }) => [...nodes.flatMap(namesRead), ...outputs.map(({ name }) => name)])
  })
  return [...inputs, ...inner]
}
