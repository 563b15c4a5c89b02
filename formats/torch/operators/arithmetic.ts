/** Arithmetic of two operands, each a tensor or a number. @see https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops */
import { int } from '../../../src/graph/attributes.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { freeNames } from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { float, NONE, type ScriptValue, tensor, int as whole } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { cast, like, operandOf, widened } from './operands.js'
import { floatingType, isWhole, resultType } from './type-promotion.js'

type Step = (left: Value, right: Value, emitter: TorchEmitter) => Value

/** Sums, products, quotients, remainders, powers, and what is made of them. */
export const arithmetic: OperatorRules = {
  add: (call, emitter) => sum('Add', call, emitter),
  sub: (call, emitter) => sum('Sub', call, emitter),
  subtract: (call, emitter) => sum('Sub', call, emitter),
  rsub: (call, emitter) => reversedDifference(call, emitter),
  mul: binary(node('Mul')),
  multiply: binary(node('Mul')),
  div: divided,
  divide: divided,
  true_divide: divided,
  floor_divide: binary(flooredQuotient),
  remainder: binary(remainder),
  fmod: binary((left, right, emitter) => emitter.emit('Mod', [left, right], { fmod: int(1) })),
  pow: binary(node('Pow')),
  float_power: binary(node('Pow'), () => 'float64'),
  maximum: binary(node('Max')),
  minimum: binary(node('Min')),
  fmax: binary((left, right, emitter) => exceptNan('Max', left, right, emitter)),
  fmin: binary((left, right, emitter) => exceptNan('Min', left, right, emitter)),
  atan2: binary(angle, floatingType),
  arctan2: binary(angle, floatingType),
  hypot: binary((left, right, emitter) => {
    const squares = emitter.emit('Add', [square(left, emitter), square(right, emitter)])
    return emitter.emit('Sqrt', [squares])
  }),
  copysign: binary((left, right, emitter) => {
    const size = emitter.emit('Abs', [left])
    return emitter.emit('Where', [hasMinus(right, emitter), emitter.emit('Neg', [size]), size])
  }, floatingType),
  heaviside: binary((left, right, emitter) => {
    const zero = like(0, left, emitter)
    const step = cast(emitter.emit('Greater', [left, zero]), dtypeOf(left.known), emitter)
    return emitter.emit('Where', [emitter.emit('Equal', [left, zero]), right, step])
  }),
  xlogy: binary((left, right, emitter) => {
    const product = emitter.emit('Mul', [left, emitter.emit('Log', [right])])
    const zero = like(0, left, emitter)
    return emitter.emit('Where', [emitter.emit('Equal', [left, zero]), zero, product])
  }, floatingType),
  logaddexp: binary(logarithmOfSum(1)),
  logaddexp2: binary(logarithmOfSum(Math.LN2)),
  addcmul: scaledTerm(node('Mul')),
  addcdiv: scaledTerm(node('Div')),
  lerp,
}

/** @param unit - natural logarithm of the base. Infinities alike have no distance. */
function logarithmOfSum(unit: number): Step {
  return (left, right, emitter) => {
    const [one, zero] = [like(unit, left, emitter), like(0, left, emitter)]
    const difference = emitter.emit('Abs', [emitter.emit('Sub', [left, right])])
    const distance = emitter.emit('Where', [emitter.emit('Equal', [left, right]), zero, difference])
    const rest = emitter.emit('Softplus', [emitter.emit('Neg', [emitter.emit('Mul', [distance, one])])])
    return emitter.emit('Add', [emitter.emit('Max', [left, right]), emitter.emit('Div', [rest, one])])
  }
}

function node(operator: string): Step {
  return (left, right, emitter) => emitter.emit(operator, [left, right])
}

/** @param typeOf - of the result, from what the operands have in common */
function binary(
  step: Step,
  typeOf: (common: DataType | undefined) => DataType | undefined = (common) => common,
): OperatorRule {
  return (call, emitter) => {
    const operands = [
      call.at(0, 'self') ?? NONE,
      call.at(1, 'other') ?? call.at(1, 'exponent') ?? call.at(1, 'values') ?? NONE,
    ]
    return combined(step, operands, typeOf(resultType(withNumber(operands, call))), call, emitter)
  }
}

