/** Operators that put elements and axes in another order, or a border around them. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { Operation, OperatorConverter } from './operation.js'

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

const MODES: ReadonlySet<string> = new Set(['constant', 'reflect', 'edge'])

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
  const mode = String(operation.value(2, 'mode') ?? 'constant').toLowerCase()
  if (!pairs.every((amount): amount is number => Number.isInteger(amount)) || !MODES.has(mode)) {
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
export const ARRANGEMENTS: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    transpose,
    permutedimensions: transpose,
    swapaxes: swapAxes,
    moveaxis: moveAxis,
    pad,
    padv2: pad,
    mirrorpad: pad,
    flip,
    reverse: flip,
    roll,
    tril: triangle(0),
    triu: triangle(1),
    depthtospace: blocks('DepthToSpace'),
    spacetodepth: blocks('SpaceToDepth'),
  }),
)
