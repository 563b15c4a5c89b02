/**
 * Gradients of operators that pick elements: what was not picked gets 0, what was picked twice gets the sum.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Gather.html
 * @see https://onnx.ai/onnx/operators/onnx__Slice.html
 * @see https://onnx.ai/onnx/operators/onnx__Pad.html
 */
import { int, text } from '../../graph/attributes.js'
import { normalizeAxis, range } from '../../operators/shape/axis.js'
import type { ForwardView, GradientFamily, GradientView, Saved } from '../gradient-rule.js'

/** Slice, Pad, the Gathers and TopK. */
export const selection: GradientFamily = {
  Slice: { backward: sliced },
  Pad: { backward: padded },
  Gather: { backward: gathered },
  GatherElements: { backward: (view) => [scatterElements(view, view.gradient, view.input(1), view.int('axis', 0))] },
  GatherND: { backward: gatheredByPlace },
  TopK: { forward: topKForward, backward: topK },
}

/** Indices of what a Slice takes from an axis: the first, the step, how many. */
interface Cut {
  readonly axis: number
  readonly start: number
  readonly step: number
  readonly count: number
}

function sliced(view: GradientView): readonly string[] {
  const sizes = view.sizes(0)
  const starts = view.setting(1)
  const axes = view.input(3) === '' ? range(starts.length) : view.setting(3)
  const steps = view.input(4) === '' ? starts.map(() => 1) : view.setting(4)
  const cuts = axes.map((given, index) => {
    const axis = normalizeAxis(given, sizes.length)
    const step = steps[index] ?? 1
    return {
      axis,
      step,
      start: startOf(starts[index] ?? 0, sizes[axis] ?? 1, step),
      count: view.outputSizes()[axis] ?? 0,
    }
  })
  return [cuts.reduce((value, cut) => putBack(view, value, cut), view.gradient)]
}

/** A start before the front or behind the end is moved to it. */
function startOf(start: number, size: number, step: number): number {
  const positive = start < 0 ? start + size : start
  return Math.min(Math.max(positive, 0), step < 0 ? size - 1 : size)
}

/** Lays the elements of one axis back where they were taken, with zeros between, before and behind. */
function putBack(view: GradientView, value: string, cut: Cut): string {
  const { emit } = view
  const { axis, count } = cut
  const size = view.sizes(0)[axis] ?? 1
  const stride = Math.abs(cut.step)
  const first = cut.step < 0 ? cut.start - (count - 1) * stride : cut.start
  const forward = cut.step < 0 ? emit.slice(value, axis, -1, -count - 1, -1) : value
  const rank = view.sizes(0).length
  const spread = stride === 1 ? forward : spreadOut(view, forward, axis, stride)
  const length = stride === 1 ? count : count * stride
  const pads = Array.from({ length: 2 * rank }, () => 0)
  pads[axis] = first
  pads[axis + rank] = size - first - length
  return emit.pad(spread, pads)
}

/** Puts `stride - 1` zeros behind each element of an axis: the axis becomes `[n, stride]`, and one axis again. */
function spreadOut(view: GradientView, value: string, axis: number, stride: number): string {
  const { emit } = view
  const open = emit.op('Unsqueeze', [value, emit.whole([axis + 1])])
  const rank = view.sizes(0).length + 1
  const pads = Array.from({ length: 2 * rank }, () => 0)
  pads[axis + 1 + rank] = stride - 1
  const padded = emit.pad(open, pads)
  // 0 keeps a size as it is; Slices on other axes may not have been undone yet.
  const before = Array.from({ length: axis }, () => 0)
  const sizes = view.sizes(0)
  const count = (view.outputSizes()[axis] ?? 0) * stride
  if (axis === sizes.length - 1) return emit.op('Reshape', [padded, emit.whole([...before, -1])])
  const moved = emit.transpose(padded, [
    ...range(axis),
    ...range(rank - axis - 2).map((index) => axis + 2 + index),
    axis,
    axis + 1,
  ])
  const joined = emit.op('Reshape', [moved, emit.whole([...Array.from({ length: rank - 2 }, () => 0), count])])
  const back = [...range(axis), rank - 2, ...range(rank - axis - 2).map((index) => axis + index)]
  return emit.transpose(joined, back)
}

function padded(view: GradientView): readonly string[] {
  const sizes = view.sizes(0)
  const given = view.setting(1)
  const axes =
    view.input(3) === '' ? range(sizes.length) : view.setting(3).map((axis) => normalizeAxis(axis, sizes.length))
  const mode = view.text('mode', 'constant')
  const ends = axes.map((axis, index) => ({ axis, begin: given[index] ?? 0, end: given[index + axes.length] ?? 0 }))
  if (mode === 'constant') {
    const back = Array.from({ length: 2 * sizes.length }, () => 0)
    for (const { axis, begin, end } of ends) {
      back[axis] = -begin
      back[axis + sizes.length] = -end
    }
    return [view.emit.pad(view.gradient, back)]
  }
  return [ends.reduce((value, pads) => foldBack(view, value, pads, mode), view.gradient)]
}

