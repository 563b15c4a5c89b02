/**
 * Convolutions: kernels of TensorFlow are [H, W, in, out], those of ONNX [out, in, H, W].
 *
 * @see https://onnx.ai/onnx/operators/onnx__Conv.html
 */
import { int, ints } from '../../../src/graph/attributes.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { reshapedInitializer, transposedInitializer } from '../../../src/graph/transpose.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, type Operation } from '../operation.js'
import { asPicture, hasChannelsFirst, pictureOf, spatial, spatialSizes, windowAttributes } from './window.js'

/** Plain, grouped, depthwise and transposed convolutions. */
export const convolution: ConversionTable = {
  Conv2D: (operation, emitter) => convolved(operation, emitter),
  Conv3D: (operation, emitter) => convolved(operation, emitter),
  DepthwiseConv2dNative: (operation, emitter) => depthwise(operation, emitter),
  Conv2DBackpropInput: (operation, emitter) => transposedConvolution(operation, emitter),
  Conv3DBackpropInputV2: (operation, emitter) => transposedConvolution(operation, emitter),
}

/** A convolution of steps of 1 that is dilated and padded otherwise than it says itself. */
export interface Around {
  readonly dilations: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** @returns the convolution with that dilation and padding, or `undefined` where it has others already */
export function dilatedConvolution(operation: Operation, around: Around, emitter: FlowEmitter): Flow | undefined {
  const { attributes, operator } = operation
  const isPlain = [...attributes.ints('strides'), ...attributes.ints('dilations')].every((size) => size === 1)
  if (!isPlain || attributes.text('padding', '') !== 'VALID' || hasChannelsFirst(operation)) return undefined
  if (operator === 'DepthwiseConv2dNative') return depthwise(operation, emitter, around)
  return operator === 'Conv2D' ? convolved(operation, emitter, around) : undefined
}

/** What the operation says itself, or what stands around it. */
function windowOf(operation: Operation, kernel: readonly number[], around: Around | undefined) {
  if (around === undefined) return windowAttributes(operation, kernel)
  const { dilations, before, after } = around
  return { kernel_shape: ints(kernel), dilations: ints(dilations), pads: ints([...before, ...after]) }
}

function convolved(operation: Operation, emitter: FlowEmitter, around?: Around): Flow {
  const kernel = inputAt(operation, 1)
  const sizes = kernelSizes(operation, kernel)
  const [channels, perGroup] = [channelsOf(operation), sizes.at(-2) ?? 1]
  const groups = channels === undefined ? 1 : channels / perGroup
  if (!Number.isInteger(groups))
    throw cannotConvert(operation, `${channels} channels do not fit a kernel of ${perGroup}`)
  const rank = sizes.length
  const weight = rearranged(kernel, [rank - 1, rank - 2, ...range(rank - 2)], emitter)
  const grouped = groups === 1 ? {} : { group: int(groups) }
  const attributes = { ...windowOf(operation, sizes.slice(0, -2), around), ...grouped }
  return asPicture(operation, emitter.emit('Conv', [pictureOf(operation, emitter), weight], attributes))
}

/** The kernel is [H, W, C, M], and output C * M + m belongs to channel C. */
function depthwise(operation: Operation, emitter: FlowEmitter, around?: Around): Flow {
  const kernel = inputAt(operation, 1)
  const [height = 1, width = 1, channels = 1, multiplier = 1] = kernelSizes(operation, kernel)
  const shape = [channels * multiplier, 1, height, width]
  const { initializer } = kernel
  const weight =
    initializer === undefined
      ? emitter.emit('Reshape', [rearranged(kernel, [2, 3, 0, 1], emitter), emitter.numbers(shape)])
      : emitter.rearranged(initializer, 'depthwise', () =>
          reshapedInitializer(transposedInitializer(initializer, [2, 3, 0, 1]), shape),
        )
  const attributes = { ...windowOf(operation, [height, width], around), group: int(channels) }
  return asPicture(operation, emitter.emit('Conv', [pictureOf(operation, emitter), weight], attributes))
}

/** The gradient of a convolution by its input: sizes of the result come first, then the kernel, then the tensor. */
function transposedConvolution(operation: Operation, emitter: FlowEmitter): Flow {
  const kernel = inputAt(operation, 1)
  const sizes = kernelSizes(operation, kernel)
  const rank = sizes.length
  const weight = rearranged(kernel, [rank - 1, rank - 2, ...range(rank - 2)], emitter)
  const attributes = transposedWindow(operation, sizes.slice(0, -2))
  return asPicture(operation, emitter.emit('ConvTranspose', [pictureOf(operation, emitter, 2), weight], attributes))
}

function transposedWindow(operation: Operation, kernel: readonly number[]) {
  const ones = kernel.map(() => 1)
  const strides = spatial(operation, 'strides', ones)
  const dilations = spatial(operation, 'dilations', ones)
  const padding = operation.attributes.text('padding', 'VALID')
  if (padding !== 'SAME' && padding !== 'VALID') throw cannotConvert(operation, `its padding is ${padding}`)
  const asked = inputAt(operation, 0).dimensions
  const outputs = asked && (hasChannelsFirst(operation) ? asked.slice(2) : asked.slice(1, -1))
  const inputs = spatialSizes(operation, 2)
  const extra = kernel.map((width, axis) => {
    const stride = strides[axis] ?? 1
    const reach = (width - 1) * (dilations[axis] ?? 1) + 1
    return (
      reach -
      stride +
      shortfall(inputs?.[axis], outputs?.[axis], stride, padding === 'SAME' ? 0 : Math.max(reach - stride, 0))
    )
  })
  const totals = extra.map((value) => Math.max(value, 0))
  const before = totals.map((total) => Math.floor(total / 2))
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    ...(dilations.some((size) => size !== 1) ? { dilations: ints(dilations) } : {}),
    pads: ints([...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))]),
    output_padding: ints(extra.map((value) => Math.max(-value, 0))),
  }
}

/** How much smaller the result is than `size * stride`; where sizes are not known, as Keras asks for it. */
function shortfall(size: Dimension | undefined, output: Dimension | undefined, stride: number, usual: number): number {
  return typeof size === 'number' && typeof output === 'number' ? size * stride - output : -usual
}

function kernelSizes(operation: Operation, kernel: Flow): readonly number[] {
  const sizes = kernel.shape?.filter((size) => typeof size === 'number')
  if (sizes !== undefined && sizes.length > 2 && sizes.length === kernel.rank) return sizes
  throw cannotConvert(operation, 'the shape of its kernel is not known before the run')
}

function channelsOf(operation: Operation): number | undefined {
  const { shape } = inputAt(operation, 0)
  const channels = hasChannelsFirst(operation) ? shape?.[1] : shape?.at(-1)
  return typeof channels === 'number' ? channels : undefined
}

function rearranged(kernel: Flow, order: readonly number[], emitter: FlowEmitter): Value {
  const { initializer } = kernel
  if (initializer !== undefined) return emitter.transposed(initializer, order)
  return emitter.emit('Transpose', [emitter.plain(kernel)], { perm: ints(order) })
}
