/** Operators that regroup, join, cut, repeat and move elements. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import { TensorArgument } from '../call-arguments.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import { spread } from './elementwise.js'
import type { Operation, OperatorConverter } from './operation.js'

const product = (sizes: KerasShape): number | undefined =>
  sizes.includes(undefined) ? undefined : sizes.reduce<number>((all, size) => all * (size ?? 1), 1)

/** Sizes of the batch too; one may be -1, and `None` keeps the batch. */
const reshape: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'tensor')
  const given = operation.value(1, 'newshape', 'shape')
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const sizes = list.map((size, axis) => (size === undefined && axis === 0 ? 0 : size))
  const isSize = (size: unknown): size is number => Number.isInteger(size) && (size as number) >= -1
  if (!sizes.every(isSize) || sizes.filter((size) => size === -1).length > 1) {
    throw operation.call.refuse(`its shape is ${JSON.stringify(given)?.slice(0, 80)}`)
  }
  const name = operation.node('Reshape', [input.name, operation.graph.builder.constant(sizes)])
  return operation.made(name, reshaped(input.shape, sizes), input.dtype)
}

function reshaped(from: KerasShape, sizes: readonly number[]): KerasShape {
  const fixed = sizes.reduce((all, size) => (size < 1 ? all : all * size), 1)
  const all = product(from.filter((_, axis) => sizes[axis] !== 0))
  const open = all === undefined ? undefined : all / fixed
  return sizes.map((size, axis) => (size === -1 ? open : size === 0 ? from[axis] : size))
}

const transpose: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'a')
  const rank = input.shape.length
  const order = operation.whole(1, 'axes', 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  return permuted(
    operation,
    input,
    order.map((axis) => (axis < 0 ? axis + rank : axis)),
  )
}

function permuted(operation: Operation, input: KerasTensor, order: readonly number[]): KerasTensor {
  const isOrder =
    order.length === input.shape.length && [...order].sort((a, b) => a - b).every((axis, index) => axis === index)
  if (!isOrder)
    throw operation.call.refuse(`it puts ${input.shape.length} axes in the order ${JSON.stringify(order).slice(0, 60)}`)
  const shape = order.map((axis) => input.shape[axis])
  return operation.made(operation.node('Transpose', [input.name], { perm: ints(order) }), shape, input.dtype)
}

const swapAxes: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  const rank = input.shape.length
  const [first = 0, second = 0] = [operation.axes(rank, 1, 'axis1')[0], operation.axes(rank, 2, 'axis2')[0]]
  const order = Array.from({ length: rank }, (_, axis) => (axis === first ? second : axis === second ? first : axis))
  return permuted(operation, input, order)
}

const moveAxis: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  const rank = input.shape.length
  const [from, to] = [operation.axes(rank, 1, 'source'), operation.axes(rank, 2, 'destination')]
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !from.includes(axis))
  const order = Array.from({ length: rank }, (_, axis) => {
    const moved = from[to.indexOf(axis)]
    return moved ?? rest.shift() ?? 0
  })
  return permuted(operation, input, order)
}

const squeeze: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'input')
  const { shape } = input
  const ones = shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
  const isAll = operation.value(1, 'axis', 'squeeze_dims') === undefined
  const axes = isAll ? ones : operation.axes(shape.length, 1, 'axis', 'squeeze_dims')
  const name = operation.node('Squeeze', [input.name, operation.graph.builder.constant(axes)])
  return operation.made(
    name,
    shape.filter((_, axis) => !axes.includes(axis)),
    input.dtype,
  )
}

const expandDims: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'input')
  const given = operation.whole(1, 'axis', 'dim') ?? [0]
  const rank = input.shape.length + given.length
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis))
  if (axes.some((axis) => axis < 0 || axis >= rank)) throw operation.call.refuse(`axis is ${JSON.stringify(given)}`)
  const name = operation.node('Unsqueeze', [input.name, operation.graph.builder.constant(axes)])
  const rest = [...input.shape]
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()))
  return operation.made(name, shape, input.dtype)
}

