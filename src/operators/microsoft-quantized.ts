/**
 * Quantised elementwise operators of `com.microsoft`. Each element is dequantised, computed and quantised again.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { add, type Dimension, multiply, type Shape } from '../graph/dimension.js'
import { shapeOf, tensor } from './known-value.js'
import { dequantize, QUANTIZE_STEPS, quantize } from './quantization.js'
import type { KnownValue, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { broadcastShapes } from './shape/broadcast.js'
import { perInput, perOutput } from './shape/cost.js'
import { dimensionsIn, dtypeAttribute } from './shape/inputs.js'
import { withLast } from './shape/layout.js'
import { sameAsInput, sameShape } from './shape/same.js'
import { SOFTMAX_STEPS } from './shape/steps.js'

/** Difference to the zero point and product with the scale. */
const DEQUANTIZE_STEPS = 2
/** Division, zero point, rounding, saturation. */
const REQUANTIZE_STEPS = QUANTIZE_STEPS + 1

export const microsoftQuantized: OperatorFamily = {
  QuantizeLinear: quantize(),
  DequantizeLinear: dequantize(),
  QLinearAdd: binary(),
  QLinearMul: binary(),
  QLinearSigmoid: unary(1),
  QLinearLeakyRelu: unary(2),
  QLinearSoftmax: unary(SOFTMAX_STEPS),
  QLinearReduceMean: {
    shape: (context) => [tensor(context.dtype(0), reduced(context))],
    cost: perInput(DEQUANTIZE_STEPS + 1),
    nonTrainableInputs: [1, 2, 3, 4],
  },
  QLinearConcat: {
    shape: concatenated,
    cost: perOutput(DEQUANTIZE_STEPS + REQUANTIZE_STEPS),
    nonTrainableInputs: [0, 1],
  },
  QLinearWhere: {
    shape: (context) => [
      tensor(context.dtype(1), broadcastShapes(context.shape(0), context.shape(1), context.shape(4))),
    ],
    cost: perOutput(1 + DEQUANTIZE_STEPS + REQUANTIZE_STEPS),
    nonTrainableInputs: [2, 3, 5, 6, 7, 8],
  },
  ReduceSumInteger: {
    shape: (context) => [tensor(context.dtype(0) === 'uint8' ? 'uint32' : 'int32', reduced(context))],
    cost: perInput(),
  },
  MulInteger: {
    shape: (context) => [tensor('int32', broadcastShapes(context.shape(0), context.shape(2)))],
    cost: perOutput(3),
    nonTrainableInputs: [1, 3],
  },
  QOrderedGelu: {
    shape: sameAsInput(),
    cost: perOutput(DEQUANTIZE_STEPS + REQUANTIZE_STEPS + 5),
    nonTrainableInputs: [1, 2],
  },
  QuantizeWithOrder: {
    shape: sameShape('int8'),
    cost: perOutput(QUANTIZE_STEPS),
    nonTrainableInputs: [1],
    passesWeights: [0],
  },
  DequantizeWithOrder: {
    shape: sameShape((context) => dtypeAttribute(context, 'to', 'float32')),
    cost: perOutput(1),
    nonTrainableInputs: [1],
    passesWeights: [0],
  },
  QuantizeBFP: {
    shape: (context) => {
      const rank = context.shape(0)?.length
      const list = tensor('int64', rank === undefined ? undefined : [rank])
      return [tensor('uint8', [context.unknownDimension('bytes')]), list, list]
    },
    cost: perInput(QUANTIZE_STEPS),
  },
  DequantizeBFP: {
    shape: (context) => [tensor(dtypeAttribute(context, 'dtype', 'float32'), dimensionsIn(context, 1))],
    cost: perOutput(1),
    settingInputs: [1, 2],
  },
  GatherBlockQuantized: {
    shape: (context) => [tensor(context.dtype(2), gathered(context))],
    cost: perOutput(DEQUANTIZE_STEPS),
    nonTrainableInputs: [2, 3],
    settingInputs: [1],
    weightInputs: [0],
    weightsPerElement: (context, index) => (index === 0 ? valuesPerByte(context) : 1),
  },
}

/** `A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point`. */
function binary(): OperatorRule {
  return {
    shape: (context) => [tensor(context.dtype(0), broadcastShapes(context.shape(0), context.shape(3)))],
    cost: perOutput(2 * DEQUANTIZE_STEPS + 1 + REQUANTIZE_STEPS),
    nonTrainableInputs: [1, 2, 4, 5, 6, 7],
  }
}

/** `X, X_scale, X_zero_point, Y_scale, Y_zero_point`. */
function unary(count: number): OperatorRule {
  return {
    shape: sameAsInput(),
    cost: perOutput(DEQUANTIZE_STEPS + count + REQUANTIZE_STEPS),
    nonTrainableInputs: [1, 2, 3, 4],
  }
}

function reduced(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return undefined
  const given = context.ints('axes')
  const axes =
    given === undefined ? shape.map((_, axis) => axis) : given.map((axis) => normalizeAxis(axis, shape.length))
  if (context.int('keepdims', 1) !== 0) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return shape.filter((_, axis) => !axes.includes(axis))
}

/** Scale and zero point of the result, then a triple of tensor, scale and zero point for every part. */
function concatenated(context: NodeContext): ReturnType<ShapeRule> {
  const parts = context.inputs.slice(2).filter((_, index) => index % 3 === 0)
  return [tensor(context.dtype(1) ?? context.dtype(2), joined(context, parts))]
}

function joined(context: NodeContext, parts: readonly (KnownValue | undefined)[]): Shape | undefined {
  const [first, ...others] = parts.map(shapeOf)
  if (first === undefined) return undefined
  const axis = normalizeAxis(context.int('axis', 0), first.length)
  const sizes = others.map((shape) => shape?.[axis] ?? context.unknownDimension('part'))
  return first.with(
    axis,
    sizes.reduce<Dimension>((sum, size) => add(sum, size), first[axis] ?? 0),
  )
}

/** Rows of `data` for every index; packed bytes hold more values than their shape says. */
function gathered(context: NodeContext): Shape | undefined {
  const data = context.shape(0)
  const indices = context.shape(1)
  if (data === undefined || indices === undefined) return undefined
  const axis = normalizeAxis(context.int('gather_axis', 0), data.length)
  const unpacked = withLast(data, multiply(data.at(-1) ?? 1, valuesPerByte(context)))
  return [...unpacked.slice(0, axis), ...indices, ...unpacked.slice(axis + 1)]
}

/** Only bytes are packed: the 4-bit types count their elements one by one. */
function valuesPerByte(context: NodeContext): number {
  return context.dtype(0) === 'uint8' ? 8 / (context.int('bits', 4) || 4) : 1
}
