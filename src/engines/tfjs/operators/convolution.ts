/** Convolutions. Weights are rearranged once; groups that are not depthwise run one after the other. */
import type { Tensor, Tensor1D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'
import { UnsupportedError } from '../../../core/errors.js'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue } from '../plan.js'
import { type Fused, fuse } from './fuse.js'
import { operator, type TfjsOperators } from './operator.js'
import { isSame, type Margins, marginsOf, type Window, windowOf } from './window.js'

/** Conv and ConvTranspose. @see https://onnx.ai/onnx/operators/onnx__Conv.html */
export const convolution: TfjsOperators = {
  Conv: operator(conv, 'FusedConv2D', 'FusedDepthwiseConv2D', 'SplitV', 'Concat', 'PadV2'),
  ConvTranspose: operator(convTranspose, 'Conv2DBackpropInput', 'Slice'),
}

function conv(call: OperatorCall): void {
  const shape = call.shape(0)
  if (shape.length === 3) return void conv1d(call)
  if (shape.length === 5) return void conv3d(call)
  if (shape.length !== 4) throw call.refusal(`${shape.length - 2} spatial axes`)
  const [out = 1, perGroup = 1, ...kernel] = call.shape(1)
  const groups = call.int('group', 1)
  const isDepthwise = groups === perGroup * groups && groups === shape[1] && groups > 1
  const weight = isDepthwise ? depthwiseWeight(call, groups, out, kernel) : rearranged(call, [2, 3, 1, 0])
  const fused = fuse(call, weight, call.has(2) ? call.input(2) : undefined, 1)
  const window = windowOf(call, kernel, shape.slice(2), call.outputShape().slice(2))
  checkDilations(call, window)
  const margins = marginsOf(window, isSame(window, shape.slice(2), call.outputShape().slice(2)))
  const x = call.input(0, 'channels-last')
  const work = isDepthwise ? depthwise(call, window, margins, fused) : convolve(call, window, margins, fused, groups)
  const inputs = [x, fused.weight, ...(fused.bias === undefined ? [] : [fused.bias])]
  const key = `${JSON.stringify({ window, margins, groups })} ${fused.activation} ${fused.alpha}`
  call.outputNamed(fused.output, call.step(inputs, key, call.outputShape(), 'channels-last', work))
}

/** `[out, in, h, w]` in another order. */
function rearranged(call: OperatorCall, order: readonly number[]): PlannedValue {
  const weight = call.input(1)
  const shape = order.map((axis) => weight.shape[axis] ?? 1)
  return call.step([weight], `weight ${order}`, shape, 'plain', ([x]) => call.tf.transpose(x as Tensor, [...order]))
}

/** `[channels * multiplier, 1, h, w]` as `[h, w, channels, multiplier]`. */
function depthwiseWeight(
  call: OperatorCall,
  groups: number,
  out: number,
  [h = 1, w = 1]: readonly number[],
): PlannedValue {
  const { tf } = call
  const parts = [groups, out / groups, h, w]
  return call.step([call.input(1)], `depthwise ${groups}`, [h, w, groups, out / groups], 'plain', ([x]) =>
    tf.transpose(tf.reshape(x as Tensor, parts), [2, 3, 0, 1]),
  )
}

function checkDilations(call: OperatorCall, { strides, dilations }: Window): void {
  if (strides.every((size) => size === 1) || dilations.every((size) => size === 1)) return
  throw call.refusal(`strides ${strides} together with dilations ${dilations}, which TensorFlow.js has not`)
}

const fusedOptions = ({ window, margins, fused }: { window: Window; margins: Margins; fused: Fused }) => ({
  strides: window.strides as [number, number],
  dilations: window.dilations as [number, number],
  // The declarations of the library forget that margins may be given one by one.
  pad: margins as 'same' | 'valid',
  activation: fused.activation,
  ...(fused.alpha === undefined ? {} : { leakyreluAlpha: fused.alpha }),
})