/** The tensors of a list, constants among them. */
function listed(operation: Operation): readonly KerasTensor[] {
  const value = operation.value(0, 'xs', 'x', 'values', 'arrays')
  const list = Array.isArray(value) && value.some((entry) => entry instanceof TensorArgument) ? value : undefined
  const tensors = list?.map((entry) => operation.asTensor(entry)).filter((tensor) => tensor !== undefined)
  return operation.promoted((tensors ?? operation.tensors).map((tensor) => operation.graph.logical(tensor)))
}

const concatenate: OperatorConverter = (operation) => {
  const tensors = listed(operation)
  const [first] = tensors
  if (first === undefined) throw operation.call.refuse('it is called without tensors')
  const [axis = 0] = operation.whole(-1, 'axis') ?? [0]
  const place = axis < 0 ? axis + first.shape.length : axis
  const name = operation.node(
    'Concat',
    tensors.map((tensor) => tensor.name),
    { axis: int(place) },
  )
  const sizes = tensors.map(({ shape }) => shape[place])
  const sum = sizes.includes(undefined) ? undefined : sizes.reduce<number>((all, size) => all + (size ?? 0), 0)
  return operation.made(
    name,
    first.shape.map((size, index) => (index === place ? sum : size)),
    first.dtype,
  )
}

const stack: OperatorConverter = (operation) => {
  const tensors = listed(operation)
  const [first] = tensors
  if (first === undefined) throw operation.call.refuse('it is called without tensors')
  const [axis = 0] = operation.whole(-1, 'axis') ?? [0]
  const place = axis < 0 ? axis + first.shape.length + 1 : axis
  const at = operation.graph.builder.constant([place])
  const parts = tensors.map(({ name }) => operation.graph.node('Unsqueeze', [name, at]))
  const name = operation.node('Concat', parts, { axis: int(place) })
  return operation.made(name, first.shape.toSpliced(place, 0, tensors.length), first.dtype)
}

const split: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'value')
  const given = operation.whole(1, 'indices_or_sections', 'num_or_size_splits', 'num_split') ?? [1]
  const isCount = !Array.isArray(operation.value(1, 'indices_or_sections', 'num_or_size_splits', 'num_split'))
  const [axis = 0] = operation.axes(input.shape.length, 2, 'axis')
  const place = operation.value(2, 'axis') === undefined ? 0 : axis
  const size = operation.call.sizeOf(input.shape, place)
  const isSizes = operation.value(-1, 'num_or_size_splits') !== undefined
  const sizes = isCount ? evenParts(size, given[0] ?? 1) : isSizes ? given : betweenIndices(size, given)
  if (sizes.some((part) => part < 0 || !Number.isInteger(part)) || sizes.length > 10_000) {
    throw operation.call.refuse(`it does not split ${size} into ${JSON.stringify(given).slice(0, 60)}`)
  }
  const { builder } = operation.graph
  const names = builder.nodeWithOutputs(
    'Split',
    [input.name, builder.constant(sizes)],
    { axis: int(place) },
    { outputs: sizes.length },
  )
  return names.map((name, index) => operation.made(name, input.shape.with(place, sizes[index]), input.dtype))
}

const evenParts = (size: number, count: number): number[] =>
  count >= 1 && count <= 10_000 ? Array.from({ length: count }, () => size / count) : [-1]

const betweenIndices = (size: number, indices: readonly number[]): number[] =>
  [...indices, size].map((end, index) => end - (indices[index - 1] ?? 0))

/** One half of an axis, gated by the other. */
const glu: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x')
  const [axis = -1] =
    operation.value(1, 'axis') === undefined ? [input.shape.length - 1] : operation.axes(input.shape.length, 1, 'axis')
  const size = operation.call.sizeOf(input.shape, axis)
  if (size % 2 !== 0) throw operation.call.refuse(`it does not halve an axis of ${size}`)
  const attributes = { axis: int(axis), num_outputs: int(2) }
  const [left = '', right = ''] = graph.builder.nodeWithOutputs('Split', [input.name], attributes, { outputs: 2 })
  const name = operation.node('Mul', [left, graph.node('Sigmoid', [right])])
  return operation.made(name, input.shape.with(axis, size / 2), input.dtype)
}

