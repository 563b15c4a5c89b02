/**
 * Resize and Upsample of all opsets: by scales or sizes, with aspect-ratio policies, axes and antialiasing.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Resize.html
 */
import { type Dimension, floorDivide, multiply, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { countOf } from './shape/cost.js'
import { hasInput } from './shape/inputs.js'
import { steps } from './shape/steps.js'

export const resize: OperatorFamily = {
  Resize: {
    shape: (context) => [tensor(context.dtype(0), resizedShape(context))],
    cost: interpolationCost,
    settingInputs: [1, 2, 3],
  },
  Upsample: {
    shape: (context) => [tensor(context.dtype(0), upsampledShape(context))],
    cost: interpolationCost,
    settingInputs: [1],
  },
}

/** Scales are single precision, and so is their product with a size: rounding must agree with the engine's. */
export function scaledDimension(context: NodeContext, size: Dimension, scale: number): Dimension {
  if (typeof size === 'number') return Math.trunc(Math.fround(Math.fround(size) * Math.fround(scale)))
  const [numerator, denominator] = asFraction(scale) ?? []
  if (numerator === undefined || denominator === undefined) return context.unknownDimension('resized')
  return floorDivide(multiply(size, numerator), denominator)
}

/** @returns numerator and denominator when the scale is a simple fraction */
function asFraction(scale: number): readonly [number, number] | undefined {
  for (let denominator = 1; denominator <= 64; denominator += 1) {
    const numerator = Math.round(scale * denominator)
    if (Math.abs(scale * denominator - numerator) <= 1e-6 * Math.max(numerator, 1)) return [numerator, denominator]
  }
  return undefined
}

/** A crop does not change the sizes that scales give: onnxruntime spreads it over them, whatever the standard says. */
function resizedShape(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  if (shape === undefined) return undefined
  const axes = resizedAxes(context, shape.length)
  const sizes = isGiven(context, 3) ? newSizes(context, shape, axes) : undefined
  const scales = context.opset < 11 ? context.numbers(1) : context.numbers(2)
  const resized = sizes ?? axes.map((axis, at) => scaledAxis(context, shape[axis], scales?.[at]))
  return resized.reduce<Shape>((result, size, at) => {
    const axis = axes[at]
    return axis === undefined || axis >= shape.length ? result : result.with(axis, size)
  }, shape)
}

/** All axes in order, or those that the attribute of opset 18 names. */
function resizedAxes(context: NodeContext, rank: number): readonly number[] {
  const axes = context.opset >= 18 ? context.ints('axes') : undefined
  return axes?.map((axis) => normalizeAxis(axis, rank)) ?? Array.from({ length: rank }, (_, axis) => axis)
}

/** An optional input may also be left out by an empty tensor. */
function isGiven(context: NodeContext, index: number): boolean {
  return hasInput(context, index) && context.shape(index)?.[0] !== 0
}

function newSizes(context: NodeContext, shape: Shape, axes: readonly number[]): readonly Dimension[] {
  const unknown = () => context.unknownDimension('resized')
  const asked = axes.map((_, at) => {
    const size = context.elements(3)?.[at]
    return size === undefined || typeof size === 'string' ? unknown() : size
  })
  const policy = context.text('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return asked
  const scales = axes.map((axis, at) => quotient(asked[at], shape[axis]))
  if (!scales.every((scale) => scale !== undefined)) return axes.map(unknown)
  const scale = Math.fround(policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales))
  return axes.map((axis) => Math.round(Math.fround(scale * Number(shape[axis]))))
}

function quotient(size: Dimension | undefined, of: Dimension | undefined): number | undefined {
  return typeof size === 'number' && typeof of === 'number' && of !== 0 ? size / of : undefined
}

function scaledAxis(context: NodeContext, size: Dimension | undefined, scale: number | undefined): Dimension {
  if (size === undefined || scale === undefined) return context.unknownDimension('resized')
  return scaledDimension(context, size, scale)
}

/** Scales are `height_scale` and `width_scale` in opset 1, an attribute in 7 and input 1 from 9 on. */
function upsampledShape(context: NodeContext): Shape | undefined {
  const shape = context.shape(0)
  const spatial = [context.float('height_scale', 1), context.float('width_scale', 1)]
  const scales = context.opset < 7 ? [1, 1, ...spatial] : (context.floats('scales') ?? context.numbers(1))
  return shape?.map((size, axis) => scaledAxis(context, size, scales?.[axis]))
}

/**
 * Nearest moves elements; linear and cubic weigh 2 or 4 neighbours along every axis that changes. Antialiasing
 * widens the neighbourhood of an axis that shrinks and goes axis by axis.
 */
function interpolationCost(context: CostContext): Cost {
  const taps = { linear: 2, bilinear: 2, cubic: 4 }[context.text('mode', 'nearest')]
  const before = context.inputSizes(0)
  const after = context.outputSizes(0)
  const changed = after.flatMap((size, axis) => (size === before[axis] ? [] : [axis]))
  if (taps === undefined || changed.length === 0) return steps(0)
  if (context.int('antialias', 0) === 1) return steps(separableSteps(before, after, changed, taps))
  return steps(countOf(after) * weightedSum(taps ** changed.length))
}

function separableSteps(
  before: readonly number[],
  after: readonly number[],
  axes: readonly number[],
  taps: number,
): number {
  let sizes = before
  let total = 0
  for (const axis of axes) {
    const [from = 1, to = 1] = [before[axis], after[axis]]
    sizes = sizes.with(axis, to)
    total += countOf(sizes) * weightedSum(Math.ceil(taps * Math.max(1, from / Math.max(to, 1))))
  }
  return total
}

/** So many products, and their sum. */
function weightedSum(taps: number): number {
  return 2 * taps - 1
}
