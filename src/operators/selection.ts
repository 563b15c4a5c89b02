/**
 * Operators that look at the contents to choose: the largest, the different, those that are not zero.
 *
 * Sorting n elements counts n * log2(n) comparisons, choosing the k largest of them n * log2(k + 1).
 *
 * @see https://onnx.ai/onnx/operators/onnx__TopK.html
 */
import { product } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { dimensionsIn } from './shape/inputs.js'
import { indicesAt, knownTensor } from './shape/rows.js'

/** TopK, Unique, NonZero, OneHot. */
export const selection: OperatorFamily = {
  TopK: { shape: largest, cost: largestCost, settingInputs: [1] },
  Unique: { shape: unique, cost: (context) => ({ macs: 0, other: sortSteps(context.inputElements(0)) }) },
  NonZero: {
    shape: (context) => [nonZero(context)],
    cost: (context) => ({ macs: 0, other: context.inputElements(0) }),
  },
  OneHot: { shape: (context) => [oneHot(context)], cost: 'free', settingInputs: 'all' },
}

/** `k` is an attribute before opset 10, input 1 from then on. */
function largest(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  if (shape === undefined) return [tensor(context.dtype(0), undefined), tensor('int64', undefined)]
  const axis = normalizeAxis(context.int('axis', -1), shape.length)
  const given = context.opset < 10 ? context.int('k', 1) : dimensionsIn(context, 1)?.[0]
  const kept = shape.with(axis, given ?? context.unknownDimension('TopK', shape[axis]))
  return [tensor(context.dtype(0), kept), tensor('int64', kept)]
}

function largestCost(context: CostContext) {
  const sizes = context.outputSizes(0)
  const k = sizes[normalizeAxis(context.int('axis', -1), sizes.length)] ?? 1
  return { macs: 0, other: Math.round(context.inputElements(0) * Math.log2(k + 1)) }
}

function sortSteps(count: number): number {
  return count < 2 ? 0 : Math.round(count * Math.log2(count))
}

/** Outputs `Y`, `indices`, `inverse_indices`, `counts`; with an axis, slices along it are compared. */
function unique(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  const axis = shape && context.attribute('axis') ? normalizeAxis(context.int('axis', 0), shape.length) : undefined
  const count = context.unknownDimension('Unique', shape && (axis === undefined ? product(shape) : shape[axis]))
  const list = tensor('int64', [count])
  if (context.attribute('axis') === undefined) {
    const inverse = shape === undefined ? context.unknownDimension('Unique') : product(shape)
    return [tensor(context.dtype(0), [count]), list, tensor('int64', [inverse]), list]
  }
  if (shape === undefined || axis === undefined) {
    return [tensor(context.dtype(0), undefined), list, tensor('int64', undefined), list]
  }
  const inverse = tensor('int64', [shape[axis] ?? 1])
  return [tensor(context.dtype(0), shape.with(axis, count)), list, inverse, list]
}

/** `[rank, count]`; a scalar counts as one axis. */
function nonZero(context: NodeContext): KnownValue | undefined {
  const known = knownTensor(context, 0)
  if (known === undefined || !known.elements.every((element) => typeof element === 'number')) {
    const shape = context.shape(0)
    const rows = shape === undefined ? context.unknownDimension('rank') : Math.max(shape.length, 1)
    return tensor('int64', [rows, context.unknownDimension('NonZero', shape && product(shape))])
  }
  const sizes = known.sizes.length === 0 ? [1] : known.sizes
  const places = known.elements.flatMap((element, position) => (element === 0 ? [] : [indicesAt(position, sizes)]))
  const elements = sizes.flatMap((_, axis) => places.map((place) => place[axis] ?? 0))
  return tensor('int64', [sizes.length, places.length], elements)
}

/** `depth` is inserted at `axis` of the result. */
function oneHot(context: NodeContext): KnownValue | undefined {
  const indices = context.shape(0)
  if (indices === undefined) return tensor(context.dtype(2), undefined)
  const depth = dimensionsIn(context, 1)?.[0] ?? context.unknownDimension('OneHot')
  const axis = normalizeAxis(context.int('axis', -1), indices.length + 1)
  return tensor(context.dtype(2), indices.toSpliced(axis, 0, depth))
}
