/** Operators that give a tensor other axes, and repeat it along them. */
import { int } from '../../../src/graph/attributes.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import { spread } from './binary.js'
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

/** Operators by their names in lower case, without underscores. */
export const SHAPES: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    reshape,
    squeeze,
    expanddims: expandDims,
    tile,
    repeat,
    broadcastto: broadcastTo,
    ravel,
  }),
)