const unstack: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'value')
  const [axis = 0] = operation.value(2, 'axis') === undefined ? [0] : operation.axes(input.shape.length, 2, 'axis')
  const size = operation.call.sizeOf(input.shape, axis)
  if (size > 10_000) throw operation.call.refuse(`it makes ${size} tensors`)
  const shape = input.shape.filter((_, index) => index !== axis)
  return Array.from({ length: size }, (_, index) => {
    const at = operation.graph.builder.constant(index)
    return operation.made(operation.graph.node('Gather', [input.name, at], { axis: int(axis) }), shape, input.dtype)
  })
}

const tile: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'input')
  const given = operation.whole(1, 'repeats', 'multiples') ?? []
  const rank = Math.max(given.length, input.shape.length)
  const repeats = [...Array.from({ length: rank - given.length }, () => 1), ...given]
  const widened = widen(operation, input, rank)
  const name = operation.node('Tile', [widened.name, operation.graph.builder.constant(repeats)])
  return operation.made(
    name,
    widened.shape.map((size, axis) => size && size * (repeats[axis] ?? 1)),
    input.dtype,
  )
}

/** Axes of size 1 in front. */
function widen(operation: Operation, input: KerasTensor, rank: number): KerasTensor {
  const missing = Array.from({ length: rank - input.shape.length }, (_, axis) => axis)
  if (missing.length === 0) return input
  const name = operation.graph.node('Unsqueeze', [input.name, operation.graph.builder.constant(missing)])
  return { ...input, name, shape: [...missing.map(() => 1), ...input.shape] }
}

/** Each element of an axis, one after the other, so many times. */
const repeat: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x', 'input')
  const [count, ...others] = operation.whole(1, 'repeats') ?? []
  const [axis, ...further] =
    operation.value(2, 'axis') === undefined ? [] : operation.axes(input.shape.length, 2, 'axis')
  if (count === undefined || others.length > 0 || axis === undefined || further.length > 0) {
    throw operation.call.refuse('it does not repeat one axis by one number')
  }
  const size = operation.call.sizeOf(input.shape, axis)
  if (size * count > 2 ** 20) throw operation.call.refuse(`it makes ${size * count} elements of an axis`)
  const indices = Array.from({ length: size * count }, (_, index) => Math.floor(index / count))
  const name = operation.node('Gather', [input.name, graph.builder.constant(indices)], { axis: int(axis) })
  return operation.made(name, input.shape.with(axis, size * count), input.dtype)
}

const MODES: Readonly<Record<string, string>> = {
  constant: 'constant',
  reflect: 'reflect',
  edge: 'edge',
  symmetric: '',
}

const pad: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'tensor')
  const value = operation.value(1, 'pad_width', 'paddings')
  const rank = input.shape.length
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isPair = list.length === 2 && list.every((entry) => Number.isInteger(entry))
  const pairs = Array.from({ length: rank }, (_, axis) => {
    const entry: unknown = isPair ? list : (list[list.length === 1 ? 0 : axis] ?? list)
    const [before, after = before]: readonly unknown[] = Array.isArray(entry) ? entry : [entry]
    return [before, after]
  }).flat()
  const mode = MODES[String(operation.value(2, 'mode') ?? 'constant').toLowerCase()]
  if (!pairs.every((amount): amount is number => Number.isInteger(amount)) || !mode) {
    throw operation.call.refuse(
      `it pads ${JSON.stringify(value)?.slice(0, 80)}, ${String(operation.value(2, 'mode')).slice(0, 40)}`,
    )
  }
  const [before, after] = [0, 1].map((side) => pairs.filter((_, index) => index % 2 === side))
  const filler = operation.constant([operation.number(0, 3, 'constant_values')], [], input.dtype)
  const pads = operation.graph.builder.constant([...(before ?? []), ...(after ?? [])])
  const inputs = mode === 'constant' ? [input.name, pads, filler.name] : [input.name, pads]
  const shape = input.shape.map((size, axis) => size && size + (before?.[axis] ?? 0) + (after?.[axis] ?? 0))
  return operation.made(operation.node('Pad', inputs, { mode: text(mode) }), shape, input.dtype)
}

