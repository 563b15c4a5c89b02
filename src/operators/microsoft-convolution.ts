/**
 * Convolutions and poolings of `com.microsoft` and its layouts: fused, channels last, in blocks of channels.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { ceilDivide, multiply, type Shape } from '../graph/dimension.js'
import {
  biasOperations,
  convMacs,
  convOutput,
  convShape,
  convTransposeMacs,
  convTransposeOutput,
} from './convolution.js'
import { tensor } from './known-value.js'
import { perWindow, poolOutput } from './pooling.js'
import { QUANTIZE_STEPS } from './quantization.js'
import type { CostContext, NodeContext, OperatorFamily, OperatorRule, ShapeRule } from './rule.js'
import { countOf, perInput } from './shape/cost.js'
import { dimensionAt, hasInput } from './shape/inputs.js'
import { channelsFirst, channelsLast } from './shape/layout.js'
import { withoutContents } from './shape/same.js'
import { slideBack, windowOf } from './shape/window.js'

/** Requantising a sum: scale, round, saturate, and the zero point. */
const REQUANTIZE_STEPS = QUANTIZE_STEPS + 1

const fusedConv: OperatorRule = {
  shape: (context) => [tensor(context.dtype(0), convOutput(context, 0, 1))],
  cost: (context) => ({ macs: convMacs(context, 1), other: fusedSteps(context) }),
  weightInputs: [1, 2],
}
const nhwcConv: OperatorRule = {
  ...fusedConv,
  shape: (context) => [tensor(context.dtype(0), lastConv(context, 1))],
}
const maxPool: OperatorRule = {
  shape: (context) => [tensor(context.dtype(0), poolOutput(context))],
  cost: perWindow(1),
}
const globalPool: OperatorRule = {
  shape: (context) => [tensor(context.dtype(0), pooledToOne(context))],
  cost: perInput(),
}

export const microsoftConvolution: OperatorFamily = {
  FusedConv: fusedConv,
  NhwcConv: nhwcConv,
  NhwcFusedConv: nhwcConv,
  NhwcMaxPool: {
    shape: (context) => [tensor(context.dtype(0), channelsLast(poolOutput(context, channelsFirst(context.shape(0)))))],
    cost: perWindow(1),
  },
  MaxpoolWithMask: { ...maxPool, cost: perWindow(2) },
  ConvTransposeWithDynamicPads: {
    shape: (context) => [tensor(context.dtype(0), transposedOutput(context))],
    cost: (context) => ({ macs: convTransposeMacs(context, 0, 1), other: biasOperations(context, 3) }),
    settingInputs: [2],
    weightInputs: [1, 3],
  },
  QLinearConv: {
    shape: (context) => [tensor(context.dtype(7), isLast(context) ? lastConv(context, 3) : convOutput(context, 0, 3))],
    cost: (context) => ({
      macs: convMacs(context, 3),
      other: REQUANTIZE_STEPS * context.outputElements(0) + biasOperations(context, 8),
    }),
    nonTrainableInputs: [1, 2, 4, 5, 6, 7],
    weightInputs: [3, 8],
  },
  QLinearAveragePool: {
    shape: (context) => [
      tensor(
        context.dtype(0),
        isLast(context) ? channelsLast(poolOutput(context, channelsFirst(context.shape(0)))) : poolOutput(context),
      ),
    ],
    cost: perWindow(1),
    nonTrainableInputs: [1, 2, 3, 4],
  },
  QLinearGlobalAveragePool: { ...globalPool, nonTrainableInputs: [1, 2, 3, 4] },
}

/** Blocks of channels: sizes are those of `[N, C, H, W]`, the elements lie in another order. */
export const microsoftNchwc: OperatorFamily = {
  Conv: {
    ...fusedConv,
    shape: (context) => [tensor(context.dtype(0), blockedConv(context))],
    cost: blockedConvCost,
  },
  MaxPool: maxPool,
  AveragePool: maxPool,
  GlobalMaxPool: globalPool,
  GlobalAveragePool: globalPool,
  ReorderInput: { shape: reorderedInput, cost: 'free' },
  ReorderOutput: { shape: reorderedOutput, cost: 'free' },
  Upsample: {
    shape: upsampled,
    cost: (context) => ({
      macs: 0,
      other: context.text('mode', 'nearest') === 'nearest' ? 0 : 7 * context.outputElements(0),
    }),
  },
}

