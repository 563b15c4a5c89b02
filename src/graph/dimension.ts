/**
 * Dimensions of tensors: numbers, or integer expressions over the names that a file leaves free (the batch).
 *
 * Expressions are polynomials with integer coefficients in a canonical order, so that two equal expressions
 * print alike; what a polynomial cannot say (a floor division that does not come out even) becomes an atom of its own.
 * Names stand for sizes of 1 or more; those with a `#`, which only the run will tell, may be 0.
 */
import { freeName, fromTerms, productOfTerms, termsOf } from './polynomial.js'

export { ceilDivide, floorDivide, modulo } from './dimension-division.js'
export { isNonNegative, max, min } from './dimension-order.js'
export { evaluate, freeNames, substitute } from './dimension-substitution.js'

/** Size of one axis: a number, or an expression over free names. */
export type Dimension = number | SymbolicDimension

/** Sizes of all axes, outermost first. */
export type Shape = readonly Dimension[]

/** An expression over free names; made by `symbol` and the arithmetic below, never by hand. */
export interface SymbolicDimension {
  readonly kind: 'symbolic'
  /** Canonical text: equal text means equal value. */
  readonly text: string
  /** Sum of products: each product is its atoms in canonical order with an integer coefficient. */
  readonly terms: readonly Term[]
}

/** `coefficient` times the product of `atoms`; no atoms is a constant. */
export interface Term {
  readonly coefficient: number
  readonly atoms: readonly Atom[]
}

/** A free name, or an operation that does not simplify. `text` is canonical. */
export type Atom =
  | { readonly kind: 'name'; readonly text: string; readonly name: string }
  | { readonly kind: 'floor-divide'; readonly text: string; readonly of: readonly [Dimension, Dimension] }
  | { readonly kind: 'min' | 'max'; readonly text: string; readonly of: readonly Dimension[] }

/** @returns the dimension that is called `name` in the file; the same name gives an equal dimension */
export function symbol(name: string): SymbolicDimension {
  return freeName(name)
}

/** @returns `left + right` */
export function add(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  return fromTerms([...termsOf(left), ...termsOf(right)])
}

/** @returns `left - right` */
export function subtract(left: Dimension, right: Dimension): Dimension {
  return add(left, multiply(-1, right))
}

/** @returns `left * right` */
export function multiply(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number' && typeof right === 'number') return left * right + 0
  if (left === 1) return right
  if (right === 1) return left
  return fromTerms(productOfTerms(termsOf(left), termsOf(right)))
}

/** @returns whether both are the same expression; `false` also where equality cannot be told before the run */
export function equalDimensions(left: Dimension, right: Dimension): boolean {
  if (typeof left === 'number' || typeof right === 'number') return left === right
  return left.text === right.text
}

/** @returns the product of all dimensions: the number of elements; 1 for a scalar's empty shape */
export function product(shape: Shape): Dimension {
  let result: Dimension = 1
  for (const size of shape) result = multiply(result, size)
  return result
}

/** @returns the number, or the canonical text of the expression */
export function formatDimension(size: Dimension): string {
  return typeof size === 'number' ? String(size) : size.text
}

/** @returns e.g. `[N, 3, 224, 224]` */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDimension).join(', ')}]`
}
