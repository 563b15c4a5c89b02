/**
 * Quantised forms of the standard. Scales and zero points are weights that training does not change.
 *
 * @see https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html
 */
import type { DataType } from '../graph/data-type.js'
import { convMacs, convOutput } from './convolution.js'
import { tensor } from './known-value.js'
import { matMulMacs, matMulOutput } from './matrix.js'
import type { Cost, CostContext, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { perOutput } from './shape/cost.js'
import { dtypeAttribute, hasInput } from './shape/inputs.js'
import { sameShape } from './shape/same.js'
import { steps } from './shape/steps.js'

/** Division, rounding and saturation; a zero point is one more. */
export const QUANTIZE_STEPS = 3

export const quantization: OperatorFamily = {
  QuantizeLinear: quantize(),
  DequantizeLinear: dequantize(),
  DynamicQuantizeLinear: {
    shape: (context) => [tensor('uint8', context.shape(0)), tensor(context.dtype(0), []), tensor('uint8', [])],
    // The extremes come first.
    cost: perOutput(2 + QUANTIZE_STEPS + 1),
  },
  QLinearConv: {
    shape: (context) => [tensor(context.dtype(7), convOutput(context, 0, 3))],
    cost: (context) => requantized(context, convMacs(context, 3), 8),
    nonTrainableInputs: [1, 2, 4, 5, 6, 7],
    weightInputs: [3, 8],
  },
  QLinearMatMul: {
    shape: (context) => [tensor(context.dtype(7), matMulOutput(context.shape(0), context.shape(3)))],
    cost: (context) => requantized(context, matMulMacs(context, 0), undefined),
    nonTrainableInputs: [1, 2, 4, 5, 6, 7],
    weightInputs: [0, 3],
  },
  ConvInteger: {
    shape: (context) => [tensor('int32', convOutput(context, 0, 1))],
    cost: (context) => ({
      macs: convMacs(context, 1),
      other: zeroPointSteps(context),
    }),
    nonTrainableInputs: [2, 3],
    weightInputs: [1],
  },
  MatMulInteger: {
    shape: (context) => [tensor('int32', matMulOutput(context.shape(0), context.shape(1)))],
    cost: (context) => ({ macs: matMulMacs(context, 0), other: zeroPointSteps(context) }),
    nonTrainableInputs: [2, 3],
    weightInputs: [0, 1],
  },
}

/**
 * The type comes from the zero point, from `output_dtype` (opset 21), or is uint8.
 * Blocks change neither shape nor work.
 */
export function quantize(): OperatorRule {
  return {
    shape: sameShape((context) => context.dtype(2) ?? dtypeAttribute(context, 'output_dtype', 'uint8')),
    cost: (context) => steps(context.outputElements(0) * (QUANTIZE_STEPS + (hasInput(context, 2) ? 1 : 0))),
    nonTrainableInputs: [1, 2],
    passesWeights: [0],
  }
}

/** The difference to the zero point, where there is one, and the product with the scale. */
export function dequantize(): OperatorRule {
  return {
    shape: sameShape((context) => dtypeAttribute(context, 'output_dtype', dequantizedType(context))),
    cost: (context) => steps(context.outputElements(0) * (hasInput(context, 2) ? 2 : 1)),
    nonTrainableInputs: [1, 2],
    passesWeights: [0],
  }
}

function dequantizedType(context: NodeContext): DataType | undefined {
  return context.dtype(1) ?? (context.opset < 19 ? 'float32' : undefined)
}

/** The sums are scaled, shifted by the zero point, rounded and saturated; a bias is one more. */
function requantized(context: CostContext, macs: number, bias: number | undefined): Cost {
  const perResult = QUANTIZE_STEPS + 1 + (bias !== undefined && hasInput(context, bias) ? 1 : 0)
  return { macs, other: context.outputElements(0) * perResult }
}

/** One difference per element of each operand that has a zero point. */
function zeroPointSteps(context: CostContext): number {
  return [0, 1].reduce((sum, operand) => sum + (hasInput(context, operand + 2) ? context.inputElements(operand) : 0), 0)
}
