/** Finds the constants that training changes: what a constant is, is decided by the operators that read it. */
import { isFloat } from '../graph/data-type.js'
import type { Initializer } from '../graph/graph.js'
import { isNeutralConstant } from '../operators/neutral-constant.js'
import type { GraphTrace, NodeTrace } from '../operators/trace.js'

/**
 * @returns floating-point initializers that an operator reads as weights, in the order in which they are first read:
 *   neither settings, nor running statistics, nor the single numbers of arithmetic, nor the ones and zeros that an exporter
 *   made up (`isNeutralConstant`). A registered buffer that is a constant of the file looks like a weight, and is one here.
 */
export function weightsOf({ nodes, initializers }: GraphTrace): readonly Initializer[] {
  const weights = new Set<Initializer>()
  for (const trace of nodes) {
    for (const [position, name] of trace.node.inputs.entries()) {
      const initializer = initializers.get(name)
      if (initializer !== undefined && isWeight(trace, position, initializer)) weights.add(initializer)
    }
  }
  return [...weights]
}

function isWeight({ node, rule }: NodeTrace, position: number, initializer: Initializer): boolean {
  const { name, dtype, shape, trainable } = initializer
  if (!isFloat(dtype) || trainable !== undefined) return trainable === true && isFloat(dtype)
  const { settingInputs, nonTrainableInputs, weightInputs } = rule ?? {}
  if (settingInputs === 'all' || settingInputs?.includes(position) === true) return false
  if (nonTrainableInputs?.includes(position) === true) return false
  const elements = shape.reduce((product, size) => product * size, 1)
  const isRead = weightInputs?.includes(position) === true || elements > 1
  return isRead && !isNeutralConstant(node.operator, position, name, initializer)
}
