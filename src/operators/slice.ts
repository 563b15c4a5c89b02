/**
 * Slice and Pad: parts of a tensor, and tensors made larger.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Slice.html
 * @see https://onnx.ai/onnx/operators/onnx__Pad.html
 */
import { add, ceilDivide, type Dimension, isNonNegative, max, min, type Shape, subtract } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { normalizeAxes, range } from './shape/axis.js'
import { dimensionsIn, hasInput } from './shape/inputs.js'
import { mismatch } from './shape/mismatch.js'
import { knownTensor, rearranged } from './shape/rows.js'

const cut: OperatorRule = {
  shape: (context) => [sliced(context)],
  cost: 'free',
  settingInputs: [1, 2, 3, 4],
  passesWeights: [0],
}

/** Slice, its experimental form DynamicSlice, Pad. */
export const slice: OperatorFamily = {
  Slice: cut,
  DynamicSlice: cut,
  Pad: { shape: (context) => [padded(context)], cost: 'free', settingInputs: [1, 2, 3] },
}

/** From this on an end means "to the last element": exporters write the largest int32 or int64. */
const FAR = 2 ** 31 - 1

/** What is cut along one axis. `start` is undefined where the run must tell. */
interface Cut {
  readonly start: Dimension | undefined
  readonly step: number
  readonly size: Dimension
}

/** Starts, ends and axes are attributes before opset 10, inputs from then on. */
function sliced(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  if (input === undefined) return tensor(context.dtype(0), undefined)
  const axes = slicedAxes(context, input.length)
  if (axes === undefined) {
    return tensor(
      context.dtype(0),
      input.map((size) => context.unknownDimension('Slice', size)),
    )
  }
  const cuts = new Map(axes.map((axis, index) => [axis, cutOf(context, input[axis] ?? 1, index)]))
  const shape = input.map((size, axis) => cuts.get(axis)?.size ?? size)
  return tensor(context.dtype(0), shape, slicedElements(context, shape, cuts))
}

function slicedElements(context: NodeContext, shape: Shape, cuts: ReadonlyMap<number, Cut>) {
  if ([...cuts.values()].some(({ start }) => typeof start !== 'number')) return undefined
  return rearranged(knownTensor(context, 0), shape, (indices) =>
    indices.map((index, axis) => {
      const cut = cuts.get(axis)
      return cut === undefined ? index : Number(cut.start) + index * cut.step
    }),
  )
}

/** DynamicSlice had inputs from the start. */
function readsAttributes(context: NodeContext): boolean {
  return context.opset < 10 && context.node.operator === 'Slice'
}

/** @returns the axes that are cut, or `undefined` when only the run will tell */
function slicedAxes(context: NodeContext, rank: number): readonly number[] | undefined {
  const isOld = readsAttributes(context)
  const axes = isOld ? context.ints('axes') : context.numbers(3)
  if (axes !== undefined) return normalizeAxes(axes, rank)
  if (!isOld && hasInput(context, 3)) return undefined
  const count = isOld ? context.ints('starts')?.length : context.shape(1)?.[0]
  return typeof count === 'number' ? normalizeAxes(range(Math.min(count, rank)), rank) : undefined
}

function cutOf(context: NodeContext, size: Dimension, index: number): Cut {
  const isOld = readsAttributes(context)
  const at = (input: number, name: string) => (isOld ? context.ints(name) : dimensionsIn(context, input))?.[index]
  const start = at(1, 'starts')
  const end = at(2, 'ends')
  const step = isOld || !hasInput(context, 4) ? 1 : context.numbers(4)?.[index]
  if (start === undefined || end === undefined || step === undefined) {
    return { start: undefined, step: 1, size: context.unknownDimension('Slice', size) }
  }
  if (step === 0) throw mismatch('a step of Slice is 0')
  return step > 0 ? cutForwards(size, start, end, step) : cutBackwards(size, start, end, step)
}

function cutForwards(size: Dimension, start: Dimension, end: Dimension, step: number): Cut {
  const first = min(fromFront(start, size), size)
  const last = min(fromFront(end, size), size)
  return { start: first, step, size: max(ceilDivide(subtract(last, first), step), 0) }
}

/** Running backwards starts at most at the last element, and -1 stands before the first. */
function cutBackwards(size: Dimension, start: Dimension, end: Dimension, step: number): Cut {
  const last = subtract(size, 1)
  const first = min(fromFront(start, size), last)
  const before = typeof end === 'number' && end < -FAR ? -1 : min(max(shifted(end, size), -1), last)
  return { start: first, step, size: max(ceilDivide(subtract(first, before), -step), 0) }
}

function fromFront(index: Dimension, size: Dimension): Dimension {
  if (typeof index === 'number' && index >= FAR) return size
  if (typeof index === 'number' && index <= -FAR) return 0
  return max(shifted(index, size), 0)
}

/** Negative indices count from the end. A symbolic index that may have either sign is taken to be positive. */
function shifted(index: Dimension, size: Dimension): Dimension {
  const isNegative = typeof index === 'number' ? index < 0 : isNonNegative(subtract(-1, index))
  return isNegative ? add(size, index) : index
}

/**
 * `pads` holds the begins, then the ends: attribute `paddings` in opset 1, `pads` before opset 11, then input 1.
 * From opset 18 on `axes` may name the padded ones.
 */
function padded(context: NodeContext): KnownValue | undefined {
  const input = context.shape(0)
  if (input === undefined) return tensor(context.dtype(0), undefined)
  const attribute = context.ints('pads') ?? context.ints('paddings')
  const pads = context.opset < 11 ? attribute : dimensionsIn(context, 1)
  const axes = hasInput(context, 3) ? context.numbers(3) : range(input.length)
  if (pads === undefined || axes === undefined) {
    return tensor(
      context.dtype(0),
      input.map(() => context.unknownDimension('Pad')),
    )
  }
  const padAxes = normalizeAxes(axes, input.length)
  if (pads.length !== 2 * padAxes.length) {
    throw mismatch(`pads has ${pads.length} entries, expected ${2 * padAxes.length}`)
  }
  const sizes = [...input]
  for (const [index, axis] of padAxes.entries()) {
    const both = add(pads[index] ?? 0, pads[index + padAxes.length] ?? 0)
    sizes[axis] = max(add(sizes[axis] ?? 1, both), 0)
  }
  return tensor(context.dtype(0), sizes)
}
