/** What a node of ONNX gives, by the rules with which every graph is counted. */
import type { Node } from '../../src/graph/graph.js'
import { isComputedFromConstants, outputsOf, settle } from '../../src/operators/node-output.js'
import { type GraphServices, NodeView } from '../../src/operators/node-view.js'
import type { KnownValue } from '../../src/operators/rule.js'
import { findRule, OPERATOR_TABLE } from '../../src/operators/table.js'

/** @returns what is known of each output; a rule that fails leaves its type open, as for any other graph */
export function inferNode(
  node: Node,
  inputs: readonly (KnownValue | undefined)[],
  services: GraphServices,
): KnownValue[] {
  const rule = findRule(OPERATOR_TABLE, '', node.operator)
  const isConstant = isComputedFromConstants(node, inputs)
  const found =
    rule === undefined ? [] : tryOutputs(() => outputsOf(rule, new NodeView(node, node.name, inputs, services)))
  return node.outputs.map((_, index) => settle(found[index] ?? { type: undefined }, isConstant))
}

function tryOutputs(outputs: () => readonly (KnownValue | undefined)[]): readonly (KnownValue | undefined)[] {
  try {
    return outputs()
  } catch {
    return []
  }
}
