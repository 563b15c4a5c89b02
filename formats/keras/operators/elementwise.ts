/** Operators that work element by element, with one tensor or with several that are spread over each other. */
import { float, text } from '../../../src/graph/attributes.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { activate } from '../activations.js'
import { configError } from '../keras-errors.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import type { Operation, OperatorConverter } from './operation.js'

/** Names of ONNX for operators with one input, of whatever type. */
const PLAIN: Readonly<Record<string, string>> = {
  abs: 'Abs',
  absolute: 'Abs',
  negative: 'Neg',
  neg: 'Neg',
  ceil: 'Ceil',
  floor: 'Floor',
  round: 'Round',
  rint: 'Round',
  sign: 'Sign',
}

/** The same for those that give floating-point numbers. */
const FLOATING: Readonly<Record<string, string>> = {
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  inv: 'Reciprocal',
  erf: 'Erf',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  arcsin: 'Asin',
  arccos: 'Acos',
  arctan: 'Atan',
  arcsinh: 'Asinh',
  arccosh: 'Acosh',
  arctanh: 'Atanh',
  asin: 'Asin',
  acos: 'Acos',
  atan: 'Atan',
  asinh: 'Asinh',
  acosh: 'Acosh',
  atanh: 'Atanh',
}

/** Activations, by the names that they have as operators. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  selu: 'selu',
  silu: 'silu',
  swish: 'silu',
  hardsigmoid: 'hard_sigmoid',
  hardsilu: 'hard_silu',
  hardswish: 'hard_silu',
  hardtanh: 'hard_tanh',
  logsigmoid: 'log_sigmoid',
  mish: 'mish',
  tanhshrink: 'tanh_shrink',
  sparseplus: 'sparse_plus',
  sparsesigmoid: 'sparse_sigmoid',
  squareplus: 'squareplus',
}

const TESTS: Readonly<Record<string, string>> = { isnan: 'IsNaN', isinf: 'IsInf' }

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

/** Each step of a formula in one tensor. */
type Formula = (operation: Operation, tensor: KerasTensor) => KerasTensor

const times = ({ graph }: Operation, left: KerasTensor, right: KerasTensor): KerasTensor => ({
  ...left,
  name: graph.node('Mul', [left.name, right.name]),
})

const FORMULAS: Readonly<Record<string, Formula>> = {
  square: (operation, tensor) => times(operation, tensor, tensor),
  rsqrt: ({ graph }, tensor) => graph.elementwise(graph.elementwise(tensor, 'Sqrt'), 'Reciprocal'),
  log1p: ({ graph }, tensor) => graph.elementwise(graph.withScalar('Add', tensor, 1), 'Log'),
  expm1: ({ graph }, tensor) => graph.withScalar('Sub', graph.elementwise(tensor, 'Exp'), 1),
  log2: ({ graph }, tensor) => graph.withScalar('Mul', graph.elementwise(tensor, 'Log'), Math.LOG2E),
  log10: ({ graph }, tensor) => graph.withScalar('Mul', graph.elementwise(tensor, 'Log'), Math.LOG10E),
  exp2: ({ graph }, tensor) => graph.elementwise(graph.withScalar('Mul', tensor, Math.LN2), 'Exp'),
  erfc: ({ graph }, tensor) => graph.withScalar('Add', graph.elementwise(graph.elementwise(tensor, 'Erf'), 'Neg'), 1),
  deg2rad: ({ graph }, tensor) => graph.withScalar('Mul', tensor, Math.PI / 180),
  rad2deg: ({ graph }, tensor) => graph.withScalar('Mul', tensor, 180 / Math.PI),
  trunc: (operation, tensor) => {
    const { graph } = operation
    const size = graph.elementwise(graph.elementwise(tensor, 'Abs'), 'Floor')
    return times(operation, graph.elementwise(tensor, 'Sign'), size)
  },
}

const unary = (make: (operation: Operation, tensor: KerasTensor) => KerasTensor): OperatorConverter => {
  return (operation) => make(operation, operation.operand(0, 'x', 'features', 'input', 'a', 'logits'))
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

const clip: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.operand(0, 'x', 't')
  const limits = [
    operation.number(Number.NEGATIVE_INFINITY, 1, 'x_min', 'clip_value_min', 'min_value'),
    operation.number(Number.POSITIVE_INFINITY, 2, 'x_max', 'clip_value_max', 'max_value'),
  ]
  const [low = '', high = ''] = limits.map((limit) => operation.constant([limit], [], input.dtype).name)
  return { ...input, name: graph.node('Clip', [input.name, low, high]) }
}

/** `where(condition, x, y)`. */
const where: OperatorConverter = (operation) => {
  const condition = operation.graph.cast(operation.tensor(0, 'condition'), 'bool')
  const first = operation.asTensor(operation.value(1, 'x1', 'x'))
  const second = operation.asTensor(operation.value(2, 'x2', 'y'), first?.dtype)
  const one = operation.asTensor(operation.value(1, 'x1', 'x'), second?.dtype)
  if (one === undefined || second === undefined) throw operation.call.refuse('it is called without two values')
  const [left = one, right = second] = operation
    .promoted([one, second])
    .map((tensor) => operation.graph.logical(tensor))
  const name = operation.node('Where', [condition.name, left.name, right.name])
  return operation.made(name, spread(condition.shape, spread(left.shape, right.shape)), left.dtype)
}

