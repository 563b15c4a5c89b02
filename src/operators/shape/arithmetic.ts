/** Arithmetic on contents that are known before the run: numbers of any type, and symbolic sizes where they allow it. */
import { type DataType, isFloat } from '../../graph/data-type.js'
import {
  add,
  type Dimension,
  equalDimensions,
  floorDivide,
  isNonNegative,
  max,
  min,
  modulo,
  multiply,
  subtract,
} from '../../graph/dimension.js'
import type { KnownElement } from '../rule.js'

/** One step on two sizes; `undefined` where the result cannot be told before the run. */
export type Step = (left: Dimension, right: Dimension, dtype: DataType | undefined) => Dimension | undefined

/** Steps of the operators of the same name. */
export const STEPS = {
  Add: whole(add, (a, b) => a + b),
  Sub: whole(subtract, (a, b) => a - b),
  Mul: whole(multiply, (a, b) => a * b),
  Max: whole(max, Math.max),
  Min: whole(min, Math.min),
  Div: divide,
  Pow: power,
} as const satisfies Record<string, Step>

/** @returns the number as the element type holds it; integers know no negative zero */
export function rounded(value: number, dtype: DataType | undefined): number {
  if (dtype === 'float32') return Math.fround(value)
  return dtype === undefined || isFloat(dtype) ? value : value + 0
}

/** @returns 1 or 0, or `undefined` where two symbolic sizes may or may not be equal */
export function compareEqual(left: KnownElement, right: KnownElement): number | undefined {
  if (typeof left === 'string' || typeof right === 'string') return Number(left === right)
  if (equalDimensions(left, right)) return 1
  if (typeof left === 'number' && typeof right === 'number') return 0
  return isLess(left, right) === 1 || isLess(right, left) === 1 ? 0 : undefined
}

/** @returns 1 when `left < right`, 0 when not, `undefined` where the run must tell */
export function isLess(left: Dimension, right: Dimension): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return Number(left < right)
  if (!isExact(left) || !isExact(right)) return undefined
  if (isNonNegative(subtract(subtract(right, left), 1))) return 1
  return isNonNegative(subtract(left, right)) ? 0 : undefined
}

/** @returns the remainder: of the sign of the divisor for integers, of the dividend with `fmod` */
export function remainder(left: Dimension, right: Dimension, fmod: boolean): Dimension | undefined {
  if (right === 0) return undefined
  if (typeof left === 'number' && typeof right === 'number') {
    return fmod ? left % right : left - right * Math.floor(left / right) + 0
  }
  return isExact(left) && isExact(right) && isNonNegative(left) && isNonNegative(right)
    ? modulo(left, right)
    : undefined
}

function whole(
  symbolic: (left: Dimension, right: Dimension) => Dimension,
  numeric: (a: number, b: number) => number,
): Step {
  return (left, right, dtype) => {
    if (typeof left === 'number' && typeof right === 'number') return rounded(numeric(left, right), dtype)
    return isExact(left) && isExact(right) ? symbolic(left, right) : undefined
  }
}

/** Symbolic sizes reckon in whole numbers. */
function isExact(value: Dimension): boolean {
  return typeof value !== 'number' || Number.isSafeInteger(value)
}

/** Integers truncate towards zero, which is a floor where nothing is negative; floats must come out even. */
function divide(left: Dimension, right: Dimension, dtype: DataType | undefined): Dimension | undefined {
  const isReal = dtype === undefined || isFloat(dtype)
  if (typeof left === 'number' && typeof right === 'number') {
    if (isReal) return rounded(left / right, dtype)
    return right === 0 ? undefined : Math.trunc(left / right) + 0
  }
  if (right === 0 || !isExact(left) || !isExact(right)) return undefined
  const quotient = floorDivide(left, right)
  if (isReal) return equalDimensions(multiply(quotient, right), left) ? quotient : undefined
  return isNonNegative(left) && isNonNegative(right) ? quotient : undefined
}

function power(left: Dimension, right: Dimension, dtype: DataType | undefined): Dimension | undefined {
  if (typeof right !== 'number') return undefined
  if (typeof left === 'number') return rounded(left ** right, dtype)
  if (!Number.isInteger(right) || right < 0 || right > 4) return undefined
  let result: Dimension = 1
  for (let count = 0; count < right; count += 1) result = multiply(result, left)
  return result
}
