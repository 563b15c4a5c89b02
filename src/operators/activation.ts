/**
 * Activations: each element by itself, and softmax along an axis.
 *
 * Costs count one operation for each arithmetic step, comparison or elementary function (exp, tanh, sigmoid, erf).
 *
 * @see https://onnx.ai/onnx/operators/
 */
import { type Dimension, max, min } from '../graph/dimension.js'
import type { KnownElement, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { perOutput } from './shape/cost.js'
import { type Fold, foldBroadcast } from './shape/fold.js'
import { hasInput } from './shape/inputs.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS } from './shape/steps.js'

/** All activations of the standard, and `Clip`. */
export const activation: OperatorFamily = {
  Relu: { shape: folded(() => (value) => atLeast(value, 0)), cost: perOutput() },
  Clip: { shape: clipShape, cost: perOutput(2), settingInputs: [1, 2] },
  LeakyRelu: pointwise(2),
  /** `slope` broadcasts to `X` only, so the output is always as large as `X`. */
  PRelu: { ...pointwise(2), weightInputs: [1] },
  ThresholdedRelu: pointwise(1),
  Elu: pointwise(3),
  Celu: pointwise(4),
  Selu: pointwise(4),
  Sigmoid: pointwise(1),
  Tanh: pointwise(1),
  HardSigmoid: pointwise(4),
  HardSwish: pointwise(5),
  Swish: { shape: sameAsInput(), cost: (context) => steps(context, context.float('alpha', 1) === 1 ? 2 : 3) },
  Softplus: pointwise(3),
  Softsign: pointwise(3),
  Mish: pointwise(5),
  Gelu: {
    shape: sameAsInput(),
    cost: (context) => steps(context, context.text('approximate', 'none') === 'tanh' ? 8 : 5),
  },
  Shrink: pointwise(2),
  Softmax: alongAxis(SOFTMAX_STEPS),
  LogSoftmax: alongAxis(SOFTMAX_STEPS),
  Hardmax: alongAxis(1),
}

function pointwise(count: number): OperatorRule {
  return { shape: sameAsInput(), cost: perOutput(count) }
}

/** Before opset 13 all axes from `axis` on are flattened to one; the output's shape is the input's in every version. */
function alongAxis(count: number): OperatorRule {
  const shape: ShapeRule = (context) => {
    const rank = context.shape(0)?.length
    if (rank !== undefined && rank > 0)
      normalizeAxis(context.int('axis', context.opset < 13 ? Math.min(1, rank - 1) : -1), rank)
    return [withoutContents(context.inputs[0])]
  }
  return { shape, cost: perOutput(count) }
}

function steps(context: { outputElements(index: number): number }, count: number) {
  return { macs: 0, other: count * context.outputElements(0) }
}

function folded(fold: (context: NodeContext) => Fold): ShapeRule {
  return (context) => [foldBroadcast(context, context.dtype(0), context.shape(0), fold(context))]
}

/** `min` and `max` are attributes before opset 11 and scalar inputs from then on. */
function clipShape(context: NodeContext): ReturnType<ShapeRule> {
  const low = clipLimit(context, 'min', 1)
  const high = clipLimit(context, 'max', 2)
  const fold: Fold = (value) => {
    const raised = low === 'none' ? value : atLeast(value, low)
    return high === 'none' ? raised : atMost(raised, high)
  }
  const type = context.inputs[0]?.type
  const elements = context.elements(0)?.map((value) => fold(value))
  const known = elements?.filter((element) => element !== undefined)
  return [{ type, elements: known?.length === elements?.length ? known : undefined }]
}

/** @returns the limit; `undefined` where only the run tells it */
function clipLimit(context: NodeContext, name: string, index: number): KnownElement | undefined | 'none' {
  if (context.opset < 11) return context.attribute(name) === undefined ? 'none' : context.float(name, 0)
  return hasInput(context, index) ? context.elements(index)?.[0] : 'none'
}

function atLeast(value: KnownElement | undefined, low: KnownElement | undefined): Dimension | undefined {
  return bounded(value, low, max)
}

function atMost(value: KnownElement | undefined, high: KnownElement | undefined): Dimension | undefined {
  return bounded(value, high, min)
}

/** Symbolic sizes are whole numbers, and only compare with such. */
function bounded(
  value: KnownElement | undefined,
  limit: KnownElement | undefined,
  choose: (left: Dimension, right: Dimension) => Dimension,
): Dimension | undefined {
  if (value === undefined || limit === undefined || typeof value === 'string' || typeof limit === 'string') {
    return undefined
  }
  const areNumbers = typeof value === 'number' && typeof limit === 'number'
  const areWhole = [value, limit].every((size) => typeof size !== 'number' || Number.isSafeInteger(size))
  return areNumbers || areWhole ? choose(value, limit) : undefined
}