const flip: OperatorConverter = (operation) => {
  const { builder } = operation.graph
  const input = operation.tensor(0, 'x', 'm', 'tensor')
  const axes = operation.axes(input.shape.length, 1, 'axis')
  const list = (value: number) => builder.constant(axes.map(() => value))
  const inputs = [input.name, list(-1), list(Number.MIN_SAFE_INTEGER), builder.constant(axes), list(-1)]
  return { ...input, name: operation.node('Slice', inputs) }
}

const roll: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x', 'a')
  const shifts = operation.whole(1, 'shift') ?? []
  const axes = operation.axes(input.shape.length, 2, 'axis')
  if (shifts.length !== axes.length) throw operation.call.refuse('it does not roll each axis by its own number')
  let { name } = input
  for (const [index, axis] of axes.entries()) {
    const size = operation.call.sizeOf(input.shape, axis)
    const start = ((-(shifts[index] ?? 0) % size) + size) % size
    const cut = (from: number, to: number) =>
      graph.node('Slice', [name, ...[from, to, axis].map((value) => graph.builder.constant([value]))])
    if (start !== 0) name = graph.node('Concat', [cut(start, size), cut(0, start)], { axis: int(axis) })
  }
  return { ...input, name }
}

const broadcastTo: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'input')
  const given = operation.value(1, 'shape')
  const sizes: readonly unknown[] = Array.isArray(given) ? given : []
  const target = sizes.map((size) => (size === undefined ? 1 : size))
  if (!target.every((size): size is number => Number.isInteger(size) && (size as number) >= 1)) {
    throw operation.call.refuse(`its shape is ${JSON.stringify(given)?.slice(0, 80)}`)
  }
  const name = operation.node('Expand', [input.name, operation.graph.builder.constant(target)])
  return operation.made(name, spread(input.shape, target), input.dtype)
}

const ravel: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x')
  return operation.made(
    operation.node('Reshape', [input.name, operation.graph.builder.constant([-1])]),
    [product(input.shape)],
    input.dtype,
  )
}

const triangle =
  (upper: 0 | 1): OperatorConverter =>
  (operation) => {
    const input = operation.tensor(0, 'x')
    const diagonal = operation.graph.builder.constant(operation.number(0, 1, 'k'))
    return { ...input, name: operation.node('Trilu', [input.name, diagonal], { upper: int(upper) }) }
  }

/** Blocks of channels to blocks of positions, or back; channels last as TensorFlow orders them. */
const blocks =
  (operator: 'DepthToSpace' | 'SpaceToDepth'): OperatorConverter =>
  (operation) => {
    const { graph } = operation
    const isFirst =
      operation.value(2, 'data_format') === 'channels_first' || operation.value(2, 'data_format') === 'NCHW'
    const given = operation.operand(0, 'x', 'input')
    const input = isFirst ? graph.logical(given) : graph.channelsFirst(given)
    const size = operation.number(2, 1, 'block_size')
    const name = operation.node(operator, [input.name], { blocksize: int(size) })
    const [places, channels] = operator === 'DepthToSpace' ? [size, 1 / (size * size)] : [1 / size, size * size]
    const at = isFirst ? 1 : 3
    const shape = input.shape.map((value, axis) =>
      axis === 0 ? value : value && value * (axis === at ? channels : places),
    )
    return operation.call.made(name, shape, { ...input, mask: undefined })
  }

/** Operators by their names in lower case, without underscores. */
export const SHAPES: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    reshape,
    transpose,
    permutedimensions: transpose,
    swapaxes: swapAxes,
    moveaxis: moveAxis,
    squeeze,
    expanddims: expandDims,
    concatenate,
    concat: concatenate,
    stack,
    pack: stack,
    split,
    splitv: split,
    glu,
    unstack,
    unpack: unstack,
    tile,
    repeat,
    pad,
    padv2: pad,
    mirrorpad: pad,
    flip,
    reverse: flip,
    roll,
    broadcastto: broadcastTo,
    ravel,
    tril: triangle(0),
    triu: triangle(1),
    depthtospace: blocks('DepthToSpace'),
    spacetodepth: blocks('SpaceToDepth'),
  }),
)
