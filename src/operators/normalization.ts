/**
 * Normalisation over the batch, channels, groups or neighbours.
 *
 * Batch normalisation at inference takes 2 steps per element, since its statistics, scale and bias make one factor and
 * one summand before the run; the others compute their statistics anew.
 *
 * @see https://onnx.ai/onnx/operators/onnx__BatchNormalization.html
 */
import { DATA_TYPES, type DataType, dataTypeOfCode } from '../graph/data-type.js'
import type { Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { NodeContext, OperatorFamily, ShapeRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { perOutput } from './shape/cost.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { LAYER_NORMALIZATION_STEPS, RMS_NORMALIZATION_STEPS } from './shape/steps.js'

/** All normalisations of the standard. */
export const normalization: OperatorFamily = {
  BatchNormalization: {
    shape: batchNormShape,
    cost: (context) => ({
      macs: 0,
      other: (isTraining(context) ? LAYER_NORMALIZATION_STEPS : 2) * context.outputElements(0),
    }),
    weightInputs: [1, 2, 3, 4],
    nonTrainableInputs: [3, 4],
  },
  InstanceNormalization: { shape: sameAsInput(), cost: perOutput(LAYER_NORMALIZATION_STEPS), weightInputs: [1, 2] },
  LayerNormalization: { shape: layerNormShape, cost: perOutput(LAYER_NORMALIZATION_STEPS), weightInputs: [1, 2] },
  GroupNormalization: { shape: sameAsInput(), cost: perOutput(LAYER_NORMALIZATION_STEPS), weightInputs: [1, 2] },
  RMSNormalization: { shape: sameAsInput(), cost: perOutput(RMS_NORMALIZATION_STEPS), weightInputs: [1] },
  MeanVarianceNormalization: { shape: sameAsInput(), cost: perOutput(4) },
  LpNormalization: { shape: sameAsInput(), cost: perOutput(3) },
  /** Square, sum over `size` neighbours, scale, shift, power, divide. */
  LRN: {
    shape: sameAsInput(),
    cost: (context) => ({ macs: 0, other: (5 + context.int('size', 1)) * context.outputElements(0) }),
  },
}

/** Opset 14 made it an attribute; before, a node with more outputs than `Y` was in training. */
function isTraining(context: NodeContext): boolean {
  if (context.opset >= 14) return context.int('training_mode', 0) !== 0
  if (context.opset < 7 && context.int('is_test', 0) !== 0) return false
  return context.node.outputs.filter((name) => name !== '').length > 1
}

/** Running (and before opset 14 saved) statistics have one element per channel, like the inputs `mean` and `var`. */
function batchNormShape(context: NodeContext): ReturnType<ShapeRule> {
  const channels = context.shape(0)?.[1]
  const shape = context.shape(3) ?? (channels === undefined ? undefined : [channels])
  const statistic = tensor(context.dtype(3) ?? context.dtype(0), shape)
  return [withoutContents(context.inputs[0]), statistic, statistic, statistic, statistic]
}

/**
 * Optional outputs `Mean` and `InvStdDev` keep the normalised axes with size 1.
 *
 * @see https://onnx.ai/onnx/operators/onnx__LayerNormalization.html
 */
export function layerNormShape(context: NodeContext): ReturnType<ShapeRule> {
  const shape = context.shape(0)
  const statistic = tensor(stashType(context), shape && reducedFrom(shape, context.int('axis', -1)))
  return [withoutContents(context.inputs[0]), statistic, statistic]
}

function reducedFrom(shape: Shape, axis: number): Shape {
  const first = normalizeAxis(axis, shape.length)
  return shape.map((size, index) => (index < first ? size : 1))
}

function stashType(context: NodeContext): DataType | undefined {
  return dataTypeOfCode(context.int('stash_type', DATA_TYPES.float32.code))
}
