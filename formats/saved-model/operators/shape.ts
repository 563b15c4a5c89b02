/** Operators that ask for sizes, and those that give the same elements another shape. */
import { int, ints } from '../../../src/graph/attributes.js'
import { DATA_TYPES, type DataType } from '../../../src/graph/data-type.js'
import { type Dimension, equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { numberInitializer, range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { align, inOrder } from '../broadcast.js'
import { dataTypeOf } from '../data-type.js'
import { Flow, withChannelsLast } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'

/** Shape, Reshape, Squeeze, ExpandDims, Transpose and kin. */
export const shape: ConversionTable = {
  Shape: (operation, emitter) => sizesOf(operation, inputAt(operation, 0), emitter),
  ShapeN: (operation, emitter) => operation.inputs.map((flow) => sizesOf(operation, flow, emitter)),
  Size: (operation, emitter) =>
    typed(emitter.emit('Size', [emitter.plain(inputAt(operation, 0))]), outType(operation), emitter),
  Rank: (operation, emitter) => emitter.flow(emitter.numbers(rankAt(operation, 0), 'int32')),
  Reshape: reshaped,
  Squeeze: squeezed,
  ExpandDims: expanded,
  Transpose: transposed,
  Fill: filled,
  ZerosLike: likeZeros(0),
  OnesLike: likeZeros(1),
  BroadcastTo: (operation, emitter) =>
    emitter.flow(
      emitter.emit('Expand', [emitter.plain(inputAt(operation, 0)), sizesValue(inputAt(operation, 1), emitter)]),
    ),
  Tile: (operation, emitter) =>
    emitter.flow(
      emitter.emit('Tile', [emitter.plain(inputAt(operation, 0)), sizesValue(inputAt(operation, 1), emitter)]),
    ),
  BroadcastArgs: broadcastSizes,
  Range: (operation, emitter) =>
    emitter.flow(
      emitter.emit(
        'Range',
        operation.inputs.map((flow) => emitter.plain(flow)),
      ),
    ),
}

/** @returns a list of sizes as ONNX wants it: int64, a constant where it can be */
export function sizesValue(flow: Flow, emitter: FlowEmitter): Value {
  const { numbers } = flow
  if (numbers !== undefined) return emitter.numbers(numbers)
  const value = emitter.plain(flow)
  return flow.dtype === 'int64' ? value : emitter.emit('Cast', [value], { to: int(DATA_TYPES.int64.code) })
}

const outType = ({ attributes }: Operation): DataType => dataTypeOf(attributes.type('out_type') ?? 3, 'a shape')

function typed(value: Value, dtype: DataType, emitter: FlowEmitter): Flow {
  return emitter.flow(dtype === 'int64' ? value : emitter.emit('Cast', [value], { to: int(DATA_TYPES[dtype].code) }))
}

/** With channels first the sizes are put back into order, so that no tensor has to be. */
function sizesOf(operation: Operation, flow: Flow, emitter: FlowEmitter): Flow {
  const { shape: sizes } = flow
  if (sizes?.every((size) => typeof size === 'number') === true) {
    return emitter.flow(emitter.constant(numberInitializer('constant', sizes, [sizes.length], outType(operation))))
  }
  if (!flow.isChannelsFirst) return typed(emitter.emit('Shape', [emitter.plain(flow)]), outType(operation), emitter)
  const first = emitter.emit('Shape', [emitter.channelsFirst(flow)])
  const order = emitter.numbers(withChannelsLast(range(flow.rank ?? 0)))
  return typed(emitter.emit('Gather', [first, order]), outType(operation), emitter)
}

/** The batch stays free: a size that only the run tells is copied (0) or what is left (-1). */
function reshaped(operation: Operation, emitter: FlowEmitter): Flow {
  const [flow, target] = [inputAt(operation, 0), inputAt(operation, 1)]
  const { initializer } = flow
  const { numbers } = target
  if (initializer !== undefined && numbers?.every((size) => size >= 0) === true) {
    const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1)
    if (count(numbers) === count(initializer.shape)) return emitter.flow(emitter.reshaped(initializer, numbers))
  }
  const dimensions = target.dimensions
  const sizes = dimensions && freeSizes(dimensions, flow.shape)
  const list = sizes === undefined ? sizesValue(target, emitter) : emitter.numbers(sizes)
  return emitter.flow(emitter.emit('Reshape', [emitter.plain(flow), list]))
}

/** @returns sizes with 0 and -1, or `undefined` where these do not suffice */
function freeSizes(target: readonly Dimension[], input: Shape | undefined): readonly number[] | undefined {
  // A size of 0 would be copied instead.
  if (target.includes(0)) return undefined
  const sizes = target.map((size, axis) => {
    if (typeof size === 'number') return size
    const copied = input?.[axis]
    return copied !== undefined && equalDimensions(copied, size) ? 0 : undefined
  })
  const open = sizes.filter((size) => size === undefined).length
  if (open === 0) return sizes.filter((size) => size !== undefined)
  return open === 1 && !sizes.includes(-1) ? sizes.map((size) => size ?? -1) : undefined
}

function squeezed(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 0)
  const given = operation.attributes.ints('squeeze_dims')
  const named = given.length > 0 ? given : operation.attributes.ints('axis')
  const rank = named.some((axis) => axis < 0) || flow.isChannelsFirst ? rankAt(operation, 0) : 0
  const axes = named.map((axis) => (axis < 0 ? axis + rank : axis))
  const { initializer } = flow
  if (initializer !== undefined) {
    const isKept = (size: number, axis: number) => size !== 1 || (axes.length > 0 && !axes.includes(axis))
    return emitter.flow(emitter.reshaped(initializer, initializer.shape.filter(isKept)))
  }
  const isSpatial = axes.length === rank - 2 && axes.every((axis) => axis > 0 && axis < rank - 1)
  if (flow.isChannelsFirst && isSpatial) {
    const places = emitter.numbers(axes.map((axis) => axis + 1))
    return emitter.flow(emitter.emit('Squeeze', [emitter.channelsFirst(flow), places]))
  }
  return emitter.flow(
    emitter.emit('Squeeze', [emitter.plain(flow), axes.length === 0 ? undefined : emitter.numbers(axes)]),
  )
}