function depthwise({ tf }: OperatorCall, window: Window, margins: Margins, fused: Fused) {
  const options = fusedOptions({ window, margins, fused })
  return ([x, filter, bias]: readonly Tensor[]) =>
    tf.fused.depthwiseConv2d({ ...options, ...withBias(bias), x: x as Tensor4D, filter: filter as Tensor4D })
}

function convolve({ tf }: OperatorCall, window: Window, margins: Margins, fused: Fused, groups: number) {
  const options = fusedOptions({ window, margins, fused })
  const run = (x: Tensor, filter: Tensor, bias: Tensor | undefined): Tensor =>
    tf.fused.conv2d({ ...options, ...withBias(bias), x: x as Tensor4D, filter: filter as Tensor4D })
  if (groups === 1) return ([x, filter, bias]: readonly Tensor[]) => run(x as Tensor, filter as Tensor, bias)
  return ([x, filter, bias]: readonly Tensor[]) => {
    const filters = tf.split(filter as Tensor, groups, 3)
    const biases = bias === undefined ? [] : tf.split(bias, groups, 0)
    const parts = tf
      .split(x as Tensor, groups, 3)
      .map((part, index) => run(part, filters[index] as Tensor, biases[index]))
    return tf.concat(parts, 3)
  }
}

const withBias = (bias: Tensor | undefined) => (bias === undefined ? {} : { bias: bias as Tensor1D })

/** `[N, C, L]` runs as an image of height 1. */
function conv1d(call: OperatorCall): void {
  const { tf } = call
  const [, channels = 1, length = 1] = call.shape(0)
  const [out = 1, , size = 1] = call.shape(1)
  const groups = call.int('group', 1)
  const isDepthwise = groups === channels && groups > 1
  const oneRow = call.reshape(call.input(1), [out, call.shape(1)[1] ?? 1, 1, size])
  const weight = call.step([oneRow], `rows ${groups}`, oneRow.shape, 'plain', ([x]) =>
    isDepthwise
      ? tf.transpose(tf.reshape(x as Tensor, [groups, out / groups, 1, size]), [2, 3, 0, 1])
      : tf.transpose(x as Tensor, [2, 3, 1, 0]),
  )
  const fused = fuse(call, weight, call.has(2) ? call.input(2) : undefined, 1)
  const line = windowOf(call, [size], [length], [call.outputShape()[2] ?? 1])
  checkDilations(call, line)
  const [steps = 1, spread = 1, start = 0, end = 0] = [
    line.strides[0],
    line.dilations[0],
    line.before[0],
    line.after[0],
  ]
  const window = {
    kernel: [1, size],
    strides: [steps, steps],
    dilations: [spread, spread],
    before: [0, start],
    after: [0, end],
  }
  const margins = marginsOf(window, false)
  const work = isDepthwise ? depthwise(call, window, margins, fused) : convolve(call, window, margins, fused, groups)
  const inputs = [call.input(0, 'channels-last'), fused.weight, ...(fused.bias === undefined ? [] : [fused.bias])]
  const key = `line ${JSON.stringify({ window, groups })} ${fused.activation} ${fused.alpha}`
  const result = call.step(inputs, key, call.outputShape(), 'channels-last', ([x, ...others]) =>
    tf.squeeze(work([tf.expandDims(x as Tensor3D, 1), ...others]), [1]),
  )
  call.outputNamed(fused.output, result)
}

