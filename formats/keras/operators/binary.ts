/** Operators with two tensors, element by element, the smaller spread over the larger. */
import type { DataType } from '../../../src/graph/data-type.js'
import { configError } from '../keras-errors.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import { named, type Operation, type OperatorConverter } from './operation.js'

const ARITHMETIC: Readonly<Record<string, string>> = {
  add: 'Add',
  addv2: 'Add',
  subtract: 'Sub',
  sub: 'Sub',
  multiply: 'Mul',
  mul: 'Mul',
  maximum: 'Max',
  minimum: 'Min',
  power: 'Pow',
  pow: 'Pow',
}

const COMPARISONS: Readonly<Record<string, string>> = {
  greater: 'Greater',
  greaterequal: 'GreaterOrEqual',
  less: 'Less',
  lessequal: 'LessOrEqual',
  equal: 'Equal',
  logicaland: 'And',
  logicalor: 'Or',
  logicalxor: 'Xor',
}

/** Two tensors, or a tensor and a number, in the type that they have together. */
export function pairOf(operation: Operation): readonly [KerasTensor, KerasTensor] {
  const [left, right] = [operation.value(0, 'x', 'x1', 'a'), operation.value(1, 'y', 'x2', 'b')]
  const first = operation.asTensor(left)
  const other = operation.asTensor(right, first?.dtype)
  const one = operation.asTensor(left, other?.dtype)
  if (one === undefined || other === undefined) throw operation.call.refuse('it is not called with two tensors')
  const [promotedOne = one, promotedOther = other] = operation.promoted([one, other])
  return inOneOrder(operation, promotedOne, promotedOther)
}

/** Channels stay at axis 1 where both tensors have as many axes, or one has none. */
function inOneOrder({ graph }: Operation, left: KerasTensor, right: KerasTensor): readonly [KerasTensor, KerasTensor] {
  const ranks = [left.shape.length, right.shape.length]
  if (ranks.includes(0)) return [left, right]
  const isAnyFirst = left.layout === 'channels-first' || right.layout === 'channels-first'
  if (ranks[0] === ranks[1] && isAnyFirst) return [graph.channelsFirst(left), graph.channelsFirst(right)]
  return [graph.logical(left), graph.logical(right)]
}

const binary = (make: (operation: Operation, left: KerasTensor, right: KerasTensor) => string, dtype?: DataType) => {
  const convert: OperatorConverter = (operation) => {
    const [left, right] = pairOf(operation)
    return joined(operation, make(operation, left, right), left, right, dtype)
  }
  return convert
}

/** @returns the tensor that an operator over two others made */
function joined(
  { call }: Operation,
  name: string,
  left: KerasTensor,
  right: KerasTensor,
  dtype = left.dtype,
): KerasTensor {
  const from = left.shape.length === 0 ? right : left
  return call.made(name, spread(left.shape, right.shape), { ...from, dtype, mask: undefined })
}

/** @returns the shape of two tensors together, aligned at their last axes */
export function spread(left: KerasShape, right: KerasShape): KerasShape {
  const rank = Math.max(left.length, right.length)
  const widened = (shape: KerasShape): KerasShape => [...Array.from({ length: rank - shape.length }, () => 1), ...shape]
  const [one, other] = [widened(left), widened(right)]
  return one.map((size, axis) => {
    const second = other[axis]
    if (size === 1) return second
    if (second === 1 || second === size) return size
    if (size === undefined || second === undefined) return size ?? second
    throw configError(`tensors of shapes [${left.join(', ')}] and [${right.join(', ')}] do not fit together`)
  })
}

const floatingPair = (make: (operation: Operation, left: string, right: string) => string): OperatorConverter =>
  binary((operation, left, right) => make(operation, left.name, right.name))

/** Quotients are floating-point numbers whatever is divided. */
const divide: OperatorConverter = (operation) => {
  const [left, right] = pairOf(operation)
  const [one, other] = [operation.floating(left), operation.floating(right)]
  return joined(operation, operation.node('Div', [one.name, other.name]), one, other)
}

/** As Python: towards minus infinity, also for floating-point numbers. */
const floorDivide: OperatorConverter = (operation) => {
  const [left, right] = pairOf(operation)
  const [one, other] = [operation.floating(left), operation.floating(right)]
  const quotient = operation.node('Floor', [operation.graph.node('Div', [one.name, other.name])])
  return operation.graph.cast(joined(operation, quotient, one, other), left.dtype)
}

const remainder: OperatorConverter = binary((operation, left, right) => {
  if (left.dtype !== 'float32') return operation.node('Mod', [left.name, right.name])
  const { graph } = operation
  const whole = graph.node('Floor', [graph.node('Div', [left.name, right.name])])
  return operation.node('Sub', [left.name, graph.node('Mul', [whole, right.name])])
})

const squaredDifference: OperatorConverter = floatingPair((operation, left, right) => {
  const difference = operation.graph.node('Sub', [left, right])
  return operation.node('Mul', [difference, difference])
})

const divideNoNan: OperatorConverter = floatingPair((operation, left, right) => {
  const { graph } = operation
  const isZero = graph.node('Equal', [right, graph.scalar(0)])
  return operation.node('Where', [isZero, graph.scalar(0), graph.node('Div', [left, right])])
})

const hypotenuse: OperatorConverter = floatingPair((operation, left, right) => {
  const { graph } = operation
  const sum = graph.node('Add', [graph.node('Mul', [left, left]), graph.node('Mul', [right, right])])
  return operation.node('Sqrt', [sum])
})

/** `max + log(1 + exp(-|difference|))`. */
const logAddExp: OperatorConverter = floatingPair((operation, left, right) => {
  const { graph } = operation
  const apart = graph.node('Abs', [graph.node('Sub', [left, right])])
  const rest = graph.node('Log', [
    graph.node('Add', [graph.node('Exp', [graph.node('Neg', [apart])]), graph.scalar(1)]),
  ])
  return operation.node('Add', [graph.node('Max', [left, right]), rest])
})

/** Operators by their names in lower case, without underscores. */
export const BINARY: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>([
  ...named(ARITHMETIC, (target) => binary((operation, left, right) => operation.node(target, [left.name, right.name]))),
  ...named(COMPARISONS, (target) =>
    binary((operation, left, right) => operation.node(target, [left.name, right.name]), 'bool'),
  ),
  ...Object.entries({
    notequal: binary(
      (operation, left, right) => operation.node('Not', [operation.graph.node('Equal', [left.name, right.name])]),
      'bool',
    ),
    ...Object.fromEntries(['divide', 'truedivide', 'truediv', 'div', 'realdiv'].map((name) => [name, divide])),
    floordivide: floorDivide,
    floordiv: floorDivide,
    mod: remainder,
    floormod: remainder,
    squareddifference: squaredDifference,
    dividenonan: divideNoNan,
    hypot: hypotenuse,
    logaddexp: logAddExp,
  }),
])
