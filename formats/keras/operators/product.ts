/** Operators that multiply matrices. */
import { ints, text } from '../../../src/graph/attributes.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import { spread } from './binary.js'
import type { Operation, OperatorConverter } from './operation.js'

/** MatMul, whose operands TensorFlow may turn around first. */
const matmul: OperatorConverter = (operation) => {
  const [left, right] = operands(operation)
  const one = operation.flag(2, 'transpose_a', 'adjoint_a', 'adj_x') ? turned(operation, left) : left
  const other = operation.flag(3, 'transpose_b', 'adjoint_b', 'adj_y') ? turned(operation, right) : right
  return operation.made(
    operation.node('MatMul', [one.name, other.name]),
    productShape(operation, one.shape, other.shape),
    left.dtype,
  )
}

function operands(operation: Operation): readonly [KerasTensor, KerasTensor] {
  const given = [operation.tensor(0, 'x1', 'a', 'x'), operation.tensor(1, 'x2', 'b', 'y')] as const
  const [left = given[0], right = given[1]] = operation.promoted(given)
  return [left, right]
}

function turned(operation: Operation, tensor: KerasTensor): KerasTensor {
  const rank = tensor.shape.length
  const order = Array.from({ length: rank }, (_, axis) => axis)
  const perm = [...order.slice(0, -2), rank - 1, rank - 2]
  const name = operation.graph.node('Transpose', [tensor.name], { perm: ints(perm) })
  return { ...tensor, name, shape: perm.map((axis) => tensor.shape[axis]) }
}

function productShape(operation: Operation, left: KerasShape, right: KerasShape): KerasShape {
  if (left.length === 0 || right.length === 0) throw operation.call.refuse('it multiplies a number')
  const outer = spread(left.slice(0, -2), right.slice(0, -2))
  return [...outer, ...(left.length > 1 ? left.slice(-2, -1) : []), ...(right.length > 1 ? right.slice(-1) : [])]
}

/** NumPy's dot: the last axis with the last but one. */
const dot: OperatorConverter = (operation) => {
  const [left, right] = operands(operation)
  if (right.shape.length > 2)
    throw operation.call.refuse(`its second tensor has ${right.shape.length} axes, at most 2 are read`)
  return operation.made(
    operation.node('MatMul', [left.name, right.name]),
    productShape(operation, left.shape, right.shape),
    left.dtype,
  )
}

const tensordot: OperatorConverter = (operation) => {
  const [left, right] = operands(operation)
  const given = operation.value(2, 'axes') ?? 2
  const ranks = [left.shape.length, right.shape.length]
  const [one, other] = typeof given === 'number' ? lastAndFirst(given, ranks[0] ?? 0) : listsOf(given)
  const at = (axis: number, rank = 0): number => (axis < 0 ? axis + rank : axis)
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const first = left.shape.map((_, axis) => letters[axis] ?? '')
  const second = right.shape.map((_, axis) => {
    const pair = other.findIndex((entry) => at(entry, ranks[1]) === axis)
    return pair < 0 ? (letters[first.length + axis] ?? '') : (first[at(one[pair] ?? -1, ranks[0])] ?? '')
  })
  const sizes = new Map([
    ...left.shape.map((size, axis) => [first[axis], size] as const),
    ...right.shape.map((size, axis) => [second[axis], size] as const),
  ])
  const output = [
    ...first.filter((letter) => !second.includes(letter)),
    ...second.filter((letter) => !first.includes(letter)),
  ]
  const equation = `${first.join('')},${second.join('')}->${output.join('')}`
  if (first.length + second.length > letters.length) throw operation.call.refuse('it has too many axes')
  const name = operation.node('Einsum', [left.name, right.name], { equation: text(equation) })
  return operation.made(
    name,
    output.map((letter) => sizes.get(letter)),
    left.dtype,
  )
}

const lastAndFirst = (count: number, rank: number): readonly [number[], number[]] => {
  const indices = Array.from({ length: Math.min(16, Math.max(0, count)) }, (_, index) => index)
  return [indices.map((index) => rank - count + index), indices]
}

function listsOf(value: unknown): readonly [number[], number[]] {
  const lists: readonly unknown[] = Array.isArray(value) ? value : []
  const numbers = lists.map((entry) =>
    (Array.isArray(entry) ? entry : [entry]).filter((axis): axis is number => Number.isInteger(axis)),
  )
  return [numbers[0] ?? [], numbers[1] ?? []]
}

const einsum: OperatorConverter = (operation) => {
  const given = operation.value(-1, 'subscripts', 'equation') ?? operation.value(0)
  const equation = typeof given === 'string' ? given.replaceAll(' ', '') : ''
  const tensors = operation.promoted(operation.tensors.map((tensor) => operation.graph.logical(tensor)))
  const [inputs = '', output] = equation.split('->')
  const terms = inputs.split(',')
  if (output === undefined || terms.length !== tensors.length || equation.includes('.')) {
    throw operation.call.refuse(`its equation is ${JSON.stringify(equation.slice(0, 60))}`)
  }
  const sizes = new Map(
    tensors.flatMap(({ shape }, index) => shape.map((size, axis) => [terms[index]?.[axis] ?? '', size] as const)),
  )
  const name = operation.node(
    'Einsum',
    tensors.map((tensor) => tensor.name),
    { equation: text(equation) },
  )
  return operation.made(
    name,
    [...output].map((letter) => sizes.get(letter)),
    tensors[0]?.dtype ?? 'float32',
  )
}

const outer: OperatorConverter = (operation) => {
  const [left, right] = operands(operation)
  const { graph } = operation
  const flat = (tensor: KerasTensor, axis: number) =>
    graph.node('Unsqueeze', [
      graph.node('Reshape', [tensor.name, graph.builder.constant([-1])]),
      graph.builder.constant([axis]),
    ])
  return operation.made(operation.node('Mul', [flat(left, 1), flat(right, 0)]), [undefined, undefined], left.dtype)
}

const biasAdd: OperatorConverter = (operation) => {
  const { graph } = operation
  const [input, bias] = [operation.operand(0, 'value'), operation.tensor(1, 'bias')]
  const isFirst = operation.value(2, 'data_format') === 'NCHW'
  const ordered = graph.logical(input)
  const axes = ordered.shape.slice(2).map((_, axis) => axis + 1)
  const spreadBias = isFirst ? graph.node('Unsqueeze', [bias.name, graph.builder.constant(axes)]) : bias.name
  return { ...ordered, name: operation.node('Add', [ordered.name, spreadBias]) }
}

/** Operators by their names in lower case, without underscores. */
export const PRODUCTS: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    matmul,
    batchmatmul: matmul,
    batchmatmulv2: matmul,
    dot,
    tensordot,
    einsum,
    outer,
    biasadd: biasAdd,
  }),
)
