/** Operators that work element by element, with the broadcasting of numpy. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { type Layout, shapeIn } from '../layout.js'
import type { Tfjs } from '../library.js'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue } from '../plan.js'
import { isScalar } from '../plan-builder.js'
import { operator, type TfjsOperator, type TfjsOperators } from './operator.js'

type Unary = (tf: Tfjs, x: Tensor) => Tensor
type Binary = (tf: Tfjs, x: Tensor, y: Tensor) => Tensor

/** Arithmetic, comparison and logic. */
export const elementwise: TfjsOperators = {
  Add: binary((tf, x, y) => tf.add(x, y), 'Add'),
  Sub: binary((tf, x, y) => tf.sub(x, y), 'Sub'),
  Mul: binary((tf, x, y) => tf.mul(x, y), 'Multiply'),
  Div: { plan: (call) => pairwise(call, divide(call)), kernels: ['RealDiv', 'FloorDiv'] },
  Pow: binary((tf, x, y) => tf.pow(x, y), 'Pow'),
  PRelu: { plan: prelu, kernels: ['Prelu', 'Maximum', 'Minimum', 'Multiply', 'Add'] },
  Mod: { plan: (call) => pairwise(call, modulo(call)), kernels: ['Mod'] },
  Max: binary((tf, x, y) => tf.maximum(x, y), 'Maximum'),
  Min: binary((tf, x, y) => tf.minimum(x, y), 'Minimum'),
  Sum: binary((tf, x, y) => tf.add(x, y), 'Add'),
  Mean: { plan: meanOfInputs, kernels: ['Add', 'RealDiv'] },
  Equal: binary((tf, x, y) => tf.equal(x, y), 'Equal'),
  Greater: binary((tf, x, y) => tf.greater(x, y), 'Greater'),
  GreaterOrEqual: binary((tf, x, y) => tf.greaterEqual(x, y), 'GreaterEqual'),
  Less: binary((tf, x, y) => tf.less(x, y), 'Less'),
  LessOrEqual: binary((tf, x, y) => tf.lessEqual(x, y), 'LessEqual'),
  And: binary((tf, x, y) => tf.logicalAnd(x, y), 'LogicalAnd'),
  Or: binary((tf, x, y) => tf.logicalOr(x, y), 'LogicalOr'),
  Xor: binary((tf, x, y) => tf.logicalXor(x, y), 'LogicalOr', 'LogicalAnd', 'LogicalNot'),
  Where: { plan: where, kernels: ['Select'] },
  Not: unary((tf, x) => tf.logicalNot(x), 'LogicalNot'),
  Abs: unary((tf, x) => tf.abs(x), 'Abs'),
  Neg: unary((tf, x) => tf.neg(x), 'Neg'),
  Exp: unary((tf, x) => tf.exp(x), 'Exp'),
  Log: unary((tf, x) => tf.log(x), 'Log'),
  Sqrt: unary((tf, x) => tf.sqrt(x), 'Sqrt'),
  Reciprocal: unary((tf, x) => tf.reciprocal(x), 'Reciprocal'),
  Floor: unary((tf, x) => tf.floor(x), 'Floor'),
  Ceil: unary((tf, x) => tf.ceil(x), 'Ceil'),
  Round: unary((tf, x) => tf.round(x), 'Round'),
  Sign: unary((tf, x) => tf.sign(x), 'Sign'),
  Erf: unary((tf, x) => tf.erf(x), 'Erf'),
  Sin: unary((tf, x) => tf.sin(x), 'Sin'),
  Cos: unary((tf, x) => tf.cos(x), 'Cos'),
  Tan: unary((tf, x) => tf.tan(x), 'Tan'),
  Asin: unary((tf, x) => tf.asin(x), 'Asin'),
  Acos: unary((tf, x) => tf.acos(x), 'Acos'),
  Atan: unary((tf, x) => tf.atan(x), 'Atan'),
  Sinh: unary((tf, x) => tf.sinh(x), 'Sinh'),
  Cosh: unary((tf, x) => tf.cosh(x), 'Cosh'),
  IsNaN: unary((tf, x) => tf.isNaN(x), 'IsNan'),
}

/** @returns a row for an operator with one input */
export function unary(work: Unary, ...kernels: readonly string[]): TfjsOperator {
  return operator((call) => mapInput(call, (x) => work(call.tf, x)), ...kernels)
}

