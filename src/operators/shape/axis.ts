/** Axes count from the front, or with negative numbers from the back. */
import { mismatch } from './mismatch.js'

/**
 * @param rank - dimensions of the tensor
 * @returns `axis` in `[0, rank)`
 * @throws {FormatError} `E_NODE_SHAPE` outside `[-rank, rank)`
 */
export function normalizeAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis
  if (Number.isInteger(normal) && normal >= 0 && normal < rank) return normal
  throw mismatch(`axis ${axis} lies outside a tensor of ${rank} dimensions`)
}

/** @returns the axes in `[0, rank)` in the order given; an axis that comes twice is an error */
export function normalizeAxes(axes: readonly number[], rank: number): readonly number[] {
  const normal = axes.map((axis) => normalizeAxis(axis, rank))
  if (new Set(normal).size === normal.length) return normal
  throw mismatch(`axes ${axes.join(', ')} name one axis twice`)
}

/** @returns `[0, 1, ..., count - 1]` */
export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}