function conv3d(call: OperatorCall): void {
  const { tf } = call
  const shape = call.shape(0)
  const window = windowOf(call, call.shape(1).slice(2), shape.slice(2), call.outputShape().slice(2))
  if (call.int('group', 1) !== 1 || window.dilations.some((size) => size !== 1))
    throw call.refusal('groups or dilations in three axes')
  requireKernel(call, 'Conv3D')
  const weight = rearranged(call, [2, 3, 4, 1, 0])
  const margins = [
    ...window.before.map((size, axis) => [size, Math.max(0, window.after[axis] ?? 0)] as [number, number]),
  ]
  const inputs = [call.input(0, 'channels-last'), weight, ...(call.has(2) ? [call.input(2)] : [])]
  const work = ([x, filter, bias]: readonly Tensor[]) => {
    const padded = tf.pad(x as Tensor, [[0, 0], ...margins, [0, 0]])
    const sums = tf.conv3d(padded as Tensor5D, filter as Tensor5D, window.strides as [number, number, number], 'valid')
    return bias === undefined ? sums : tf.add(sums, bias)
  }
  call.output(call.step(inputs, JSON.stringify(window), call.outputShape(), 'channels-last', work))
}

function requireKernel(call: OperatorCall, name: string): void {
  if (call.tf.getKernel(name, call.tf.getBackend()) !== undefined) return
  throw new UnsupportedError(
    'E_OPERATOR_UNSUPPORTED',
    `${call.operator} ${JSON.stringify(call.trace.path)}: the backend lacks ${name}`,
  )
}

/** The gradient of a convolution with regard to its input, made whole and then cut to size. */
function convTranspose(call: OperatorCall): void {
  const { tf } = call
  const [batch = 1, , ...sizes] = call.shape(0)
  const [, perGroup = 1, ...kernel] = call.shape(1)
  if (sizes.length !== 2 || call.int('group', 1) !== 1) throw call.refusal('groups, or other than two spatial axes')
  if (call.ints('dilations')?.some((size) => size !== 1) === true) throw call.refusal('dilations')
  const strides = call.ints('strides') ?? [1, 1]
  const whole = sizes.map((size, axis) => (size - 1) * (strides[axis] ?? 1) + (kernel[axis] ?? 1))
  const wanted = call.outputShape().slice(2)
  const starts = startsOf(call, whole, wanted)
  // `output_padding` asks for places that no input reaches.
  const room = wanted.map((size, axis) => Math.max(whole[axis] ?? 0, (starts[axis] ?? 0) + size))
  const [height = 1, width = 1] = room
  const weight = rearranged(call, [2, 3, 1, 0])
  const inputs = [call.input(0, 'channels-last'), weight, ...(call.has(2) ? [call.input(2)] : [])]
  const [wholeHeight = 1, wholeWidth = 1] = whole
  const work = ([x, filter, bias]: readonly Tensor[]) => {
    const shape: [number, number, number, number] = [batch, wholeHeight, wholeWidth, perGroup]
    const sums = tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, shape, strides as [number, number], 'valid')
    const padded = tf.pad(sums, [
      [0, 0],
      [0, height - wholeHeight],
      [0, width - wholeWidth],
      [0, 0],
    ])
    const cut = tf.slice(
      padded,
      [0, starts[0] ?? 0, starts[1] ?? 0, 0],
      [batch, wanted[0] ?? 1, wanted[1] ?? 1, perGroup],
    )
    return bias === undefined ? cut : tf.add(cut, bias)
  }
  const key = JSON.stringify({ strides, starts, wanted })
  call.output(call.step(inputs, key, call.outputShape(), 'channels-last', work))
}

/** @see https://onnx.ai/onnx/operators/onnx__ConvTranspose.html */
function startsOf(call: OperatorCall, whole: readonly number[], wanted: readonly number[]): readonly number[] {
  const mode = call.text('auto_pad', 'NOTSET')
  const isGiven = call.ints('output_shape') === undefined && mode === 'NOTSET'
  if (isGiven) return call.ints('pads')?.slice(0, 2) ?? [0, 0]
  const extra = call.ints('output_padding') ?? [0, 0]
  const totals = whole.map((size, axis) => Math.max(0, size + (extra[axis] ?? 0) - (wanted[axis] ?? 0)))
  return totals.map((total) => (mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
}
