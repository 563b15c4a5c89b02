/**
 * Concat and Split.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Split.html
 */
import {
  add,
  ceilDivide,
  type Dimension,
  equalDimensions,
  floorDivide,
  formatShape,
  min,
  multiply,
  type Shape,
  subtract,
} from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { KnownElement, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { dimensionsIn, hasInput } from './shape/inputs.js'
import { mismatch } from './shape/mismatch.js'
import { knownTensor, rearranged } from './shape/rows.js'
import { isTooLong } from './short-sizes.js'

/** Concat, Split. */
export const joinSplit: OperatorFamily = {
  Concat: { shape: (context) => [concatenated(context)], cost: 'free' },
  Split: { shape: splitParts, cost: 'free', settingInputs: [1] },
}

/** `axis` is 1 by default before opset 4 and required from then on. */
function concatenated(context: NodeContext): KnownValue | undefined {
  const dtype = context.inputs.map((_, index) => context.dtype(index)).find((found) => found !== undefined)
  const shapes = context.inputs.map((_, index) => context.shape(index))
  const known = shapes.find((shape) => shape !== undefined)
  if (known === undefined) return tensor(dtype, undefined)
  const axis = normalizeAxis(context.int('axis', 1), known.length)
  const shape = joinedShape(context, shapes, known, axis)
  return tensor(
    dtype,
    shape,
    axis === 0 && shape.length === 1 ? joinedElements(context, shapes) : joinedAlong(context, axis),
  )
}

function joinedShape(context: NodeContext, shapes: readonly (Shape | undefined)[], first: Shape, axis: number): Shape {
  const sizes = [...first]
  for (const shape of shapes) {
    if (shape !== undefined && shape.length !== first.length) {
      throw mismatch(`cannot join ${formatShape(first)} and ${formatShape(shape)}`)
    }
    for (const [index, size] of (shape ?? []).entries()) {
      if (index !== axis) sizes[index] = agreed(sizes[index] ?? size, size, first, shape ?? [])
    }
  }
  return sizes.with(
    axis,
    totalOf(
      context,
      shapes.map((shape) => shape?.[axis]),
    ),
  )
}

/** The sum of the sizes along the joined axis; a name of its own where so many names are joined that it grows too long. */
function totalOf(context: NodeContext, sizes: readonly (Dimension | undefined)[]): Dimension {
  let total: Dimension = 0
  for (const given of sizes) {
    const size = given ?? context.unknownDimension('Concat')
    try {
      total = add(total, size)
    } catch (error) {
      if (!isTooLong(error)) throw error
      total = add(context.unknownDimension('Concat', total), size)
    }
  }
  return total
}

/** Sizes beside the axis are equal: a number tells what a free size is. */
function agreed(left: Dimension, right: Dimension, first: Shape, other: Shape): Dimension {
  if (equalDimensions(left, right) || typeof right !== 'number') return left
  if (typeof left !== 'number') return right
  throw mismatch(`cannot join ${formatShape(first)} and ${formatShape(other)}`)
}

/** Joins lists of sizes; a size that is not known becomes a name, so that the others keep theirs. */
function joinedElements(
  context: NodeContext,
  shapes: readonly (Shape | undefined)[],
): readonly KnownElement[] | undefined {
  const result: KnownElement[] = []
  for (const [index, shape] of shapes.entries()) {
    const elements = context.elements(index) ?? unknownElements(context, index, shape)
    if (elements === undefined) return undefined
    result.push(...elements)
  }
  return result
}

function unknownElements(
  context: NodeContext,
  index: number,
  shape: Shape | undefined,
): readonly KnownElement[] | undefined {
  const dtype = context.dtype(index)
  const length = shape?.[0]
  if (typeof length !== 'number' || length > 8 || (dtype !== 'int64' && dtype !== 'int32')) return undefined
  return Array.from({ length }, () => context.unknownDimension('size'))
}

function joinedAlong(context: NodeContext, axis: number): readonly KnownElement[] | undefined {
  const parts = context.inputs.map((_, index) => knownTensor(context, index))
  const outer = parts[0]?.sizes.slice(0, axis).reduce((count, size) => count * size, 1) ?? 0
  const result: KnownElement[] = []
  for (let row = 0; row < outer; row += 1) {
    for (const part of parts) {
      if (part === undefined) return undefined
      const width = part.elements.length / outer
      result.push(...part.elements.slice(row * width, (row + 1) * width))
    }
  }
  return parts.length > 0 && parts.every((part) => part !== undefined) ? result : undefined
}

/** Sizes are an attribute before opset 13, input 1 from then on; without them the parts are equal, the last maybe smaller. */
function splitParts(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  const count = context.node.outputs.length
  if (shape === undefined) return context.node.outputs.map(() => tensor(context.dtype(0), undefined))
  const axis = normalizeAxis(context.int('axis', 0), shape.length)
  const sizes = partSizes(context, shape[axis] ?? 1, count)
  const from = knownTensor(context, 0)
  let start: Dimension = 0
  return sizes.map((size) => {
    const offset = start
    start = add(start, size)
    const part = shape.with(axis, size)
    const elements =
      typeof offset !== 'number'
        ? undefined
        : rearranged(from, part, (indices) => indices.with(axis, (indices[axis] ?? 0) + offset))
    return tensor(context.dtype(0), part, elements)
  })
}

function partSizes(context: NodeContext, total: Dimension, count: number): readonly Dimension[] {
  const given = hasInput(context, 1) ? dimensionsIn(context, 1) : context.ints('split')
  if (given !== undefined) {
    if (given.length < count) throw mismatch(`split names ${given.length} parts, the node has ${count} outputs`)
    return given
  }
  if (hasInput(context, 1)) return Array.from({ length: count }, () => context.unknownDimension('Split', total))
  const isEven = typeof total !== 'number' || total % count === 0
  const size = isEven ? floorDivide(total, count) : ceilDivide(total, count)
  return Array.from({ length: count }, (_, index) =>
    isEven ? size : min(size, subtract(total, multiply(size, index))),
  )
}
