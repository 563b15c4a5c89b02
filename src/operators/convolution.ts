/**
 * Convolutions. MACs count every position of the window, also those on padding, and no bias.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Conv.html
 * @see https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
 */
import { type Dimension, formatDimension, multiply, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { CostContext, NodeContext, OperatorFamily } from './rule.js'
import { countOf } from './shape/cost.js'
import { mismatch } from './shape/mismatch.js'
import { slideBack, slideWindow, windowOf } from './shape/window.js'

/** Conv, ConvTranspose, DeformConv. */
export const convolution: OperatorFamily = {
  Conv: {
    shape: (context) => [tensor(context.dtype(0), convOutput(context, 0, 1))],
    cost: (context) => ({ macs: convMacs(context, 1), other: biasOperations(context, 2) }),
    weightInputs: [1, 2],
  },
  ConvTranspose: {
    shape: (context) => [tensor(context.dtype(0), convTransposeOutput(context, 0, 1))],
    cost: (context) => ({ macs: convTransposeMacs(context, 0, 1), other: biasOperations(context, 2) }),
    weightInputs: [1, 2],
  },
  DeformConv: {
    shape: (context) => [tensor(context.dtype(0), convOutput(context, 0, 1))],
    cost: deformConvCost,
    weightInputs: [1, 3],
  },
}

/**
 * Shape `[N, M, ...]` of a convolution.
 *
 * @param input - position of `X`, `[N, C, ...]`
 * @param weight - position of `W`, `[M, C/group, ...]`
 * @throws {FormatError} `E_NODE_SHAPE` when the channels do not fit
 */
export function convOutput(context: NodeContext, input: number, weight: number): Shape | undefined {
  return convShape(context, context.shape(input), context.shape(weight))
}

/**
 * The same for shapes that were brought into this order.
 *
 * @param x - `[N, C, ...]`
 * @param w - `[M, C/group, ...]`
 */
export function convShape(context: NodeContext, x: Shape | undefined, w: Shape | undefined): Shape | undefined {
  if (x === undefined || w === undefined) return undefined
  checkRanks(x, w)
  const [batch = 1, channels = 1, ...spatial] = x
  const [filters = 1, perGroup = 1, ...kernel] = w
  const expected = multiply(perGroup, context.int('group', 1))
  checkChannels(channels, expected)
  return [batch, filters, ...slideWindow(spatial, windowOf(context, spatial.length, kernel))]
}

/** Multiply-accumulates of a convolution: every output element sums over the weights of one filter. */
export function convMacs(context: CostContext, weight: number): number {
  const [, ...perFilter] = context.inputSizes(weight)
  return context.outputElements(0) * countOf(perFilter)
}

/**
 * Shape `[N, M, ...]` of a transposed convolution.
 *
 * @param weight - position of `W`, `[C, M/group, ...]`
 */
export function convTransposeOutput(context: NodeContext, input: number, weight: number): Shape | undefined {
  const x = context.shape(input)
  const w = context.shape(weight)
  if (x === undefined || w === undefined) return undefined
  checkRanks(x, w)
  const [batch = 1, channels = 1, ...spatial] = x
  const [filters = 1, perGroup = 1, ...kernel] = w
  checkChannels(channels, filters)
  const outputShape = context.ints('output_shape')?.slice(-spatial.length)
  const padding = context.ints('output_padding') ?? []
  const sizes = outputShape ?? slideBack(spatial, windowOf(context, spatial.length, kernel), padding)
  return [batch, multiply(perGroup, context.int('group', 1)), ...sizes]
}

/** Multiply-accumulates of a transposed convolution: every input element meets the weights of its channel. */
export function convTransposeMacs(context: CostContext, input: number, weight: number): number {
  const [, ...perChannel] = context.inputSizes(weight)
  return context.inputElements(input) * countOf(perChannel)
}

/** One addition per output where there is a bias. */
export function biasOperations(context: CostContext, bias: number): number {
  return context.inputs[bias] === undefined ? 0 : context.outputElements(0)
}

/** Each sampled value mixes four neighbours (7 operations) and may be scaled by the mask. */
function deformConvCost(context: CostContext): { macs: number; other: number } {
  const [, channels = 1] = context.inputSizes(0)
  const [, , ...kernel] = context.inputSizes(1)
  const [batch = 1, , ...spatial] = context.outputSizes(0)
  const samples = batch * channels * countOf(kernel) * countOf(spatial)
  const perSample = context.inputs[4] === undefined ? 7 : 8
  return { macs: convMacs(context, 1), other: perSample * samples + biasOperations(context, 3) }
}

function checkRanks(x: Shape, w: Shape): void {
  if (x.length !== w.length || w.length < 3) {
    throw mismatch(`input has ${x.length} dimensions and weight ${w.length}, expected the same number, 3 or more`)
  }
}

function checkChannels(found: Dimension, expected: Dimension): void {
  if (typeof found === 'number' && typeof expected === 'number' && found !== expected) {
    throw mismatch(`input has ${formatDimension(found)} channels, the weight expects ${formatDimension(expected)}`)
  }
}
