/** Orders of axes: channels first or last, rows and columns exchanged. */
import type { Dimension, Shape } from '../../graph/dimension.js'
import { mismatch } from './mismatch.js'

/** @returns `[N, C, ...]` from `[N, ..., C]` */
export function channelsFirst(shape: Shape | undefined): Shape | undefined {
  return shape && [...shape.slice(0, 1), ...shape.slice(-1), ...shape.slice(1, -1)]
}

/** @returns `[N, ..., C]` from `[N, C, ...]` */
export function channelsLast(shape: Shape | undefined): Shape | undefined {
  return shape && [...shape.slice(0, 1), ...shape.slice(2), ...shape.slice(1, 2)]
}

/**
 * @returns the shape with another size along its last axis
 * @throws {FormatError} `E_NODE_SHAPE` for a scalar, which has none
 */
export function withLast(shape: Shape, size: Dimension): Shape {
  if (shape.length === 0) throw mismatch('a scalar has no last axis')
  return shape.with(-1, size)
}

/** @returns the shape with its last two axes exchanged when `isTransposed`; vectors stay */
export function transposedIf(isTransposed: boolean, shape: Shape | undefined): Shape | undefined {
  if (!isTransposed || shape === undefined || shape.length < 2) return shape
  return [...shape.slice(0, -2), ...shape.slice(-1), ...shape.slice(-2, -1)]
}
