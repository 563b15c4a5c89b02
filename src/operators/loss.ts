/**
 * Losses of classification.
 *
 * @see https://onnx.ai/onnx/operators/onnx__SoftmaxCrossEntropyLoss.html
 */
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { hasInput } from './shape/inputs.js'
import { withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS, steps } from './shape/steps.js'

export const loss: OperatorFamily = {
  NegativeLogLikelihoodLoss: {
    shape: (context) => [lossOf(context)],
    cost: (context) => steps(likelihoodSteps(context)),
    settingInputs: [2],
  },
  SoftmaxCrossEntropyLoss: {
    shape: (context) => [lossOf(context), withoutContents(context.inputs[0])],
    cost: crossEntropyCost,
    settingInputs: [2],
  },
}

/** One loss per label with `reduction` `none`, a scalar otherwise. */
function lossOf(context: NodeContext): KnownValue | undefined {
  const shape = context.text('reduction', 'mean') === 'none' ? context.shape(1) : []
  return tensor(context.dtype(0), shape)
}

/** Per label: negation, weight, and the sum of a reduction (its weights too for a weighted mean). */
function likelihoodSteps(context: CostContext): number {
  const isWeighted = hasInput(context, 2)
  const reduction = context.text('reduction', 'mean')
  const sums = reduction === 'none' ? 0 : reduction === 'mean' && isWeighted ? 2 : 1
  return context.inputElements(1) * (1 + (isWeighted ? 1 : 0) + sums)
}

/** A softmax and a logarithm per score come before the likelihood. */
function crossEntropyCost(context: CostContext): Cost {
  return steps(context.inputElements(0) * (SOFTMAX_STEPS + 1) + likelihoodSteps(context))
}
