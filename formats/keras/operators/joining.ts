/** Operators that join tensors, and take one apart. */
import { int } from '../../../src/graph/attributes.js'
import { TensorArgument } from '../call-arguments.js'
import type { KerasTensor } from '../keras-graph.js'
import type { Operation, OperatorConverter } from './operation.js'

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

/** Operators by their names in lower case, without underscores. */
export const JOININGS: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    concatenate,
    concat: concatenate,
    stack,
    pack: stack,
    split,
    splitv: split,
    glu,
    unstack,
    unpack: unstack,
  }),
)