/** On the right of these four, PyTorch takes a constant without axes for the number that it was in Python. */
const WITH_NUMBER: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div'])

/** @returns the operands, for the sake of their types alone */
function withNumber([left = NONE, right = NONE]: readonly ScriptValue[], call: OperatorCall): readonly ScriptValue[] {
  if (right.kind !== 'tensor' || !right.isNumber || !WITH_NUMBER.has(call.name)) return [left, right]
  return [left, isWhole(right.dtype) ? whole(1) : float(1)]
}

/** @param dtype - of the result */
function combined(
  step: Step,
  operands: readonly ScriptValue[],
  dtype: DataType | undefined,
  call: OperatorCall,
  emitter: TorchEmitter,
): ScriptValue {
  const [left, right] = operands.map((operand) => operandOf(operand, widened(dtype), call, emitter))
  if (left === undefined || right === undefined) return call.refuse('an operand is left out')
  settleSides(left, right)
  return tensor(cast(step(left, right, emitter), dtype, emitter))
}

/**
 * Maps beside weights of a fixed size, as a position embedding is, must be as large.
 *
 * @throws {OpenSize} where one side of the input is still free
 */
function settleSides(left: Value, right: Value): void {
  const [first, second] = [shapeOf(left.known) ?? [], shapeOf(right.known) ?? []]
  for (let axis = 1; axis <= Math.min(first.length, second.length); axis += 1) {
    const [one = 1, other = 1] = [first.at(-axis), second.at(-axis)]
    if (typeof one === typeof other) continue
    const [size, expected] = typeof one === 'number' ? [other, one] : [one, other]
    const isOfSides = [...freeNames(size)].every((name) => /^(.*_)?[HW]$/.test(name))
    if (typeof expected === 'number' && expected > 1 && isOfSides) throw new OpenSize(size, expected)
  }
}

/** `self + alpha * other`; the number `alpha` does not change the element type. */
function sum(operator: 'Add' | 'Sub', call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const alpha = call.number(2, 'alpha', 1)
  return binary((left, right) => emitter.emit(operator, [left, times(right, alpha, emitter)]))(call, emitter)
}

function reversedDifference(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const alpha = call.number(2, 'alpha', 1)
  return binary((left, right) => emitter.emit('Sub', [right, times(left, alpha, emitter)]))(call, emitter)
}

const times = (value: Value, factor: number, emitter: TorchEmitter): Value =>
  factor === 1 ? value : emitter.emit('Mul', [value, like(factor, value, emitter)])

const square = (value: Value, emitter: TorchEmitter): Value => emitter.emit('Mul', [value, value])

/** Without a way of rounding whole numbers are divided as floating-point ones. */
function divided(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const mode = call.text(2, 'rounding_mode', '')
  if (mode === 'floor') return binary(flooredQuotient)(call, emitter)
  return binary(mode === 'trunc' ? truncatedQuotient : node('Div'), mode === '' ? floatingType : undefined)(
    call,
    emitter,
  )
}

function truncatedQuotient(left: Value, right: Value, emitter: TorchEmitter): Value {
  const quotient = emitter.emit('Div', [left, right])
  return isWhole(dtypeOf(left.known)) ? quotient : truncated(quotient, emitter)
}

/** @returns floating-point numbers rounded towards zero */
export function truncated(value: Value, emitter: TorchEmitter): Value {
  const size = emitter.emit('Floor', [emitter.emit('Abs', [value])])
  return emitter.emit('Mul', [emitter.emit('Sign', [value]), size])
}

/** Without the remainder the division comes out even, but for what floating point leaves. */
function flooredQuotient(left: Value, right: Value, emitter: TorchEmitter): Value {
  const whole = emitter.emit('Sub', [left, remainder(left, right, emitter)])
  const quotient = emitter.emit('Div', [whole, right])
  return isWhole(dtypeOf(left.known)) ? quotient : emitter.emit('Round', [quotient])
}

