/** Sliding windows as parts of a tensor, and pictures whose channels and pixels change places. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import { add, type Dimension, floorDivide, multiply, product, subtract } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, reshaped, shapeOfValue, sizesValue, sizeValue } from './call-axes.js'
import { transposed } from './views.js'

/** unfold, im2col, col2im, pixel_shuffle, channel_shuffle and their opposites. */
export const windows: OperatorRules = {
  unfold,
  im2col,
  col2im,
  pixel_shuffle: pixelShuffled,
  pixel_unshuffle: pixelUnshuffled,
  channel_shuffle: channelShuffled,
  native_channel_shuffle: channelShuffled,
}

/** Each window becomes a place of the axis, its elements stand in a new last axis. */
function unfold(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 1, 'dimension', shape.length)
  const [length, step] = [call.int(2, 'size'), call.int(3, 'step')]
  const count = add(floorDivide(subtract(shape[axis] ?? 1, length), step), 1)
  const places = windowPlaces({ count, length, stride: step, dilation: 1 }, 'windows first', emitter)
  const found = emitter.emit('Gather', [call.value(0, 'self'), places], { axis: int(axis) })
  const order = [...range(shape.length + 1).filter((at) => at !== axis + 1), axis + 1]
  return tensor(transposed(found, order, emitter))
}

/** Windows along one axis. */
interface Windows {
  readonly count: Dimension
  readonly length: number
  readonly stride: number
  readonly dilation: number
}

/** Places of all elements of all windows: [windows, elements], or the other way round. */
function windowPlaces(
  { count, length, stride, dilation }: Windows,
  order: 'windows first' | 'elements first',
  emitter: TorchEmitter,
): Value {
  const isFirst = order === 'windows first'
  const total = emitter.emit('Squeeze', [sizeValue(count, emitter), emitter.numbers([0])])
  const all = emitter.emit('Range', [emitter.numbers(0), total, emitter.numbers(1)])
  const starts = emitter.emit('Mul', [all, emitter.numbers(stride)])
  const grown = emitter.emit('Unsqueeze', [starts, emitter.numbers([isFirst ? 1 : 0])])
  const inside = emitter.numbers(range(length).map((at) => at * dilation))
  return emitter.emit('Add', [grown, isFirst ? inside : emitter.emit('Unsqueeze', [inside, emitter.numbers([1])])])
}

function pairAt(call: OperatorCall, position: number, name: string, fallback: number): readonly [number, number] {
  const [first = fallback, second = first] = call.ints(position, name, [fallback, fallback])
  return [first, second]
}

/** [N, C, H, W] becomes [N, C * kernel, windows]. */
function im2col(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [batch = 1, channels = 1, ...spatial] = call.shape(0, 'self', { rank: 4 })
  if (spatial.length !== 2) return call.refuse(`its input has ${spatial.length + 2} axes`)
  const [kernel, dilation] = [pairAt(call, 1, 'kernel_size', 1), pairAt(call, 2, 'dilation', 1)]
  const [margin, stride] = [pairAt(call, 3, 'padding', 0), pairAt(call, 4, 'stride', 1)]
  const given = call.value(0, 'self')
  const pads = emitter.numbers([0, 0, ...margin, 0, 0, ...margin])
  let value = margin.every((size) => size === 0) ? given : emitter.emit('Pad', [given, pads])
  const counts = [0, 1].map((at) => {
    const room = subtract(
      add(spatial[at] ?? 1, 2 * (margin[at] ?? 0)),
      (dilation[at] ?? 1) * ((kernel[at] ?? 1) - 1) + 1,
    )
    return add(floorDivide(room, stride[at] ?? 1), 1)
  })
  for (const at of [0, 1]) {
    const along = {
      count: counts[at] ?? 1,
      length: kernel[at] ?? 1,
      stride: stride[at] ?? 1,
      dilation: dilation[at] ?? 1,
    }
    value = emitter.emit('Gather', [value, windowPlaces(along, 'elements first', emitter)], { axis: int(2 + 2 * at) })
  }
  // [N, C, kh, oh, kw, ow]
  const sorted = emitter.emit('Transpose', [value], { perm: ints([0, 1, 2, 4, 3, 5]) })
  return tensor(reshaped(sorted, [batch, multiply(channels, product(kernel)), product(counts)], emitter))
}

/** Windows are put together again; where they overlap, they add up. */
function col2im(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const size = sizesValue(call.sizes(1, 'output_size'), emitter)
  const [kernel, dilation] = [pairAt(call, 2, 'kernel_size', 1), pairAt(call, 3, 'dilation', 1)]
  const [margin, stride] = [pairAt(call, 4, 'padding', 0), pairAt(call, 5, 'stride', 1)]
  return emitter.tensor('Col2Im', [call.value(0, 'self'), size, emitter.numbers(kernel)], {
    dilations: ints(dilation),
    pads: ints([...margin, ...margin]),
    strides: ints(stride),
  })
}

/** [N, C * r * r, H, W] becomes [N, C, H * r, W * r]. */
function pixelShuffled(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const factor = call.int(1, 'upscale_factor')
  const shape = call.shape(0, 'self', { rank: 4 })
  const value = call.value(0, 'self')
  const attributes = { blocksize: int(factor), mode: text('CRD') }
  if (shape.length === 4) return emitter.tensor('DepthToSpace', [value], attributes)
  const [channels = 1, height = 1, width = 1] = shape.slice(-3)
  const leading = shape.slice(0, -3)
  const whole = reshaped(value, [product(leading), channels, height, width], emitter)
  const target = [...leading, floorDivide(channels, factor * factor), multiply(height, factor), multiply(width, factor)]
  return tensor(reshaped(emitter.emit('DepthToSpace', [whole], attributes), target, emitter))
}

function pixelUnshuffled(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const factor = call.int(1, 'downscale_factor')
  const shape = call.shape(0, 'self', { rank: 4 })
  const [channels = 1, height = 1, width = 1] = shape.slice(-3)
  const leading = shape.slice(0, -3)
  const [high, wide] = [floorDivide(height, factor), floorDivide(width, factor)]
  const parted = reshaped(call.value(0, 'self'), [product(leading), channels, high, factor, wide, factor], emitter)
  const sorted = emitter.emit('Transpose', [parted], { perm: ints([0, 1, 3, 5, 2, 4]) })
  return tensor(reshaped(sorted, [...leading, multiply(channels, factor * factor), high, wide], emitter))
}

/** Channels of each group in turn. */
function channelShuffled(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self', { rank: 4 })
  const groups = call.int(1, 'groups')
  const [batch = 1, channels = 1, ...rest] = shape
  const parted = reshaped(call.value(0, 'self'), [batch, groups, floorDivide(channels, groups), ...rest], emitter)
  const order = [0, 2, 1, ...range(rest.length).map((at) => at + 3)]
  return tensor(reshaped(transposed(parted, order, emitter), shapeOfValue(call.value(0, 'self')), emitter))
}
