/**
 * Dimensions of tensors: numbers, or integer expressions over the names that a file leaves free (the batch).
 *
 * Expressions are polynomials with integer coefficients in a canonical order, so that two equal expressions
 * print alike; what a polynomial cannot say (a floor division that does not come out even) becomes an atom of its own.
 */

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

/** A free name, or an operation that does not simplify. */
export type Atom =
  | { readonly kind: 'name'; readonly text: string }
  | {
      readonly kind: 'floor-divide' | 'min' | 'max' | 'modulo'
      readonly text: string
      readonly of: readonly [Dimension, Dimension]
    }
