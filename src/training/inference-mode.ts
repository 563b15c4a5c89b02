/** Turns operators that behave in another way while a model is trained back: a file may have been exported in training. */
import type { ModelGraph, Node } from '../graph/graph.js'

/**
 * Looks at the main graph alone, which holds them in classifiers.
 *
 * @param model - of any opset, which it keeps
 * @returns the model as it is at inference
 */
export function atInference(model: ModelGraph): ModelGraph {
  const { main } = model
  const read = new Set([...main.outputs.map(({ name }) => name), ...main.nodes.flatMap(({ inputs }) => inputs)])
  const nodes = main.nodes.map((node) => (node.domain === '' ? nodeAtInference(node, read) : node))
  return { ...model, main: { ...main, nodes } }
}

function nodeAtInference(node: Node, read: ReadonlySet<string>): Node {
  if (node.operator === 'Dropout') return { ...node, inputs: node.inputs.slice(0, 2) }
  if (node.operator !== 'BatchNormalization') return node
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'training_mode'))
  const outputs = node.outputs.slice(1).some((name) => read.has(name)) ? node.outputs : node.outputs.slice(0, 1)
  return { ...node, attributes, outputs }
}
