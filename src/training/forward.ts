/** Writes the forward pass of a training graph, and keeps what the way back needs of it. */
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
    if (rule === undefined || rule === 'none' || rule.forward === undefined) copyNode(emit.builder, node.node)
    else saved.set(node, rule.forward(new ForwardView(node, emit)))
  }
  return saved
}
