/** Operators that move or relabel elements. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { constantElements, tfjsType } from '../elements.js'
import { axisIn, isPermutation, isSameOrder } from '../layout.js'
import type { OperatorCall } from '../operator-call.js'
import { aligned, mapInput } from './elementwise.js'
import { operator, type TfjsOperators } from './operator.js'

/** Shapes, axes and copies. */
export const movement: TfjsOperators = {
  Identity: operator((call) => call.output(call.value(0))),
  Dropout: operator((call) => call.output(call.value(0))),
  Constant: operator(() => {}),
  ConstantOfShape: operator(constantOfShape, 'Fill'),
  Reshape: operator(reshape, 'Reshape'),
  Flatten: operator(reshape, 'Reshape'),
  Squeeze: operator(reshape, 'Reshape'),
  Unsqueeze: operator(reshape, 'Reshape'),
  Transpose: operator(transpose, 'Transpose'),
  Concat: operator(concat, 'Concat'),
  Split: operator(split, 'SplitV'),
  Cast: operator(cast, 'Cast', 'NotEqual'),
  Expand: operator(expand, 'Tile'),
  Tile: operator(tile, 'Tile'),
  Pad: operator(pad, 'PadV2', 'MirrorPad', 'GatherV2'),
  DepthToSpace: operator(depthToSpace, 'Transpose'),
  SpaceToDepth: operator(spaceToDepth, 'Transpose'),
}

function constantOfShape(call: OperatorCall): void {
  const shape = [...call.outputShape()]
  const attribute = call.trace.context.attribute('value')
  const fill = attribute?.kind === 'tensor' ? attribute.value : undefined
  const type = tfjsType(fill?.dtype ?? 'float32', 'the value')
  const [value = 0] = fill === undefined ? [] : constantElements(fill)
  call.output(call.constant('filled', shape, () => call.tf.fill(shape, value, type)))
}

/** A picture of one place lies alike in both layouts, so that it needs no move. */
function reshape(call: OperatorCall): void {
  const x = call.value(0)
  const plain =
    x.layout === 'channels-last' && isSameOrder(x.shape) ? { ...x, layout: 'plain' as const } : call.input(0)
  call.output(call.reshape(plain, call.outputShape()))
}

/** Between the two layouts nothing moves: the value only changes its name. */
function transpose(call: OperatorCall): void {
  const { tf } = call
  const x = call.value(0)
  const rank = x.shape.length
  const order = call.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  const shape = call.outputShape()
  if (x.layout === 'channels-last' && isPermutation(order, 'channels-last')) {
    return void call.output({ slot: x.slot, layout: 'plain', shape })
  }
  if (isPermutation(order, 'plain') && rank === 4 && x.layout === 'plain') {
    return void call.output({ slot: x.slot, layout: 'channels-last', shape })
  }
  call.output(call.map(call.input(0), `${order}`, (input) => tf.transpose(input, [...order]), shape))
}

const axisOf = (call: OperatorCall, rank: number, fallback = 0): number => {
  const axis = call.int('axis', fallback)
  return axis < 0 ? axis + rank : axis
}

function concat(call: OperatorCall): void {
  const shape = call.outputShape()
  const axis = axisOf(call, shape.length)
  const indices = Array.from({ length: call.inputCount }, (_, index) => index)
  const { layout, values } = aligned(call, indices)
  const place = axisIn(layout, axis, shape.length)
  call.output(call.step(values, `${place}`, shape, layout, (parts) => call.tf.concat([...parts], place)))
}

function split(call: OperatorCall): void {
  const x = call.value(0)
  const axis = axisOf(call, x.shape.length)
  const place = axisIn(x.layout, axis, x.shape.length)
  const count = call.trace.node.outputs.length
  const shapes = Array.from({ length: count }, (_, index) => call.outputShape(index))
  const sizes = shapes.map((shape) => shape[axis] ?? 1)
  const slots = call.context.builder.steps([x], `split ${place} ${sizes}`, count, ([input]) =>
    call.tf.split(input as Tensor, sizes, place),
  )
  for (const [index, slot] of slots.entries())
    call.output({ slot, layout: x.layout, shape: shapes[index] ?? [] }, index)
}

