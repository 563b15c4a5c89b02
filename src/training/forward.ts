/** Writes the forward pass of a training graph, and keeps what the way back needs of it. */
import type { Node } from '../graph/graph.js'
import { shapeOf } from '../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../operators/trace.js'
import type { Emitter } from './emitter.js'
import { ForwardView, type GradientEntry, type Saved } from './gradient-rule.js'
import { copyNode } from './rewrite.js'

/**
 * @param trace - of a model whose inputs and initializers the emitter's graph has already
 * @returns what nodes saved
 */
export function writeForward(
  trace: GraphTrace,
  emit: Emitter,
  ruleOf: (trace: NodeTrace) => GradientEntry | undefined,
): ReadonlyMap<NodeTrace, Saved> {
  const saved = new Map<NodeTrace, Saved>()
  for (const node of trace.nodes) {
    const rule = ruleOf(node)
    if (rule === undefined || rule === 'none' || rule.forward === undefined) writeNode(node, emit)
    else saved.set(node, rule.forward(new ForwardView(node, emit)))
  }
  return saved
}

/** Writes a node as it stands in the model; on blocked channels where it works element by element on some. */
export function writeNode(trace: NodeTrace, emit: Emitter): void {
  const { node } = trace
  const { blocks } = emit
  const isOnBlocks = node.domain === '' && node.inputs.some((name) => blocks?.find(name) !== undefined)
  if (blocks !== undefined && isOnBlocks && blocks.isElementwise(node.operator)) {
    blockInputs(trace, emit)
    emit.ops(node.operator, node.inputs, node.outputs, Object.fromEntries(node.attributes))
    return
  }
  blocks?.write(readBy(node))
  copyNode(emit.builder, node)
}

/** Brings inputs as large as the output to blocks. */
function blockInputs({ node, inputs, outputs }: NodeTrace, emit: Emitter): void {
  const sizes = (shapeOf(outputs[0]) ?? []).map(Number)
  for (const [index, name] of node.inputs.entries()) {
    const shape = shapeOf(inputs[index])
    if (shape?.join() === sizes.join()) emit.blocks?.of(name, sizes)
    else if (shape?.every((size) => size === 1) === true) emit.noteScalar(name)
  }
}

/** Names that a node and its sub-graphs read. */
function readBy({ inputs, attributes }: Node): readonly string[] {
  const inner = [...attributes.values()].flatMap((attribute) =>
    attribute.kind === 'graph' ? attribute.value.nodes.flatMap(readBy) : [],
  )
  return [...inputs, ...inner]
}
