/**
 * Activations and sums of `com.microsoft`, element by element.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { ceilDivide, floorDivide, product } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, CostRule, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { perInput, perOutput } from './shape/cost.js'
import { hasInput } from './shape/inputs.js'
import { broadcastInputs, sameAsInput, sameShape, withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS, steps } from './shape/steps.js'

/** `0.5 x (1 + erf(x / sqrt 2))`. */
const GELU_STEPS = 5
/** `0.5 x (1 + tanh(x (a x^2 + b)))`. */
export const FAST_GELU_STEPS = 8
/** `x * sigmoid(alpha * x)`. */
const QUICK_GELU_STEPS = 3
/** Comparison with the ratio and the scaling of what stays. */
const DROPOUT_STEPS = 2

export const microsoftElementwise: OperatorFamily = {
  Gelu: pointwise(GELU_STEPS),
  FastGelu: { shape: sameAsInput(), cost: withOptional(FAST_GELU_STEPS, 1), weightInputs: [1] },
  BiasGelu: { shape: sameAsInput(), cost: perOutput(GELU_STEPS + 1), weightInputs: [1] },
  QuickGelu: pointwise(QUICK_GELU_STEPS),
  BiasAdd: { shape: sameAsInput(), cost: perOutput(2), weightInputs: [1] },
  BiasSplitGelu: { shape: halved, cost: splitGeluCost, weightInputs: [1] },
  BiasSoftmax: { shape: sameAsInput(), cost: perOutput(SOFTMAX_STEPS + 1) },
  BiasDropout: dropout((context) => [withoutContents(context.inputs[0]), tensor('bool', context.shape(0))], 1),
  BitmaskDropout: dropout((context) => [withoutContents(context.inputs[0]), bitmask(context)], 0),
  BitmaskBiasDropout: dropout((context) => [withoutContents(context.inputs[0]), bitmask(context)], 1),
  // A product and a sum.
  GatedAdd: pointwise(2),
  // Products of complex numbers whose last axis holds both parts: 3 steps per part.
  ComplexMul: { shape: broadcastShape, cost: perOutput(3) },
  ComplexMulConj: { shape: broadcastShape, cost: perOutput(3) },
  MurmurHash3: {
    shape: sameShape((context) => (context.int('positive', 1) === 0 ? 'int32' : 'uint32')),
    cost: perInput(),
  },
  SampleOp: { shape: sameAsInput(), cost: 'free' },
  ParametricSoftplus: pointwise(5),
  ThresholdedRelu: pointwise(1),
  ScaledTanh: pointwise(3),
  IsAllFinite: {
    shape: () => [tensor('bool', [])],
    cost: (context) => steps(context.node.inputs.reduce((sum, _, index) => sum + context.inputElements(index), 0)),
  },
}

function pointwise(count: number): OperatorRule {
  return { shape: sameAsInput(), cost: perOutput(count) }
}

function broadcastShape(context: NodeContext): ReturnType<ShapeRule> {
  return [tensor(context.dtype(0), broadcastInputs(context))]
}

/** One step more where input `index` is given. */
function withOptional(count: number, index: number): CostRule {
  return (context) => steps(context.outputElements(0) * (count + (hasInput(context, index) ? 1 : 0)))
}

/** @param sums - of a bias and a residual that come before and after */
function dropout(shape: ShapeRule, sums: number): OperatorRule {
  const first = sums === 0 ? 1 : 3
  return {
    shape,
    cost: (context) => {
      const isTraining = hasInput(context, first + 1) && context.numbers(first + 1)?.[0] !== 0
      const residual = sums > 0 && hasInput(context, 2) ? 1 : 0
      return steps(context.outputElements(0) * (sums + residual + (isTraining ? DROPOUT_STEPS : 0)))
    },
    settingInputs: [first, first + 1],
  }
}

/** 32 flags to a word. */
function bitmask(context: NodeContext) {
  const shape = context.shape(0)
  return tensor('uint32', shape && [ceilDivide(product(shape), 32)])
}

function halved(context: NodeContext): ReturnType<ShapeRule> {
  const shape = context.shape(0)
  const width = shape?.at(-1)
  return [tensor(context.dtype(0), width === undefined ? undefined : shape?.with(-1, floorDivide(width, 2)))]
}

/** A sum per input, then an activation and a product per output. */
function splitGeluCost(context: CostContext): Cost {
  return steps(context.inputElements(0) + context.outputElements(0) * (GELU_STEPS + 1))
}
