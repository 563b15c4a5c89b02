/** Writes a graph anew, node by node, with some nodes in another form. */
import { GraphBuilder } from '../graph/builder.js'
import type { ModelGraph, Node } from '../graph/graph.js'
import { Emitter } from './emitter.js'

/**
 * @param prefix - of the names that the pass gives
 * @param write - writes the node in its new form, under the names of its outputs; `false` leaves it as it is
 */
export function rewriteGraph(
  model: ModelGraph,
  prefix: string,
  write: (node: Node, emit: Emitter, index: number) => boolean,
): ModelGraph {
  const { main } = model
  const builder = new GraphBuilder(main.name)
  for (const { name, type } of main.inputs) builder.inputOfType(name, type)
  for (const initializer of main.initializers.values()) builder.addInitializer(initializer)
  const emit = new Emitter(builder, prefix)
  for (const [index, node] of main.nodes.entries()) if (!write(node, emit, index)) copyNode(builder, node)
  for (const { name, type } of main.outputs) builder.outputOfType(name, type)
  return { ...model, main: { ...builder.build().main, valueInfos: main.valueInfos } }
}

/** Adds a node as it stands in the model. */
export function copyNode(builder: GraphBuilder, node: Node): void {
  const { operator, inputs, outputs, domain, overload } = node
  const name = builder.uniqueName(node.name || operator)
  const place = overload === undefined ? { name, domain, outputs } : { name, domain, outputs, overload }
  builder.nodeWithOutputs(operator, inputs, Object.fromEntries(node.attributes), place)
}
