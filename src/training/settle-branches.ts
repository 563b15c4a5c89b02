/** Puts the branch of an If in its place where the condition is known before the run, as exporters write them over shapes. */
import type { Graph, ModelGraph, Node } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import type { NodeTrace } from '../operators/trace.js'
import type { Emitter } from './emitter.js'
import { copyNode, rewriteGraph } from './rewrite.js'

/** @param bindings - sizes of free input dimensions, on which conditions may depend */
export function settleBranches(model: ModelGraph, bindings: InputBindings = {}): ModelGraph {
  if (!model.main.nodes.some(isIf)) return model
  const { main } = inferTypes(model, bindings)
  let isSettled = false
  const rewritten = rewriteGraph(model, 'branch', (node, emit, index) => {
    const branch = isIf(node) ? takenBranch(main.nodes[index]) : undefined
    if (branch === undefined) return false
    writeBranch(branch, node, emit)
    isSettled = true
    return true
  })
  // A branch may hold an If of its own.
  return isSettled ? settleBranches(rewritten, bindings) : model
}

const isIf = ({ domain, operator }: Node): boolean => domain === '' && operator === 'If'

function takenBranch(trace: NodeTrace | undefined): Graph | undefined {
  const condition = trace?.context.numbers(0)
  if (condition?.length !== 1) return undefined
  const attribute = trace?.node.attributes.get(condition[0] === 0 ? 'else_branch' : 'then_branch')
  return attribute?.kind === 'graph' ? attribute.value : undefined
}

function writeBranch(branch: Graph, { outputs }: Node, emit: Emitter): void {
  for (const initializer of branch.initializers.values()) emit.builder.addInitializer(initializer)
  for (const inner of branch.nodes) copyNode(emit.builder, inner)
  for (const [index, name] of outputs.entries()) {
    if (name !== '') emit.ops('Identity', [branch.outputs[index]?.name ?? ''], [name])
  }
}