function cast(call: OperatorCall): void {
  const to = call.trace.outputs[0]?.type
  const dtype = to?.kind === 'tensor' ? to.dtype : 'float32'
  const [from, type] = [tfjsType(call.dtype(0), 'input 0'), tfjsType(dtype, 'the output')]
  if (from === type) return void call.output(call.value(0))
  // WebAssembly casts to bool by copying bytes (tfjs-backend-wasm 4.22).
  mapInput(call, (x) => (type === 'bool' ? call.tf.notEqual(x, 0) : call.tf.cast(x, type)), type)
}

function expand(call: OperatorCall): void {
  const { tf } = call
  const shape = [...call.outputShape()]
  call.output(call.map(call.input(0), `${shape}`, (x) => tf.broadcastTo(x, shape), shape))
}

function tile(call: OperatorCall): void {
  const repeats = [...(call.numbers(1) ?? [])]
  call.output(call.map(call.input(0), `${repeats}`, (x) => call.tf.tile(x, repeats), call.outputShape()))
}

/** Margins may be below nothing, which cuts. */
function pad(call: OperatorCall): void {
  const rank = call.shape(0).length
  const pads = call.list('pads', 1) ?? []
  const axes = call.numbers(3) ?? Array.from({ length: rank }, (_, axis) => axis)
  const pairs = Array.from({ length: rank }, (): [number, number] => [0, 0])
  for (const [index, given] of axes.entries()) {
    pairs[given < 0 ? given + rank : given] = [pads[index] ?? 0, pads[index + axes.length] ?? 0]
  }
  const mode = call.text('mode', 'constant')
  const { layout } = call.value(0)
  const placed = pairs.map((_, axis) => axis).map((axis) => [axisIn(layout, axis, rank), pairs[axis]] as const)
  const ordered = placed.sort(([a], [b]) => a - b).map(([, pair]): [number, number] => pair ?? [0, 0])
  if (pairs.flat().some((size) => size < 0)) throw call.refusal('margins below nothing')
  const value = call.trace.context.floats('value')?.[0] ?? call.numbers(2)?.[0] ?? 0
  const work = padding(call, mode, ordered, value)
  call.output(call.map(call.value(0), `${mode} ${ordered} ${value}`, work, call.outputShape()))
}

function padding(call: OperatorCall, mode: string, pairs: [number, number][], value: number): (x: Tensor) => Tensor {
  const { tf } = call
  if (mode === 'constant') return (x) => tf.pad(x, pairs, value)
  if (mode === 'reflect') return (x) => tf.mirrorPad(x, pairs, 'reflect')
  if (mode !== 'edge' && mode !== 'wrap') throw call.refusal(`mode ${mode}`)
  return (x) =>
    pairs.reduce((result, [start, end], axis) => {
      if (start === 0 && end === 0) return result
      const size = result.shape[axis] ?? 1
      return tf.gather(result, tf.tensor1d(placesAround(size, start, end, mode === 'wrap'), 'int32'), axis)
    }, x)
}

const placesAround = (size: number, start: number, end: number, isWrapped: boolean): number[] =>
  Array.from({ length: start + size + end }, (_, index) => {
    const place = index - start
    return isWrapped ? ((place % size) + size) % size : Math.min(Math.max(place, 0), size - 1)
  })

/** @see https://onnx.ai/onnx/operators/onnx__DepthToSpace.html */
function depthToSpace(call: OperatorCall): void {
  const { tf } = call
  const [batch = 1, channels = 1, height = 1, width = 1] = call.shape(0)
  const size = call.int('blocksize', 1)
  const isColumnFirst = call.text('mode', 'DCR') === 'CRD'
  const depth = channels / (size * size)
  const parts = isColumnFirst ? [batch, depth, size, size, height, width] : [batch, size, size, depth, height, width]
  const order = isColumnFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
  const shape = [...call.outputShape()]
  const work = (x: Tensor) => tf.reshape(tf.transpose(tf.reshape(x, parts), order), shape)
  call.output(call.map(call.input(0), `${parts} ${order}`, work, shape))
}

function spaceToDepth(call: OperatorCall): void {
  const { tf } = call
  const [batch = 1, channels = 1, height = 1, width = 1] = call.shape(0)
  const size = call.int('blocksize', 1)
  const parts = [batch, channels, height / size, size, width / size, size]
  const shape = [...call.outputShape()]
  const work = (x: Tensor) => tf.reshape(tf.transpose(tf.reshape(x, parts), [0, 3, 5, 1, 2, 4]), shape)
  call.output(call.map(call.input(0), `${parts}`, work, shape))
}
