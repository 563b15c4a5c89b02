/** Arithmetic on numbers: whole ones may be sizes that stay free, e.g. the batch. */
import {
  add,
  type Dimension,
  floorDivide,
  max,
  min,
  modulo,
  multiply,
  subtract,
} from '../../../../src/graph/dimension.js'
import { numbersOf } from '../../../../src/operators/known-value.js'
import { bool, float, int, type ScriptValue } from '../../script-value.js'
import type { Bound } from '../bound.js'
import { type BuiltIn, type BuiltInCall, type BuiltIns, known } from './built-in.js'
import { inWide } from './wide-numbers.js'

/** A number of the program. */
export type ScriptNumber = Extract<ScriptValue, { kind: 'int' | 'float' | 'bool' }>

/** @returns a number, or what a tensor without axes holds where that is known before the run */
export function asNumber(value: Bound | undefined): ScriptNumber | undefined {
  if (value?.kind === 'int' || value?.kind === 'float' || value?.kind === 'bool') return value
  if (value?.kind !== 'tensor' || value.shape?.length !== 0) return undefined
  const [element] = value.value.known.elements ?? []
  if (element === undefined || typeof element === 'string') return undefined
  if (value.dtype === 'bool') return bool(element !== 0) as ScriptNumber
  if (value.dtype?.startsWith('int') || value.dtype === 'uint8')
    return isExact(element) ? (int(element) as ScriptNumber) : undefined
  // What is trained stays a tensor.
  if (value.value.initializer === undefined || value.value.initializer.trainable === true) return undefined
  const [number] = numbersOf(value.value.known) ?? []
  return number === undefined ? undefined : (float(number) as ScriptNumber)
}

/** Beyond 2^53 a `number` may stand for another: the operators compute with tensors of 64 bits. */
const isExact = (size: Dimension): boolean => typeof size !== 'number' || Number.isSafeInteger(size)

/** @returns the size; `undefined` where it is not exact, and none of those that it was made of */
function exact(size: Dimension, from: readonly Dimension[]): ScriptValue | undefined {
  return isExact(size) || from.includes(size) ? int(size) : undefined
}

/** @returns its value as a floating-point number */
export function floatOf(value: ScriptNumber): number {
  return value.kind === 'float' ? value.value : known(sizeOf(value))
}

function sizeOf(value: Exclude<ScriptNumber, { kind: 'float' }>): Dimension {
  return value.kind === 'bool' ? Number(value.value) : value.value
}

/**
 * The numbers of a call, where each argument is one. A call of tensors alone is left to the operators, so that a weight
 * without axes stays one.
 */
export function numbersIn({ args }: BuiltInCall): readonly ScriptNumber[] | undefined {
  if (!args.some((value) => value.kind !== 'tensor')) return undefined
  const numbers = args.map(asNumber)
  return numbers.every((value) => value !== undefined) ? (numbers as ScriptNumber[]) : undefined
}

/** @param wide - the same on numbers of 64 bits */
function binary(
  whole: (a: Dimension, b: Dimension) => Dimension,
  real: (a: number, b: number) => number,
  wide?: (a: bigint, b: bigint) => bigint,
): BuiltIn {
  return (call) => {
    const [left, right] = numbersIn(call) ?? []
    if (left === undefined || right === undefined) return wide && inWide(call, wide)
    if (left.kind === 'float' || right.kind === 'float') return float(real(floatOf(left), floatOf(right)))
    const sizes = [sizeOf(left), sizeOf(right)] as const
    return exact(whole(...sizes), sizes) ?? (wide && inWide(call, wide))
  }
}

function unary(compute: (value: number) => number): BuiltIn {
  return (call) => {
    const [value] = numbersIn(call) ?? []
    return value === undefined ? undefined : float(compute(floatOf(value)))
  }
}

/** Whole numbers stay as they are. */
function rounding(compute: (value: number) => number): BuiltIn {
  return (call) => {
    const [value] = numbersIn(call) ?? []
    if (value === undefined) return undefined
    return value.kind === 'float' ? int(compute(value.value)) : int(sizeOf(value))
  }
}

/** Remainder with the sign of the divisor, as Python's. */
const remainder = (a: number, b: number): number => a - b * Math.floor(a / b)

