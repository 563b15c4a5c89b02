/**
 * Backward passes and optimizers of `com.microsoft`, as onnxruntime's training writes them into graphs.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/orttraining/orttraining/core/graph/training_op_defs.cc
 */
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { countOf, perInput } from './shape/cost.js'
import { dimensionsIn, hasInput, hasOutput } from './shape/inputs.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS, steps } from './shape/steps.js'

export const microsoftTraining: OperatorFamily = {
  ReluGrad: pointwise(1),
  SigmoidGrad: pointwise(3),
  TanhGrad: pointwise(3),
  GeluGrad: pointwise(8),
  FastGeluGrad: pointwise(14),
  QuickGeluGrad: pointwise(6),
  BiasGeluGrad_dX: pointwise(9),
  BiasFastGeluGrad_dX: pointwise(15),
  LeakyReluGrad: pointwise(2),
  EluGrad: pointwise(3),
  HardSigmoidGrad: pointwise(3),
  SoftmaxGrad: pointwise(4),
  SoftmaxGrad_13: pointwise(4),
  LogSoftmaxGrad: pointwise(4),
  LogSoftmaxGrad_13: pointwise(4),
  DropoutGrad: pointwise(2),
  BitmaskDropoutGrad: pointwise(2),
  LayerNormalizationGrad: { shape: likeInputs([1, 2, 2]), cost: perInput(10), weightInputs: [2] },
  SimplifiedLayerNormalizationGrad: { shape: likeInputs([1, 2]), cost: perInput(7), weightInputs: [2] },
  InvertibleLayerNormalizationGrad: { shape: likeInputs([0, 2, 2]), cost: perInput(10), weightInputs: [2] },
  BatchNormalizationGrad: { shape: likeInputs([1, 2, 2]), cost: perInput(10), weightInputs: [2] },
  BatchNormInternal: {
    shape: likeInputs([0, 3, 4, 3, 4]),
    cost: perInput(5),
    weightInputs: [1, 2, 3, 4],
    nonTrainableInputs: [3, 4],
  },
  SoftmaxCrossEntropyLossGrad: { shape: likeInputs([1]), cost: perInput(2, 1) },
  SoftmaxCrossEntropyLossInternal: { shape: internalLoss, cost: perInput(SOFTMAX_STEPS + 1) },
  SoftmaxCrossEntropyLossInternalGrad: { shape: likeInputs([1]), cost: perInput(2, 1) },
  ConvGrad: { shape: convGradients, cost: convGradientCost, weightInputs: [2] },
  GatherGrad: {
    shape: (context) => [tensor(context.dtype(2), dimensionsIn(context, 0))],
    cost: perInput(1, 2),
    settingInputs: [0, 1],
  },
  GatherNDGrad: {
    shape: (context) => [tensor(context.dtype(2), dimensionsIn(context, 0))],
    cost: perInput(1, 2),
    settingInputs: [0, 1],
  },
  GatherElementsGrad: {
    shape: (context) => [tensor(context.dtype(0), dimensionsIn(context, 1))],
    cost: perInput(),
    settingInputs: [1, 2],
  },
  SliceGrad: {
    shape: (context) => [tensor(context.dtype(0), dimensionsIn(context, 1))],
    cost: 'free',
    settingInputs: [1, 2, 3, 4, 5],
  },
  InPlaceAccumulator: { shape: sameAsInput(), cost: perInput(), settingInputs: [2] },
  InPlaceAccumulatorV2: {
    shape: (context) => [tensor('bool', [1]), withoutContents(context.inputs[0])],
    cost: perInput(1, 1),
    settingInputs: [0, 2],
  },
  ZeroGradient: { shape: sameAsInput(), cost: 'free', settingInputs: [1] },
  AdamWOptimizer: { shape: optimized([2, 4, 5]), cost: updateCost },
  SGDOptimizerV2: { shape: optimized([1]), cost: updateCost },
  PassThrough: { shape: (context) => context.inputs.map(withoutContents), cost: 'free' },
  Group: { shape: () => [tensor('bool', [])], cost: 'free' },
  MixedPrecisionScale: { shape: (context) => context.inputs.slice(1).map(withoutContents), cost: perInput(1, 1) },
}

function pointwise(count: number): OperatorRule {
  return { shape: sameAsInput(), cost: perInput(count) }
}

function likeInputs(indices: readonly number[]): OperatorRule['shape'] {
  return (context) => indices.map((index) => withoutContents(context.inputs[index]))
}

function internalLoss(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.text('reduction', 'mean') === 'none' ? context.shape(1) : []
  return [tensor(context.dtype(0), shape), withoutContents(context.inputs[0])]
}

/** Inputs are the output's gradient, `X` and `W`. */
function convGradients(context: NodeContext): readonly (KnownValue | undefined)[] {
  const filters = context.shape(2)?.[0]
  const bias = tensor(context.dtype(0), filters === undefined ? undefined : [filters])
  return [withoutContents(context.inputs[1]), withoutContents(context.inputs[2]), bias]
}

/** As many products as the forward pass for each of the two gradients that is asked for. */
function convGradientCost(context: CostContext): Cost {
  const forward = countOf(context.inputSizes(0)) * countOf(context.inputSizes(2).slice(1))
  const asked = [0, 1].filter((index) => hasOutput(context, index)).length
  return { macs: asked * forward, other: hasOutput(context, 2) ? context.inputElements(0) : 0 }
}

/** A flag that says whether an update took place, and the new lists of tensors. */
function optimized(lists: readonly number[]): OperatorRule['shape'] {
  return (context) => [tensor('bool', [1]), ...lists.map((index) => withoutContents(context.inputs[index]))]
}

/** The lists of tensors are filled by the run. */
function updateCost(context: CostContext): Cost {
  context.assume(`${context.node.operator}: updates of the weights are not counted`)
  return steps(hasInput(context, 0) ? 1 : 0)
}
