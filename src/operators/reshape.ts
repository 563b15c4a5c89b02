/**
 * Operators that give the same elements another shape.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Reshape.html
 */
import { type Dimension, floorDivide, formatShape, multiply, product, type Shape } from '../graph/dimension.js'
import { tensor, tensorOfRank } from './known-value.js'
import { type KnownValue, MAX_KNOWN_ELEMENTS, type NodeContext, type OperatorFamily } from './rule.js'
import { axesOf, ofUnknownAxes } from './shape/axes-input.js'
import { normalizeAxes, normalizeAxis, range } from './shape/axis.js'
import { broadcastShapes } from './shape/broadcast.js'
import { dimensionsIn, hasInput } from './shape/inputs.js'
import { mismatch } from './shape/mismatch.js'
import { knownTensor, rearranged } from './shape/rows.js'

/** Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Expand, Tile, DepthToSpace, SpaceToDepth. */
export const reshape: OperatorFamily = {
  Reshape: {
    shape: (context) => [reshaped(context)],
    cost: 'free',
    isView: true,
    settingInputs: [1],
    passesWeights: [0],
  },
  Flatten: { shape: (context) => [flattened(context)], cost: 'free', isView: true, passesWeights: [0] },
  Squeeze: {
    shape: (context) => [squeezed(context)],
    cost: 'free',
    isView: true,
    settingInputs: [1],
    passesWeights: [0],
  },
  Unsqueeze: {
    shape: (context) => [unsqueezed(context)],
    cost: 'free',
    isView: true,
    settingInputs: [1],
    passesWeights: [0],
  },
  Transpose: { shape: (context) => [transposed(context)], cost: 'free', passesWeights: [0] },
  Expand: { shape: (context) => [expanded(context)], cost: 'free', settingInputs: [1], passesWeights: [0] },
  Tile: { shape: (context) => [tiled(context)], cost: 'free', settingInputs: [1, 2], passesWeights: [0] },
  DepthToSpace: { shape: (context) => [depthToSpace(context)], cost: 'free' },
  SpaceToDepth: { shape: (context) => [spaceToDepth(context)], cost: 'free' },
}

/** The same elements in the same order under a new shape. */
function relabelled(context: NodeContext, shape: Shape | undefined): KnownValue | undefined {
  return tensor(context.dtype(0), shape, shape && context.elements(0))
}

/** The target is an attribute before opset 5. 0 copies a size (unless `allowzero`), -1 takes what is left. */
function reshaped(context: NodeContext): KnownValue | undefined {
  const target = context.opset < 5 && !hasInput(context, 1) ? context.ints('shape') : dimensionsIn(context, 1)
  if (target !== undefined) return relabelled(context, resolved(context, target))
  const rank = context.shape(1)?.[0]
  if (typeof rank !== 'number' || rank > MAX_KNOWN_ELEMENTS) return relabelled(context, undefined)
  return tensorOfRank(context.dtype(0), rank, () => context.unknownDimension('Reshape'))
}

function resolved(context: NodeContext, target: readonly Dimension[]): Shape {
  const input = context.shape(0)
  const allowZero = context.int('allowzero', 0) !== 0
  const sizes = target.map((size, axis) => {
    if (size !== 0 || allowZero) return size
    if (input === undefined) return context.unknownDimension('Reshape')
    const copied = input[axis]
    if (copied === undefined)
      throw mismatch(`shape ${formatShape(target)} copies axis ${axis} of ${formatShape(input)}`)
    return copied
  })
  const free = sizes.indexOf(-1)
  if (free < 0) return checked(input, sizes)
  const others = product(sizes.filter((_, axis) => axis !== free))
  if (input === undefined || others === 0) return sizes.with(free, context.unknownDimension('Reshape'))
  return checked(input, sizes.with(free, floorDivide(product(input), others)))
}

function checked(input: Shape | undefined, sizes: Shape): Shape {
  if (input === undefined) return sizes
  const [found, expected] = [product(sizes), product(input)]
  const isWrong = typeof found === 'number' && typeof expected === 'number' && found !== expected
  if (isWrong || sizes.some((size) => typeof size === 'number' && size < 0)) {
    throw mismatch(`cannot reshape ${formatShape(input)} to ${formatShape(sizes)}`)
  }
  return sizes
}

function flattened(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return tensorOfRank(context.dtype(0), 2, () => context.unknownDimension('Flatten'))
  const given = context.int('axis', 1)
  const axis = given === shape.length ? given : normalizeAxis(given, Math.max(shape.length, 1))
  return relabelled(context, [product(shape.slice(0, axis)), product(shape.slice(axis))])
}

