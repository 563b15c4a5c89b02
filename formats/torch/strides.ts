/**
 * How far apart neighbours of each axis lie in memory: it tells whether another shape can show the same elements or must be
 * a copy, which counts where something is written in place.
 *
 * @see https://docs.pytorch.org/docs/stable/tensor_view.html
 */
import { UnsupportedError } from '../../src/core/errors.js'
import { type Dimension, equalDimensions, multiply, product, type Shape } from '../../src/graph/dimension.js'

/** One step for each axis, in elements. */
export type Strides = readonly Dimension[]

/** Row after row, or with these strides; how a result lies that keeps the order of what it was made of is not followed. */
export type Layout = 'contiguous' | 'unknown' | Strides

/** @returns the strides of a tensor that lies row after row */
export function contiguousStrides(shape: Shape): Strides {
  return shape.map((_, axis) => product(shape.slice(axis + 1)))
}

/**
 * @param strides - gives them; `undefined` where they are not known
 * @returns the layout; unknown too where sizes have become too long to compare
 */
export function layoutOf(shape: Shape | undefined, strides: () => Strides | undefined): Layout {
  try {
    const found = strides()
    if (found === undefined || shape === undefined) return 'unknown'
    return isContiguous(shape, found) ? 'contiguous' : found
  } catch (cause) {
    if (cause instanceof UnsupportedError && cause.code === 'E_DIMENSION_TOO_LONG') return 'unknown'
    throw cause
  }
}

/** An axis of one element may have any stride. */
function isContiguous(shape: Shape, strides: Strides): boolean {
  const wanted = contiguousStrides(shape)
  return shape.every((size, axis) => size === 1 || equalDimensions(strides[axis] ?? 1, wanted[axis] ?? 1))
}

/** Neighbouring axes that one stride goes through. */
interface Run {
  readonly size: Dimension
  readonly stride: Dimension
}

/** @returns the strides that show the same elements under another shape; `undefined` where only a copy can */
export function stridesUnder(shape: Shape, strides: Strides, target: Shape): Strides | undefined {
  const found: Dimension[] = target.map(() => 1)
  let axis = target.length
  for (const { size, stride } of runsOf(shape, strides)) {
    let filled: Dimension = 1
    while (axis > 0 && (target[axis - 1] === 1 || !equalDimensions(filled, size))) {
      axis -= 1
      found[axis] = multiply(filled, stride)
      filled = multiply(filled, target[axis] ?? 1)
    }
    if (!equalDimensions(filled, size)) return undefined
  }
  return axis === 0 || target.slice(0, axis).every((size) => size === 1) ? found : undefined
}

/** @returns the runs of a tensor, the last one first */
function runsOf(shape: Shape, strides: Strides): readonly Run[] {
  const runs: Run[] = []
  for (const [axis, size] of [...shape.entries()].reverse()) {
    const [stride, behind] = [strides[axis] ?? 1, runs.at(-1)]
    if (size === 1) continue
    if (behind !== undefined && equalDimensions(stride, multiply(behind.size, behind.stride)))
      runs[runs.length - 1] = { size: multiply(size, behind.size), stride: behind.stride }
    else runs.push({ size, stride })
  }
  return runs
}