const filled =
  (value: number | undefined): OperatorConverter =>
  (operation) => {
    const input = operation.operand(0, 'x', 'input', 'tensor')
    const wanted = typeName(operation.value(-1, 'dtype')) ?? input.dtype
    const number = value ?? operation.number(0, 1, 'fill_value')
    const filler = operation.constant([number], [], wanted)
    const name = operation.graph.node('Expand', [filler.name, operation.shapeOf(input)])
    return { ...input, dtype: wanted, name }
  }

const TYPES: ReadonlySet<string> = new Set([
  'bool',
  'float32',
  'float64',
  ...['int8', 'int16', 'int32', 'int64'],
  ...['uint8', 'uint16'],
])

/** @returns a type that values may have; halves become float32, as all arithmetic is done in it */
export function typeName(value: unknown): DataType | undefined {
  if (value === 'float16' || value === 'bfloat16') return 'float32'
  return typeof value === 'string' && TYPES.has(value) ? (value as DataType) : undefined
}

const cast: OperatorConverter = (operation) => {
  const given = operation.value(1, 'dtype', 'DstT')
  const wanted = typeName(given)
  if (wanted === undefined) throw operation.call.refuse(`it casts to ${JSON.stringify(given)?.slice(0, 60)}`)
  return operation.graph.cast(operation.operand(0, 'x', 'tensor'), wanted)
}

const entries = (names: Readonly<Record<string, string>>, make: (target: string) => OperatorConverter) =>
  Object.entries(names).map(([name, target]) => [name, make(target)] as const)

const activated = (value: string) =>
  unary((operation, tensor) => activate(operation.call, operation.floating(tensor), value))

const identity = unary((_, tensor) => tensor)

/** Operators by their names in lower case, without underscores. */
export const ELEMENTWISE: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>([
  ...entries(PLAIN, (target) => unary(({ graph }, tensor) => graph.elementwise(tensor, target))),
  ...entries(FLOATING, (target) =>
    unary((operation, tensor) => operation.graph.elementwise(operation.floating(tensor), target)),
  ),
  ...entries(ACTIVATIONS, activated),
  ...Object.entries(FORMULAS).map(
    ([name, make]) =>
      [
        name,
        unary((operation, tensor) => make(operation, name === 'square' ? tensor : operation.floating(tensor))),
      ] as const,
  ),
  ...entries(TESTS, (target) =>
    unary(({ graph }, tensor) => ({ ...graph.elementwise(tensor, target), dtype: 'bool' as const })),
  ),
  ...entries(ARITHMETIC, (target) =>
    binary((operation, left, right) => operation.node(target, [left.name, right.name])),
  ),
  ...entries(COMPARISONS, (target) =>
    binary((operation, left, right) => operation.node(target, [left.name, right.name]), 'bool'),
  ),
  ...Object.entries({
    notequal: binary(
      (operation, left, right) => operation.node('Not', [operation.graph.node('Equal', [left.name, right.name])]),
      'bool',
    ),
    logicalnot: unary(({ graph }, tensor) => graph.elementwise(graph.cast(tensor, 'bool'), 'Not')),
    isfinite: unary(({ graph }, tensor) => {
      const isOdd = graph.node('Or', [graph.node('IsNaN', [tensor.name]), graph.node('IsInf', [tensor.name])])
      return { ...tensor, dtype: 'bool' as const, name: graph.node('Not', [isOdd]) }
    }),
    ...Object.fromEntries(['divide', 'truedivide', 'truediv', 'div', 'realdiv'].map((name) => [name, divide])),
    floordivide: floorDivide,
    floordiv: floorDivide,
    mod: remainder,
    floormod: remainder,
    squareddifference: squaredDifference,
    dividenonan: divideNoNan,
    hypot: hypotenuse,
    logaddexp: logAddExp,
    clip,
    clipbyvalue: clip,
    where,
    wherev2: where,
    selectv2: where,
    oneslike: filled(1),
    zeroslike: filled(0),
    fulllike: filled(undefined),
    cast,
    saturatecast: cast,
    ...Object.fromEntries(['stopgradient', 'copy', 'identity', 'converttotensor'].map((name) => [name, identity])),
    gelu: (operation: Operation) => {
      const isApproximate = operation.value(1, 'approximate') !== false && operation.call.context.kerasVersion >= 3
      return gelu(operation, isApproximate || operation.flag(1, 'approximate'))
    },
    leakyrelu: (operation: Operation) =>
      sloped(operation, 'LeakyRelu', operation.number(0.2, 1, 'negative_slope', 'alpha')),
    elu: (operation: Operation) => sloped(operation, 'Elu', operation.number(1, 1, 'alpha')),
    celu: (operation: Operation) => sloped(operation, 'Celu', operation.number(1, 1, 'alpha')),
  }),
])

function sloped(operation: Operation, operator: string, alpha: number): KerasTensor {
  const input = operation.operand(0, 'x', 'features')
  return operation.graph.elementwise(input, operator, { alpha: float(alpha) })
}

function gelu(operation: Operation, isApproximate: boolean): KerasTensor {
  const input = operation.operand(0, 'x', 'features')
  return operation.graph.elementwise(input, 'Gelu', isApproximate ? { approximate: text('tanh') } : {})
}
