/**
 * Operators of the standard's early days, marked experimental then and taken out since; old files still use them.
 *
 * @see https://github.com/onnx/onnx/blob/v1.4.1/docs/Operators.md
 */
import { product, type Shape, subtract } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { perOutput } from './shape/cost.js'
import { dimensionsIn, dtypeAttribute, hasInput } from './shape/inputs.js'
import { sameAsInput } from './shape/same.js'

export const experimental: OperatorFamily = {
  Affine: pointwise(2),
  ImageScaler: pointwise(2),
  // Exponential, sum, logarithm and two scales.
  ParametricSoftplus: pointwise(5),
  Scale: pointwise(1),
  ScaledTanh: pointwise(3),
  ConstantFill: {
    shape: (context) => [tensor(dtypeAttribute(context, 'dtype', 'float32'), filledShape(context))],
    cost: 'free',
    settingInputs: 'all',
  },
  GivenTensorFill: {
    shape: (context) => [tensor('float32', filledShape(context))],
    cost: 'free',
    settingInputs: 'all',
  },
  ConstantLike: {
    shape: (context) => [
      tensor(
        dtypeAttribute(context, 'dtype', context.dtype(0) ?? 'float32'),
        context.ints('shape') ?? context.shape(0),
      ),
    ],
    cost: 'free',
    settingInputs: 'all',
  },
  Crop: { shape: (context) => [tensor(context.dtype(0), cropped(context))], cost: 'free' },
  FC: {
    shape: (context) => [tensor(context.dtype(0), fullyConnected(context))],
    cost: (context) => {
      const [, ...inputs] = context.inputSizes(1)
      const macs = context.outputElements(0) * inputs.reduce((count, size) => count * size, 1)
      return { macs, other: hasInput(context, 2) ? context.outputElements(0) : 0 }
    },
    weightInputs: [1, 2],
  },
  // Two activations, a product, an activation, and the mix of old and new state.
  GRUUnit: { shape: sameAsInput(), cost: perOutput(10), settingInputs: [2, 3] },
}

function pointwise(count: number): OperatorRule {
  return { shape: sameAsInput(), cost: perOutput(count) }
}

/** From `shape`, from the input's contents or from its shape; `extra_shape` follows. */
function filledShape(context: NodeContext): Shape | undefined {
  const extra = context.ints('extra_shape') ?? []
  const given = context.ints('shape')
  if (given !== undefined && !hasInput(context, 0)) return [...given, ...extra]
  const base = context.int('input_as_shape', 0) === 0 ? context.shape(0) : dimensionsIn(context, 0)
  return base && [...base, ...extra]
}

/** `border` is left, top, right, bottom of `[N, C, H, W]`; with `scale` the size is given. */
function cropped(context: NodeContext): Shape | undefined {
  const [batch, channels, height, width] = context.shape(0) ?? []
  if (batch === undefined || channels === undefined || height === undefined || width === undefined) return undefined
  const [left = 0, top = 0, right = 0, bottom = 0] = context.ints('border') ?? []
  const [newHeight, newWidth] = context.ints('scale') ?? []
  if (newHeight !== undefined && newWidth !== undefined) return [batch, channels, newHeight, newWidth]
  return [batch, channels, subtract(height, top + bottom), subtract(width, left + right)]
}

/** Input flattened at `axis` times the transposed weight `[outputs, inputs]`, flattened at `axis_w`. */
function fullyConnected(context: NodeContext): Shape | undefined {
  const [input, weight] = [context.shape(0), context.shape(1)]
  if (input === undefined || weight === undefined) return undefined
  const axis = normalizeAxis(context.int('axis', 1), input.length + 1)
  const weightAxis = normalizeAxis(context.int('axis_w', 1), weight.length + 1)
  return [...input.slice(0, axis), product(weight.slice(0, weightAxis))]
}
