/**
 * If: one of two sub-graphs runs.
 *
 * @see https://onnx.ai/onnx/operators/onnx__If.html
 */
import type { Graph } from '../../graph/graph.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorRule } from '../rule.js'
import { graphOf, merged, nameOf } from './steps-and-branches.js'

/** Both branches are looked into; the one that a known condition takes is counted, else the one that costs more. */
export const ifRule: OperatorRule = { shape: ifShape, cost: ifCost, settingInputs: 'all' }

function ifShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const taken = takenBranch(context)
  const whenTrue = context.inferSubgraph(graphOf(context, 'then_branch'), [])
  const whenFalse = context.inferSubgraph(graphOf(context, 'else_branch'), [])
  if (taken !== undefined) return taken === graphOf(context, 'then_branch') ? whenTrue : whenFalse
  return whenTrue.map((value, index) => merged(context, value, whenFalse[index]))
}

function ifCost(context: CostContext): Cost {
  const taken = takenBranch(context)
  if (taken !== undefined) return context.subgraph(taken)
  const branches = ['then_branch', 'else_branch'].map((name) => graphOf(context, name))
  context.assume(`If ${nameOf(context)}: the branch that costs more is counted`)
  return context.costliest(branches)
}

/** @returns the branch that a condition known before the run takes */
function takenBranch(context: NodeContext): Graph | undefined {
  const condition = context.numbers(0)?.[0]
  if (condition === undefined) return undefined
  return graphOf(context, condition === 0 ? 'else_branch' : 'then_branch')
}