/** Margins that repeat elements: each position of the output names the element of the input that it shows. */
function foldBack(
  view: GradientView,
  value: string,
  { axis, begin, end }: { axis: number; begin: number; end: number },
  mode: string,
): string {
  if (begin === 0 && end === 0) return value
  const size = view.sizes(0)[axis] ?? 1
  const places = range(begin + size + end).map((position) => sourceOf(position - begin, size, mode))
  // A matrix of ones where an output position shows an input element sums them up.
  const picks = range(size).flatMap((element) => places.map((place) => Number(place === element)))
  const matrix = view.emit.float(picks, view.computesIn, [size, places.length])
  return alongAxis(view, value, matrix, axis)
}

function sourceOf(position: number, size: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(position, 0), size - 1)
  if (mode === 'wrap') return ((position % size) + size) % size
  const period = Math.max(2 * (size - 1), 1)
  const place = ((position % period) + period) % period
  return place < size ? place : period - place
}

/** @returns `matrix`, `[n, m]`, times every vector of m elements along an axis */
export function alongAxis(view: GradientView, value: string, matrix: string, axis: number): string {
  const { emit } = view
  const rank = view.sizes(0).length
  if (rank === 1) return emit.op('MatMul', [matrix, value])
  if (axis === rank - 2) return emit.op('MatMul', [matrix, value])
  const order = [...range(rank).filter((other) => other !== axis), axis]
  const turned = emit.op('MatMul', [emit.transpose(value, order), emit.op('Transpose', [matrix])])
  return emit.transpose(
    turned,
    range(rank).map((other) => order.indexOf(other)),
  )
}

/** The picked axis goes first, is scattered, and goes back. */
function gathered(view: GradientView): readonly string[] {
  const { emit } = view
  const sizes = view.sizes(0)
  const axis = normalizeAxis(view.int('axis', 0), sizes.length)
  const indexRank = view.sizes(1).length
  const rank = view.outputSizes().length
  const picked = range(indexRank).map((index) => axis + index)
  const others = range(rank).filter((index) => !picked.includes(index))
  const updates = emit.transpose(view.gradient, [...picked, ...others])
  const front = [axis, ...range(sizes.length).filter((other) => other !== axis)]
  const zeros = emit.zeros(
    front.map((from) => sizes[from] ?? 1),
    view.computesIn,
  )
  const places = emit.op('Unsqueeze', [view.input(1), emit.whole([indexRank])])
  const summed = emit.op('ScatterND', [zeros, asIndices(view, places), updates], { reduction: text('add') })
  return [
    emit.transpose(
      summed,
      range(sizes.length).map((other) => front.indexOf(other)),
    ),
  ]
}

const INT64 = 7

/** ScatterND takes int64 alone. */
function asIndices(view: GradientView, name: string): string {
  return view.dtype(1) === 'int64' ? name : view.emit.op('Cast', [name], { to: int(INT64) })
}

function gatheredByPlace(view: GradientView): readonly string[] {
  const zeros = view.emit.zeros(view.sizes(0), view.computesIn)
  return [view.emit.op('ScatterND', [zeros, wholePlaces(view), view.gradient], { reduction: text('add') })]
}

/** Indices that leave out the axes of a batch, with these axes put in front. */
function wholePlaces(view: GradientView): string {
  const { emit } = view
  const sizes = view.sizes(1)
  const open = [...sizes.slice(0, -1), 1]
  const batch = range(view.int('batch_dims', 0)).map((axis) => {
    const counted = emit.whole(range(sizes[axis] ?? 1))
    return emit.expand(
      emit.reshape(
        counted,
        open.map((size, other) => (other === axis ? size : 1)),
      ),
      open,
    )
  })
  return batch.length === 0 ? view.input(1) : emit.op('Concat', [...batch, view.input(1)], { axis: int(-1) })
}

function scatterElements(view: GradientView, gradient: string, places: string, axis: number): string {
  const zeros = view.emit.zeros(view.sizes(0), view.computesIn)
  return view.emit.op('ScatterElements', [zeros, places, gradient], { axis: int(axis), reduction: text('add') })
}

function topKForward(view: ForwardView): Saved {
  const [values, places] = [0, 1].map((index) => view.output(index) || view.emit.name(`${view.node.name}_${index}`))
  view.emit.ops('TopK', view.node.inputs, [values ?? '', places ?? ''], Object.fromEntries(view.node.attributes))
  return { places: places ?? '' }
}

function topK(view: GradientView): readonly string[] {
  return [scatterElements(view, view.gradient, view.saved.places ?? '', view.int('axis', -1))]
}
