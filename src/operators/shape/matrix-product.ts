/** Products of matrices as numpy's `matmul` makes them. */
import { type Dimension, equalDimensions, formatShape, type Shape } from '../../graph/dimension.js'
import { broadcastShapes } from './broadcast.js'
import { countOf } from './cost.js'
import { mismatch } from './mismatch.js'

/**
 * Shape of `left @ right`: batches broadcast, a vector stands for one row (left) or one column (right).
 *
 * @returns `undefined` when a rank is not known
 * @throws {FormatError} `E_NODE_SHAPE` when the inner sizes differ
 */
export function matrixProduct(left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left === undefined || right === undefined) return undefined
  if (left.length === 0 || right.length === 0) throw mismatch('a scalar has no matrix product')
  const [rows, columns] = [left.at(-2), right.length > 1 ? right.at(-1) : undefined]
  const [inner, other] = [left.at(-1), right.at(right.length > 1 ? -2 : -1)]
  if (typeof inner === 'number' && typeof other === 'number' && inner !== other) {
    throw mismatch(`cannot multiply ${formatShape(left)} by ${formatShape(right)}: ${inner} is not ${other}`)
  }
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2)) ?? []
  return [...batch, rows, columns].filter((size) => size !== undefined)
}

/**
 * Multiply-accumulates of a product with these operands: every element of the result sums `inner` products.
 *
 * @param inner - size of the axis that is summed over
 */
export function productMacs(result: readonly number[], inner: number): number {
  return countOf(result) * inner
}

/** @returns the shape with its last two axes exchanged when `isTransposed`; vectors stay */
export function transposedIf(isTransposed: boolean, shape: Shape | undefined): Shape | undefined {
  const [rows, columns] = shape?.slice(-2) ?? []
  if (!isTransposed || shape === undefined || rows === undefined || columns === undefined) return shape
  return [...shape.slice(0, -2), columns, rows]
}

/** @returns `[M, K] x [K, N]` as `[M, N]`, for operators that take matrices only */
export function gemmShape(
  left: Shape | undefined,
  right: Shape | undefined,
  transLeft: boolean,
  transRight: boolean,
): Shape | undefined {
  const [rows, inner] = transposedIf(transLeft, left) ?? []
  const [other, columns] = transposedIf(transRight, right) ?? []
  if (rows === undefined || columns === undefined) return undefined
  if (inner !== undefined && other !== undefined && areDifferent(inner, other)) {
    throw mismatch(`cannot multiply matrices whose inner sizes are ${inner} and ${other}`)
  }
  return [rows, columns]
}

function areDifferent(left: Dimension, right: Dimension): boolean {
  return typeof left === 'number' && typeof right === 'number' && !equalDimensions(left, right)
}