/** Bias, the residual `Z`, and the activation. */
function fusedSteps(context: CostContext): number {
  const residual = hasInput(context, 3) ? 1 : 0
  const activation = context.text('activation', '') === '' ? 0 : 1
  return context.outputElements(0) * (residual + activation) + biasOperations(context, 2)
}

function isLast(context: NodeContext): boolean {
  return context.int('channels_last', 0) !== 0
}

function lastConv(context: NodeContext, weight: number): Shape | undefined {
  return channelsLast(convShape(context, channelsFirst(context.shape(0)), context.shape(weight)))
}

/** Known pads come as an input; unknown ones leave the spatial sizes to the run. */
function transposedOutput(context: NodeContext): Shape | undefined {
  const pads = hasInput(context, 2) ? context.numbers(2) : []
  const [batch, ...rest] = context.shape(0) ?? []
  if (batch === undefined) return undefined
  if (pads === undefined) {
    const channels = multiply(dimensionAt(context, 1, 1, 'channels'), context.int('group', 1))
    return [batch, channels, ...rest.slice(1).map(() => context.unknownDimension('transposed'))]
  }
  return pads.length === 0 ? convTransposeOutput(context, 0, 1) : backWithPads(context, pads)
}

function backWithPads(context: NodeContext, pads: readonly number[]): Shape | undefined {
  const [batch = 1, , ...spatial] = context.shape(0) ?? []
  const [, perGroup = 1, ...kernel] = context.shape(1) ?? []
  const count = spatial.length
  const window = {
    ...windowOf(context, count, kernel),
    padsBegin: pads.slice(0, count),
    padsEnd: pads.slice(count, 2 * count),
  }
  const sizes = slideBack(spatial, window, context.ints('output_padding') ?? [])
  return [batch, multiply(perGroup, context.int('group', 1)), ...sizes]
}

function pooledToOne(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  if (isLast(context)) return shape?.map((size, axis) => (axis === 0 || axis === shape.length - 1 ? size : 1))
  return shape?.map((size, axis) => (axis < 2 ? size : 1))
}

/** Channels of the input and of the filters are both filled up to whole blocks. */
function blockedConv(context: NodeContext): Shape | undefined {
  const perGroup = dimensionAt(context, 1, 1, 'channels')
  const channels = multiply(perGroup, context.int('group', 1))
  const filled = context.shape(0)?.map((size, axis) => (axis === 1 ? channels : size))
  return convShape(context, filled, context.shape(1))
}

/** A depthwise filter in blocks has one channel of its own, however wide the block is. */
function blockedConvCost(context: CostContext) {
  const [filters = 1] = context.inputSizes(1)
  const group = context.int('group', 1)
  const [, perGroup = 1, ...kernel] = context.inputSizes(1)
  const isDepthwise = group > 1 && group === filters
  const macs = context.outputElements(0) * countOf(kernel) * (isDepthwise ? 1 : perGroup)
  return { macs, other: fusedSteps(context) }
}

/** Channels are filled up to whole blocks, which are 8 or 16 wide by the machine. */
function reorderedInput(context: NodeContext): ReturnType<ShapeRule> {
  const shape = context.shape(0)
  const first = isLast(context) ? channelsFirst(shape) : shape
  const channels = first?.[1]
  if (first === undefined || channels === undefined) return [withoutContents(context.inputs[0])]
  context.assume('ReorderInput: channels are filled up to multiples of 8')
  return [tensor(context.dtype(0), first.with(1, multiply(ceilDivide(channels, 8), 8)))]
}

function reorderedOutput(context: NodeContext): ReturnType<ShapeRule> {
  const channels = context.int('channels', 0)
  const shape = context.shape(0)
  if (shape === undefined) return [withoutContents(context.inputs[0])]
  const trimmed = channels > 0 ? shape.map((size, axis) => (axis === 1 ? channels : size)) : shape
  return [tensor(context.dtype(0), isLast(context) ? channelsLast(trimmed) : trimmed)]
}

/** `scales` are whole numbers, one per axis. */
function upsampled(context: NodeContext): ReturnType<ShapeRule> {
  const scales = context.ints('scales') ?? []
  const sizes = context.shape(0)?.map((size, axis) => multiply(size, scales[axis] ?? 1))
  return [tensor(context.dtype(0), sizes)]
}
