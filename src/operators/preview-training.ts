/**
 * Training steps of the domain `ai.onnx.preview.training`.
 *
 * @see https://onnx.ai/onnx/operators/onnx_aionnxpreviewtraining_Adam.html
 */
import type { CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { withoutContents } from './shape/same.js'
import { steps } from './shape/steps.js'

/** Learning rate and update count stand before the tensors. */
const FIRST_TENSOR = 2

export const previewTraining: OperatorFamily = {
  Gradient: {
    shape: gradients,
    cost: (context) => {
      context.assume('Gradient: the backward pass is not counted')
      return steps(0)
    },
  },
  // Regularised gradient (2); sum of squares (2); root, epsilon, quotient, rate and difference (5).
  Adagrad: optimizer({ groups: 3, kept: [0, 2], stepsPerWeight: 9 }),
  // Regularised gradient (2); both moments (3 and 4); root, epsilon, quotient, rate, difference (5); decay after it (1).
  Adam: optimizer({ groups: 4, kept: [0, 2, 3], stepsPerWeight: 15 }),
  // Regularised gradient (2); momentum (3); rate and difference (2).
  Momentum: optimizer({ groups: 3, kept: [0, 2], stepsPerWeight: 7 }),
}

interface Optimizer {
  /** Lists of equal length among the inputs: tensors, gradients, accumulators. */
  readonly groups: number
  /** Lists that come out with new values, in order. */
  readonly kept: readonly number[]
  readonly stepsPerWeight: number
}

function optimizer({ groups, kept, stepsPerWeight }: Optimizer): OperatorRule {
  const count = (context: NodeContext) => Math.floor((context.node.inputs.length - FIRST_TENSOR) / groups)
  const list = (context: NodeContext, group: number) =>
    Array.from({ length: count(context) }, (_, at) => FIRST_TENSOR + group * count(context) + at)
  return {
    shape: (context) =>
      kept.flatMap((group) => list(context, group).map((index) => withoutContents(context.inputs[index]))),
    cost: (context: CostContext) =>
      steps(stepsPerWeight * list(context, 0).reduce((sum, index) => sum + context.inputElements(index), 0)),
    settingInputs: [0, 1],
  }
}

/** One gradient for each of `xs`, of its shape. */
function gradients(context: NodeContext): readonly (KnownValue | undefined)[] {
  return context.node.outputs.map((_, index) => withoutContents(context.inputs[index]))
}