/** Halves go to the even neighbour, as in Python. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}

const floorDiv = binary(floorDivide, (a, b) => Math.floor(a / b))

/** True division; `rounding_mode` is what traced code writes for `//`. */
const divide: BuiltIn = (call) => {
  const [left, right] = numbersIn(call) ?? []
  if (left === undefined || right === undefined) return undefined
  const mode = call.named.get('rounding_mode')
  if (mode?.kind === 'string' && left.kind !== 'float' && right.kind !== 'float') {
    // Sizes are not negative, so that rounding down and towards 0 are the same.
    return int(floorDivide(sizeOf(left), sizeOf(right)))
  }
  const quotient = floatOf(left) / floatOf(right)
  if (mode?.kind !== 'string') return float(quotient)
  return float(mode.value === 'floor' ? Math.floor(quotient) : Math.trunc(quotient))
}

const power: BuiltIn = (call) => {
  const [left, right] = numbersIn(call) ?? []
  if (left === undefined || right === undefined) return undefined
  const result = floatOf(left) ** floatOf(right)
  return left.kind !== 'float' && right.kind !== 'float' && Number.isSafeInteger(result) ? int(result) : float(result)
}

/** Of two numbers, or of the items of a list. */
function extreme(whole: (a: Dimension, b: Dimension) => Dimension, real: (a: number, b: number) => number): BuiltIn {
  const ofTwo = binary(whole, real)
  return (call) => {
    const [first] = call.args
    if (first?.kind !== 'list' || call.args.length > 1) return ofTwo(call)
    const numbers = first.items.map(asNumber).filter((value) => value !== undefined)
    if (numbers.length < first.items.length || numbers.length === 0) return undefined
    if (numbers.some(({ kind }) => kind === 'float')) return float(numbers.map(floatOf).reduce(real))
    return int(numbers.map((value) => (value.kind === 'float' ? 0 : sizeOf(value))).reduce(whole))
  }
}

const negate: BuiltIn = (call) => {
  const [value] = numbersIn(call) ?? []
  if (value?.kind === 'float') return float(-value.value)
  const opposite = value && exact(multiply(-1, sizeOf(value)), [])
  return opposite ?? inWide(call, (number) => -number)
}

const absolute: BuiltIn = (call) => {
  const [value] = numbersIn(call) ?? []
  if (value === undefined) return undefined
  return value.kind === 'float' ? float(Math.abs(value.value)) : exact(Math.abs(known(sizeOf(value))), [])
}

/** Sum of the numbers in a list. */
const sum: BuiltIn = ({ args: [first] }) => {
  if (first?.kind !== 'list') return undefined
  const numbers = first.items.map(asNumber).filter((value) => value !== undefined)
  if (numbers.length < first.items.length) return undefined
  if (numbers.some(({ kind }) => kind === 'float'))
    return float(numbers.reduce((total, value) => total + floatOf(value), 0))
  return int(
    numbers.reduce<Dimension>((total, value) => (value.kind === 'float' ? total : add(total, sizeOf(value))), 0),
  )
}

const extremes = {
  min: extreme(min, Math.min),
  max: extreme(max, Math.max),
}

/** Functions that numbers and tensors share; where a tensor takes part they leave the call to the operators. */
export const NUMBERS: BuiltIns = {
  add: binary(
    add,
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: binary(
    subtract,
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  rsub: binary(
    (a, b) => subtract(b, a),
    (a, b) => b - a,
    (a, b) => b - a,
  ),
  mul: binary(
    multiply,
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  floordiv: floorDiv,
  floor_divide: floorDiv,
  div: divide,
  true_divide: divide,
  remainder: binary(modulo, remainder),
  fmod: binary(
    (a, b) => known(a) % known(b),
    (a, b) => a % b,
  ),
  pow: power,
  neg: negate,
  abs: absolute,
  sum,
  ...extremes,
  'prim.min': extremes.min,
  'prim.max': extremes.max,
  ceil: rounding(Math.ceil),
  floor: rounding(Math.floor),
  trunc: rounding(Math.trunc),
  round: unary(roundHalfEven),
  sqrt: unary(Math.sqrt),
  exp: unary(Math.exp),
  log: unary(Math.log),
  log2: unary(Math.log2),
  log10: unary(Math.log10),
  log1p: unary(Math.log1p),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  tanh: unary(Math.tanh),
  __lshift__: binary(
    (a, b) => known(a) * 2 ** known(b),
    (a, b) => a * 2 ** b,
  ),
  __rshift__: binary(
    (a, b) => floorDivide(a, 2 ** known(b)),
    (a, b) => Math.floor(a / 2 ** b),
  ),
}
