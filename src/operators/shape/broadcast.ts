/**
 * Shapes that operands of an elementwise operator take together.
 *
 * @see https://onnx.ai/onnx/repo-docs/Broadcasting.html
 */
import { type Dimension, equalDimensions, formatDimension, max, type Shape } from '../../graph/dimension.js'
import { mismatch } from './mismatch.js'

/**
 * Multidirectional broadcasting: shapes are aligned at their last axis, sizes of 1 repeat.
 *
 * @returns the common shape; `undefined` when the rank of one of them is not known
 * @throws {FormatError} `E_NODE_SHAPE` for sizes that do not fit
 */
export function broadcastShapes(...shapes: readonly (Shape | undefined)[]): Shape | undefined {
  let result: Shape | undefined = []
  for (const shape of shapes) {
    if (shape === undefined) return undefined
    result = broadcastPair(result, shape)
  }
  return result
}

/** Two free sizes are equal, or one of them is 1: the larger one is right either way. */
export function broadcastDimension(left: Dimension, right: Dimension): Dimension {
  if (left === 1 || equalDimensions(left, right)) return right
  if (right === 1) return left
  if (typeof left !== 'number') return typeof right === 'number' ? right : max(left, right)
  if (typeof right !== 'number') return left
  throw mismatch(`sizes ${formatDimension(left)} and ${formatDimension(right)} do not broadcast`)
}

function broadcastPair(left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length)
  return Array.from({ length: rank }, (_, axis) =>
    broadcastDimension(left[axis - rank + left.length] ?? 1, right[axis - rank + right.length] ?? 1),
  )
}