/** With the sign of the divisor; ONNX has that for whole numbers only. */
function remainder(left: Value, right: Value, emitter: TorchEmitter): Value {
  if (isWhole(dtypeOf(left.known))) return emitter.emit('Mod', [left, right])
  const rest = emitter.emit('Mod', [left, right], { fmod: int(1) })
  const zero = like(0, left, emitter)
  const differs = emitter.emit('Less', [emitter.emit('Mul', [emitter.emit('Sign', [rest]), right]), zero])
  return emitter.emit('Where', [differs, emitter.emit('Add', [rest, right]), rest])
}

/** A number wins over what is not one. */
function exceptNan(operator: string, left: Value, right: Value, emitter: TorchEmitter): Value {
  const both = emitter.emit(operator, [left, right])
  if (isWhole(dtypeOf(left.known))) return both
  const unlessRight = emitter.emit('Where', [emitter.emit('IsNaN', [right]), left, both])
  return emitter.emit('Where', [emitter.emit('IsNaN', [left]), right, unlessRight])
}

/** Of a zero its reciprocal shows the sign. */
function hasMinus(value: Value, emitter: TorchEmitter): Value {
  const zero = like(0, value, emitter)
  const isBelow = emitter.emit('Less', [value, zero])
  const isReciprocalBelow = emitter.emit('Less', [emitter.emit('Div', [like(1, value, emitter), value]), zero])
  return emitter.emit('Or', [isBelow, isReciprocalBelow])
}

/** Of the point `(x, y)`, from -pi to pi; zeros have signs. */
function angle(y: Value, x: Value, emitter: TorchEmitter): Value {
  const number = (value: number) => like(value, x, emitter)
  const quotient = emitter.emit('Div', [y, x])
  const isEven = emitter.emit('Equal', [emitter.emit('Abs', [y]), emitter.emit('Abs', [x])])
  // Of two zeros, and of two infinities, the quotient is no number.
  const isOpen = emitter.emit('And', [isEven, emitter.emit('IsNaN', [quotient])])
  const known = emitter.emit('Where', [isOpen, evenSlope(y, x, emitter), quotient])
  const slope = emitter.emit('Atan', [known])
  const half = emitter.emit('Where', [hasMinus(y, emitter), number(-Math.PI), number(Math.PI)])
  return emitter.emit('Where', [hasMinus(x, emitter), emitter.emit('Add', [slope, half]), slope])
}

/** The quotient of two numbers of one size: 1 or -1, of zeros 0 or -0. */
function evenSlope(y: Value, x: Value, emitter: TorchEmitter): Value {
  const size = emitter.emit('Abs', [emitter.emit('Sign', [x])])
  const differs = emitter.emit('Xor', [hasMinus(y, emitter), hasMinus(x, emitter)])
  return emitter.emit('Where', [differs, emitter.emit('Neg', [size]), size])
}

/** `self + value * (tensor1 step tensor2)`. */
function scaledTerm(step: Step): OperatorRule {
  return (call, emitter) => {
    const given = [call.tensor(0, 'self'), call.tensor(1, 'tensor1'), call.tensor(2, 'tensor2')]
    const dtype = resultType(given)
    const [self, first, second] = given.map((operand) => operandOf(operand, widened(dtype), call, emitter))
    if (self === undefined || first === undefined || second === undefined) return call.refuse('an operand is left out')
    const term = times(step(first, second, emitter), call.number(3, 'value', 1), emitter)
    return tensor(cast(emitter.emit('Add', [self, term]), dtype, emitter))
  }
}

/** `self + weight * (end - self)`. */
function lerp(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [self, end] = [call.value(0, 'self'), call.value(1, 'end')]
  const weight = operandOf(call.at(2, 'weight') ?? NONE, dtypeOf(self.known), call, emitter)
  const distance = emitter.emit('Sub', [end, self])
  return emitter.tensor('Add', [self, emitter.emit('Mul', [weight, distance])])
}