/** Without axes every size of 1 goes; a free size is taken not to be 1. */
function squeezed(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  const axes = axesOf(context, 13)
  if (axes === 'unknown') return ofUnknownAxes(context, -1)
  if (shape === undefined) return relabelled(context, undefined)
  const dropped =
    axes === undefined ? range(shape.length).filter((axis) => shape[axis] === 1) : normalizeAxes(axes, shape.length)
  for (const axis of dropped) {
    if (typeof shape[axis] === 'number' && shape[axis] !== 1) {
      throw mismatch(`cannot squeeze axis ${axis} of ${formatShape(shape)}`)
    }
  }
  return relabelled(
    context,
    shape.filter((_, axis) => !dropped.includes(axis)),
  )
}

/** Axes count in the result. */
function unsqueezed(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  const axes = axesOf(context, 13)
  if (axes === 'unknown') return ofUnknownAxes(context, 1)
  if (shape === undefined || axes === undefined) return relabelled(context, undefined)
  const rank = shape.length + axes.length
  const added = normalizeAxes(axes, rank)
  const sizes = [...shape]
  return relabelled(
    context,
    range(rank).map((axis) => (added.includes(axis) ? 1 : (sizes.shift() ?? 1))),
  )
}

/** Axes are reversed where `perm` is absent. */
function transposed(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  if (input === undefined) return tensor(context.dtype(0), undefined)
  const axes = context.ints('perm') ?? range(input.length).toReversed()
  if (normalizeAxes(axes, input.length).length !== input.length) {
    throw mismatch(`perm ${axes.join(', ')} does not fit ${formatShape(input)}`)
  }
  const shape = axes.map((axis) => input[axis] ?? 1)
  const elements = rearranged(knownTensor(context, 0), shape, (indices) => {
    const source = indices.map(() => 0)
    for (const [axis, from] of axes.entries()) source[from] = indices[axis] ?? 0
    return source
  })
  return tensor(context.dtype(0), shape, elements)
}

/** Broadcasts in both directions: a target of 1 keeps the size of the input. */
function expanded(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  const target = dimensionsIn(context, 1)
  if (target === undefined) return expandedToUnknown(context)
  const shape = broadcastShapes(input, target)
  const rank = shape?.length ?? 0
  const offset = rank - (input?.length ?? 0)
  const elements = rearranged(knownTensor(context, 0), shape, (indices) =>
    indices.slice(offset).map((index, axis) => (input?.[axis] === 1 ? 0 : index)),
  )
  return tensor(context.dtype(0), shape, elements)
}

function expandedToUnknown(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  const length = context.shape(1)?.[0]
  if (input === undefined || typeof length !== 'number' || length > MAX_KNOWN_ELEMENTS) {
    return tensor(context.dtype(0), undefined)
  }
  return tensorOfRank(context.dtype(0), Math.max(input.length, length), () => context.unknownDimension('Expand'))
}

/** `repeats` has one entry per axis; opset 1 repeats one axis `tiles` times. */
function tiled(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  if (input === undefined) return tensor(context.dtype(0), undefined)
  const repeats = context.opset < 6 ? oldRepeats(context, input.length) : dimensionsIn(context, 1)
  if (repeats === undefined) {
    return tensorOfRank(context.dtype(0), input.length, () => context.unknownDimension('Tile'))
  }
  const shape = input.map((size, axis) => multiply(size, repeats[axis] ?? 1))
  const from = knownTensor(context, 0)
  const elements = rearranged(from, shape, (indices) => indices.map((index, axis) => index % (from?.sizes[axis] ?? 1)))
  return tensor(context.dtype(0), shape, elements)
}

function oldRepeats(context: NodeContext, rank: number): readonly Dimension[] | undefined {
  const tiles = dimensionsIn(context, 1)?.[0]
  const axis = context.numbers(2)?.[0]
  if (tiles === undefined || axis === undefined) return undefined
  return range(rank).map((index) => (index === normalizeAxis(axis, rank) ? tiles : 1))
}

function depthToSpace(context: NodeContext): KnownValue | undefined {
  const [batch, channels, height, width] = imageShape(context)
  const block = blockSize(context)
  const sizes = [floorDivide(channels, block * block), multiply(height, block), multiply(width, block)]
  return tensor(context.dtype(0), [batch, ...sizes])
}

function spaceToDepth(context: NodeContext): KnownValue | undefined {
  const [batch, channels, height, width] = imageShape(context)
  const block = blockSize(context)
  return tensor(context.dtype(0), [
    batch,
    multiply(channels, block * block),
    floorDivide(height, block),
    floorDivide(width, block),
  ])
}

function blockSize(context: NodeContext): number {
  const size = context.int('blocksize', 0)
  if (size >= 1) return size
  throw mismatch(`blocksize is ${size}, expected 1 or more`)
}

function imageShape(context: NodeContext): readonly [Dimension, Dimension, Dimension, Dimension] {
  const shape = context.shape(0) ?? range(4).map(() => context.unknownDimension(context.node.operator))
  const [batch, channels, height, width] = shape
  if (
    batch === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    shape.length > 4
  ) {
    throw mismatch(`input is ${formatShape(shape)}, expected [N, C, H, W]`)
  }
  return [batch, channels, height, width]
}
