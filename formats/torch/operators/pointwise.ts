/** Functions of one element at a time that are no activations. @see https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops */
import { int } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { dtypeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { truncated } from './arithmetic.js'
import { cast, like, widened } from './operands.js'
import { floatingType, isWhole } from './type-promotion.js'

type Step = (value: Value, emitter: TorchEmitter, call: OperatorCall) => Value

const negated = onNumbers(node('Neg'))
const absolute = onNumbers(node('Abs'))
const exponential2 = onFloats((x, emitter) => emitter.emit('Pow', [like(2, x, emitter), x]))
const exponentialLess1 = onFloats((x, emitter) => emitter.emit('Sub', [emitter.emit('Exp', [x]), like(1, x, emitter)]))
const logarithmOf1More = onFloats((x, emitter) => emitter.emit('Log', [emitter.emit('Add', [x, like(1, x, emitter)])]))

/** Functions whose result has the element type of the input, and those that make whole numbers floating point. */
export const pointwise: OperatorRules = {
  neg: negated,
  negative: negated,
  abs: absolute,
  absolute,
  sign: onNumbers(node('Sign')),
  sgn: onNumbers(node('Sign')),
  square: onNumbers((x, emitter) => emitter.emit('Mul', [x, x])),
  positive: onNumbers((x) => x),
  floor: rounding(node('Floor')),
  ceil: rounding(node('Ceil')),
  round: rounding(rounded),
  trunc: rounding(truncated),
  fix: rounding(truncated),
  frac: onNumbers((x, emitter) => emitter.emit('Sub', [x, truncated(x, emitter)])),
  sqrt: onFloats(node('Sqrt')),
  rsqrt: onFloats((x, emitter) => emitter.emit('Reciprocal', [emitter.emit('Sqrt', [x])])),
  reciprocal: onFloats(node('Reciprocal')),
  exp: onFloats(node('Exp')),
  exp2: exponential2,
  special_exp2: exponential2,
  expm1: exponentialLess1,
  special_expm1: exponentialLess1,
  log: onFloats(node('Log')),
  log2: onFloats(logarithm(Math.LN2)),
  log10: onFloats(logarithm(Math.LN10)),
  log1p: logarithmOf1More,
  special_log1p: logarithmOf1More,
  logit: onFloats(logit),
  sin: onFloats(node('Sin')),
  cos: onFloats(node('Cos')),
  tan: onFloats(node('Tan')),
  asin: onFloats(node('Asin')),
  arcsin: onFloats(node('Asin')),
  acos: onFloats(node('Acos')),
  arccos: onFloats(node('Acos')),
  atan: onFloats(node('Atan')),
  arctan: onFloats(node('Atan')),
  sinh: onFloats(node('Sinh')),
  cosh: onFloats(node('Cosh')),
  tanh: onFloats(node('Tanh')),
  asinh: onFloats(node('Asinh')),
  arcsinh: onFloats(node('Asinh')),
  acosh: onFloats(node('Acosh')),
  arccosh: onFloats(node('Acosh')),
  atanh: onFloats(node('Atanh')),
  arctanh: onFloats(node('Atanh')),
  sinc: onFloats(sinc),
  erf: onFloats(node('Erf')),
  special_erf: onFloats(node('Erf')),
  special_erfc: onFloats(complementaryError),
  erfc: onFloats(complementaryError),
  deg2rad: onFloats((x, emitter) => emitter.emit('Mul', [x, like(Math.PI / 180, x, emitter)])),
  rad2deg: onFloats((x, emitter) => emitter.emit('Mul', [x, like(180 / Math.PI, x, emitter)])),
  nan_to_num: nanToNumber,
  isnan: (call, emitter) => emitter.tensor('IsNaN', [call.value(0, 'self')]),
  isinf: (call, emitter) => emitter.tensor('IsInf', [call.value(0, 'self')]),
  isposinf: (call, emitter) => infinite({ detect_negative: int(0) }, call, emitter),
  isneginf: (call, emitter) => infinite({ detect_positive: int(0) }, call, emitter),
  isfinite: (call, emitter) => {
    const x = call.value(0, 'self')
    return emitter.tensor('Not', [emitter.emit('Or', [emitter.emit('IsNaN', [x]), emitter.emit('IsInf', [x])])])
  },
}

function node(operator: string): Step {
  return (value, emitter) => emitter.emit(operator, [value])
}

/** @returns a rule whose result has the type of the input */
function onNumbers(step: Step): OperatorRule {
  return (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    return tensor(cast(step(cast(value, widened(dtype), emitter), emitter, call), dtype, emitter))
  }
}

/** @returns a rule that takes whole numbers as floating-point ones */
function onFloats(step: Step): OperatorRule {
  return (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    const type: DataType | undefined = floatingType(dtype)
    return tensor(cast(step(cast(value, widened(type), emitter), emitter, call), type, emitter))
  }
}

/** Whole numbers are rounded already. */
function rounding(step: Step): OperatorRule {
  const rule = onNumbers(step)
  return (call, emitter) =>
    isWhole(call.tensor(0, 'self').dtype) ? tensor(call.value(0, 'self')) : rule(call, emitter)
}

/** Ties to even, to `decimals` places, which may lie before the point. */
function rounded(value: Value, emitter: TorchEmitter, call: OperatorCall): Value {
  const decimals = call.int(1, 'decimals', 0)
  if (decimals === 0) return emitter.emit('Round', [value])
  const scale = like(10 ** Math.abs(decimals), value, emitter)
  const [there, back] = decimals > 0 ? ['Mul', 'Div'] : ['Div', 'Mul']
  return emitter.emit(back, [emitter.emit('Round', [emitter.emit(there, [value, scale])]), scale])
}

function complementaryError(value: Value, emitter: TorchEmitter): Value {
  return emitter.emit('Sub', [like(1, value, emitter), emitter.emit('Erf', [value])])
}

/** `sin(pi x) / (pi x)`, 1 at 0. */
function sinc(value: Value, emitter: TorchEmitter): Value {
  const angle = emitter.emit('Mul', [value, like(Math.PI, value, emitter)])
  const found = emitter.emit('Div', [emitter.emit('Sin', [angle]), angle])
  return emitter.emit('Where', [
    emitter.emit('Equal', [value, like(0, value, emitter)]),
    like(1, value, emitter),
    found,
  ])
}

function infinite(attributes: Attributes, call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  return emitter.tensor('IsInf', [call.value(0, 'self')], attributes)
}

function logarithm(ofBase: number): Step {
  return (value, emitter) => emitter.emit('Div', [emitter.emit('Log', [value]), like(ofBase, value, emitter)])
}

/** Of numbers that are first brought into `[eps, 1 - eps]`. */
function logit(value: Value, emitter: TorchEmitter, call: OperatorCall): Value {
  const eps = call.number(1, 'eps', -1)
  const limits = [like(eps, value, emitter), like(1 - eps, value, emitter)]
  const inside = eps < 0 ? value : emitter.emit('Clip', [value, ...limits])
  const rest = emitter.emit('Sub', [like(1, value, emitter), inside])
  return emitter.emit('Log', [emitter.emit('Div', [inside, rest])])
}

const LARGEST: Readonly<Partial<Record<DataType, number>>> = {
  float16: 65504,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
}

/** What is no number becomes 0, the infinite the largest number of the type, unless told otherwise. */
function nanToNumber(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const x = call.value(0, 'self')
  const dtype = dtypeOf(x.known) ?? 'float32'
  if (isWhole(dtype)) return tensor(x)
  const largest = LARGEST[dtype] ?? Number.MAX_VALUE
  const [nan, high, low] = [
    call.number(1, 'nan', 0),
    call.number(2, 'posinf', largest),
    call.number(3, 'neginf', -largest),
  ]
  const isHigh = emitter.emit('Equal', [x, like(Number.POSITIVE_INFINITY, x, emitter)])
  const isLow = emitter.emit('Equal', [x, like(Number.NEGATIVE_INFINITY, x, emitter)])
  const below = emitter.emit('Where', [isLow, like(low, x, emitter), x])
  const inside = emitter.emit('Where', [isHigh, like(high, x, emitter), below])
  return emitter.tensor('Where', [emitter.emit('IsNaN', [x]), like(nan, x, emitter), inside])
}
