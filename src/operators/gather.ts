/**
 * Reads and writes at indices.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Gather.html
 * @see https://onnx.ai/onnx/operators/onnx__ScatterND.html
 */
import { type Dimension, formatShape, product, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { CostRule, KnownElement, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { mismatch } from './shape/mismatch.js'
import { knownTensor, rearranged } from './shape/rows.js'
import { sameAsInput } from './shape/same.js'

/** Gather*, Scatter*, TensorScatter, Compress, ReverseSequence. */
export const gather: OperatorFamily = {
  Gather: { shape: (context) => [gathered(context)], cost: 'free', settingInputs: [1], passesWeights: [0] },
  GatherElements: {
    shape: (context) => [tensor(context.dtype(0), context.shape(1))],
    cost: 'free',
    settingInputs: [1],
  },
  GatherND: { shape: (context) => [gatheredND(context)], cost: 'free', settingInputs: [1] },
  Scatter: scatter(),
  ScatterElements: scatter(),
  ScatterND: scatter(),
  TensorScatter: { shape: sameAsInput(), cost: 'free', settingInputs: [2] },
  Compress: { shape: (context) => [compressed(context)], cost: 'free', settingInputs: [1] },
  ReverseSequence: { shape: sameAsInput(), cost: 'free', settingInputs: [1] },
}

/** The result is as large as the data; a `reduction` computes once per update. */
function scatter(): OperatorRule {
  const cost: CostRule = (context) => {
    const isPlain = context.text('reduction', 'none') === 'none'
    return { macs: 0, other: isPlain ? 0 : context.inputElements(2) }
  }
  return { shape: sameAsInput(), cost, settingInputs: [1] }
}

/** The axis is replaced by the shape of the indices. */
function gathered(context: NodeContext): KnownValue | undefined {
  const data = context.shape(0)
  const indices = context.shape(1)
  if (data === undefined || indices === undefined) return tensor(context.dtype(0), undefined)
  const axis = normalizeAxis(context.int('axis', 0), data.length)
  const shape = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)]
  return tensor(context.dtype(0), shape, gatheredElements(context, shape, axis, indices.length))
}

function gatheredElements(
  context: NodeContext,
  shape: Shape,
  axis: number,
  indexRank: number,
): readonly KnownElement[] | undefined {
  const from = knownTensor(context, 0)
  const indices = context.numbers(1)
  const width = from?.sizes[axis]
  if (from === undefined || indices === undefined || width === undefined) return undefined
  const indexSizes = shape.slice(axis, axis + indexRank)
  const pick = (place: readonly number[]) => {
    const position = place.reduce((sum, at, index) => sum * Number(indexSizes[index] ?? 1) + at, 0)
    const found = indices[position] ?? 0
    return found < 0 ? found + width : found
  }
  return rearranged(from, shape, (place) => [
    ...place.slice(0, axis),
    pick(place.slice(axis, axis + indexRank)),
    ...place.slice(axis + indexRank),
  ])
}

/** The last axis of the indices holds the leading indices of a slice of the data, behind `batch_dims` shared axes. */
function gatheredND(context: NodeContext): KnownValue | undefined {
  const data = context.shape(0)
  const indices = context.shape(1)
  const depth = indices?.at(-1)
  if (data === undefined || indices === undefined || typeof depth !== 'number') {
    return tensor(context.dtype(0), undefined)
  }
  const batch = context.int('batch_dims', 0)
  if (batch + depth > data.length) {
    throw mismatch(`indices ${formatShape(indices)} name ${depth} axes of data ${formatShape(data)}`)
  }
  return tensor(context.dtype(0), [...indices.slice(0, -1), ...data.slice(batch + depth)])
}

/** Keeps the entries along an axis (of the flattened input without one) whose condition is true. */
function compressed(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  const known = context.numbers(1)?.filter((flag) => flag !== 0).length
  const keptOf = (size: Dimension | undefined) => known ?? context.unknownDimension('Compress', size)
  if (context.attribute('axis') === undefined) return tensor(context.dtype(0), [keptOf(input && product(input))])
  if (input === undefined) return tensor(context.dtype(0), undefined)
  const axis = normalizeAxis(context.int('axis', 0), input.length)
  return tensor(context.dtype(0), input.with(axis, keptOf(input[axis])))
}