function expanded(operation: Operation, emitter: FlowEmitter): Flow {
  const axes = numbersAt(operation, 1, 'axis')
  const { initializer, rank } = inputAt(operation, 0)
  const [axis = 0] = axes
  if (initializer !== undefined && rank !== undefined) {
    const place = axis < 0 ? axis + rank + 1 : axis
    return emitter.flow(emitter.reshaped(initializer, initializer.shape.toSpliced(place, 0, 1)))
  }
  return emitter.flow(emitter.emit('Unsqueeze', [emitter.plain(inputAt(operation, 0)), emitter.numbers([axis])]))
}

/** From channels last to channels first and back only the name changes. */
function transposed(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 0)
  const order = numbersAt(operation, 1, 'order of axes')
  if (order.every((axis, place) => axis === place)) return flow
  const isToFirst =
    order.length > 2 && order[1] === order.length - 1 && order.every((axis, place) => place < 2 || axis === place - 1)
  if (isToFirst && order[0] === 0 && flow.channelsFirst !== undefined) return emitter.flow(flow.channelsFirst)
  const isToLast =
    order.length > 2 &&
    order.at(-1) === 1 &&
    order[0] === 0 &&
    order.slice(1, -1).every((axis, place) => axis === place + 2)
  if (isToLast && flow.plain !== undefined) return new Flow({ channelsFirst: flow.plain })
  return emitter.flow(emitter.emit('Transpose', [emitter.plain(flow)], { perm: ints(order) }))
}

function filled(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 1)
  const { initializer } = flow
  // One number that is spread out is no weight, even where a product reads it.
  const value =
    initializer === undefined ? emitter.plain(flow) : emitter.constant({ ...initializer, storedElements: 0 })
  return emitter.flow(emitter.emit('Expand', [value, sizesValue(inputAt(operation, 0), emitter)]))
}

/** Sizes of what two shapes give together. */
function broadcastSizes(operation: Operation, emitter: FlowEmitter): Flow {
  const [left, right] = [numbersAt(operation, 0, 'first shape'), numbersAt(operation, 1, 'second shape')]
  const rank = Math.max(left.length, right.length)
  const sizeAt = (list: readonly number[], axis: number) => list[axis - rank + list.length] ?? 1
  const sizes = range(rank).map((axis) => (sizeAt(left, axis) === 1 ? sizeAt(right, axis) : sizeAt(left, axis)))
  return emitter.flow(emitter.numbers(sizes, inputAt(operation, 0).dtype ?? 'int32'))
}

function likeZeros(value: number) {
  return (operation: Operation, emitter: FlowEmitter): Flow => {
    const flow = inputAt(operation, 0)
    const { values, isChannelsFirst } = align([flow], emitter)
    const [like] = values
    const dtype = flow.dtype ?? 'float32'
    const sizes = shapeOf(like?.known)
    const list = (sizes && emitter.sizes(sizes)) ?? emitter.emit('Shape', [like])
    const spread = emitter.emit('Expand', [emitter.numbers(value, dtype), list])
    return inOrder(spread, isChannelsFirst, operation.inputs, operation.operator)
  }
}