/** Sets output 0 to what `work` makes of input 0, in whatever layout that lies. */
export function mapInput(call: OperatorCall, work: (x: Tensor) => Tensor, key = ''): void {
  call.output(call.map(call.value(0), key, work))
}

function binary(work: Binary, ...kernels: readonly string[]): TfjsOperator {
  return operator((call) => pairwise(call, work), ...kernels)
}

/** Any number of inputs, from left to right. */
function pairwise(call: OperatorCall, work: Binary): void {
  const indices = Array.from({ length: call.inputCount }, (_, index) => index)
  const { layout, values } = aligned(call, indices)
  const [first, ...others] = values
  const shape = call.outputShape()
  if (first === undefined) throw call.refusal('no inputs')
  const result = others.reduce(
    (left, right) => call.step([left, right], '', shape, layout, ([x, y]) => work(call.tf, x as Tensor, y as Tensor)),
    first,
  )
  call.output(result)
}

/**
 * Brings inputs to the layout of the largest ones, so that few elements move.
 *
 * @returns values that broadcast as they lie
 */
export function aligned(call: OperatorCall, indices: readonly number[]): { layout: Layout; values: PlannedValue[] } {
  const rank = call.outputShape().length
  const values = indices.map((index) => call.value(index))
  const isImage = values.some((value) => value.layout === 'channels-last' && value.shape.length === rank)
  const isLower = values.some((value) => value.layout === 'channels-last' && value.shape.length < rank)
  const layout = isImage && !isLower ? 'channels-last' : 'plain'
  return { layout, values: values.map((value) => withRank(call, value, rank, layout)) }
}

function withRank(call: OperatorCall, value: PlannedValue, rank: number, layout: Layout): PlannedValue {
  const { builder } = call.context
  if (layout === 'plain') return builder.as('plain', value)
  if (isScalar(value) && value.shape.length < rank) return value
  const shape = [...new Array<number>(rank - value.shape.length).fill(1), ...value.shape]
  const whole = shape.length === value.shape.length ? value : call.reshape(builder.as('plain', value), shape)
  return builder.as(layout, whole)
}

/** Whole numbers are cut towards zero, as in C. */
function divide(call: OperatorCall): Binary {
  const isFloat = call.dtype(0).startsWith('float') || call.dtype(0) === 'bfloat16'
  if (isFloat) return (tf, x, y) => tf.div(x, y)
  return (tf, x, y) => tf.cast(tf.mul(tf.floorDiv(tf.abs(x), tf.abs(y)), tf.mul(tf.sign(x), tf.sign(y))), 'int32')
}

function modulo(call: OperatorCall): Binary {
  if (call.int('fmod', 0) !== 0) throw call.refusal('fmod')
  return (tf, x, y) => tf.mod(x, y)
}

function meanOfInputs(call: OperatorCall): void {
  const count = call.inputCount
  pairwise(call, (tf, x, y) => tf.add(x, y))
  const name = call.trace.node.outputs[0] ?? ''
  const sum = call.context.values.get(name)
  if (sum !== undefined && count > 1) call.output(call.map(sum, `by ${count}`, (x) => call.tf.div(x, count)))
}

/**
 * WebAssembly takes slopes by their place in the last axes, whatever their shape (tfjs-backend-wasm 4.22), so that its
 * kernel is for slopes that fill those; others are put together.
 */
function prelu(call: OperatorCall): void {
  const { tf } = call
  const { layout, values } = aligned(call, [0, 1])
  const [x, slope] = values as [PlannedValue, PlannedValue]
  const [whole, own] = [shapeIn(layout, x.shape), shapeIn(layout, slope.shape)]
  const first = own.findIndex((size) => size !== 1)
  const isTrailing =
    first >= 0 && own.slice(first).every((size, axis) => size === whole[whole.length - own.length + first + axis])
  const work = ([input, factor]: readonly Tensor[]): Tensor =>
    isTrailing
      ? tf.prelu(input as Tensor, factor as Tensor)
      : tf.add(tf.maximum(input as Tensor, 0), tf.mul(tf.minimum(input as Tensor, 0), factor as Tensor))
  call.output(call.step(values, `${isTrailing}`, call.outputShape(), layout, work))
}

function where(call: OperatorCall): void {
  const { layout, values } = aligned(call, [0, 1, 2])
  const work = ([condition, x, y]: readonly Tensor[]) => call.tf.where(condition as Tensor, x as Tensor, y as Tensor)
  call.output(call.step(values, '', call.outputShape(), layout, work))
}
