/**
 * Gradients of pooling.
 *
 * @see https://onnx.ai/onnx/operators/onnx__MaxPool.html
 * @see https://onnx.ai/onnx/operators/onnx__AveragePool.html
 */
import { text } from '../../graph/attributes.js'
import {
  blockedGlobalAverageGradient,
  blockedMaxPoolGradient,
  writeBlockedGlobalAverage,
  writeBlockedMaxPool,
} from '../blocked/pooling.js'
import type { Sizes } from '../emitter.js'
import type { ForwardView, GradientFamily, GradientView, Saved } from '../gradient-rule.js'
import { asNumber } from './elementwise.js'
import { type Slide, slidingWindow, transposedAttributes } from './sliding.js'

/** Pooling over windows and over all positions. */
export const pooling: GradientFamily = {
  MaxPool: { forward: maxPoolWithIndices, backward: maxPool },
  AveragePool: { backward: averagePool },
  GlobalAveragePool: { forward: globalAverageForward, backward: globalAveragePool },
  GlobalMaxPool: { backward: globalMaxPool },
}

const countOf = (sizes: Sizes): number => sizes.reduce((product, size) => product * size, 1)

/** The second output tells where each largest element lies in the whole input. */
function maxPoolWithIndices(view: ForwardView): Saved {
  if (writeBlockedMaxPool(view)) return {}
  if (view.int('storage_order', 0) !== 0) throw view.refusal('storage_order is 1, its gradient is known for 0')
  const indices = view.output(1) || view.emit.name(`${view.output()}_indices`)
  view.emit.ops('MaxPool', [view.input(0)], [view.output(), indices], Object.fromEntries(view.node.attributes))
  return { indices }
}

/** Windows that overlap may name one element more than once: their gradients are added. */
function maxPool(view: GradientView): readonly string[] {
  const onBlocks = blockedMaxPoolGradient(view)
  if (onBlocks !== undefined) return onBlocks
  const { emit } = view
  const sizes = view.sizes(0)
  const places = emit.reshape(view.saved.indices ?? '', [-1])
  const zeros = emit.zeros([countOf(sizes)], view.computesIn)
  const inputs = [zeros, places, emit.reshape(view.gradient, [-1])]
  return [emit.reshape(emit.op('ScatterElements', inputs, { reduction: text('add') }), sizes)]
}

/** Each window hands its part of the gradient to every element under it: a transposed convolution with ones. */
function averagePool(view: GradientView): readonly string[] {
  const { emit } = view
  const [batch = 1, channels = 1, ...area] = view.sizes(0)
  const [, , ...positions] = view.outputSizes()
  const slide = slidingWindow(view, view.sizes(0), view.outputSizes())
  const { kernel } = slide
  const counts = countsOf(slide, view.int('count_include_pad', 0) !== 0)
  const isSame = counts.every((count) => count === counts[0])
  const ones = emit.float(Array(countOf(kernel)).fill(isSame ? 1 / (counts[0] ?? 1) : 1), view.computesIn, [
    1,
    1,
    ...kernel,
  ])
  const shares = isSame
    ? view.gradient
    : emit.div(view.gradient, emit.float(counts, view.computesIn, [1, 1, ...positions]))
  const planes = emit.reshape(shares, [batch * channels, 1, ...positions])
  const back = emit.op('ConvTranspose', [planes, ones], transposedAttributes(slide))
  return [emit.reshape(back, [batch, channels, ...area])]
}

/** Elements that each window averages over, row-major. */
function countsOf(slide: Slide, includesPads: boolean): readonly number[] {
  const perAxis = slide.output.map((positions, axis) =>
    Array.from({ length: positions }, (_, position) => countOnAxis(slide, axis, position, includesPads)),
  )
  return perAxis.reduce((left, right) => left.flatMap((count) => right.map((other) => count * other)), [1])
}

/** A window of `ceil_mode` that reaches over the padding's end counts up to that end only. */
function countOnAxis(slide: Slide, axis: number, position: number, includesPads: boolean): number {
  const [size = 1, stride = 1, dilation = 1] = [slide.input[axis], slide.strides[axis], slide.dilations[axis]]
  const [begin = 0, end = 0] = [slide.padsBegin[axis], slide.padsEnd[axis]]
  const start = position * stride - begin
  const [from, to] = includesPads ? [-begin, size + end] : [0, size]
  const places = Array.from({ length: slide.kernel[axis] ?? 1 }, (_, step) => start + step * dilation)
  return places.filter((place) => place >= from && place < to).length
}

function globalAverageForward(view: ForwardView): Saved {
  if (!writeBlockedGlobalAverage(view)) view.emit.ops('GlobalAveragePool', [view.input(0)], [view.output()])
  return {}
}

function globalAveragePool(view: GradientView): readonly string[] {
  const onBlocks = blockedGlobalAverageGradient(view)
  if (onBlocks !== undefined) return onBlocks
  const { emit } = view
  const sizes = view.sizes(0)
  const part = emit.mul(view.gradient, view.scalar(1 / countOf(sizes.slice(2))))
  return [emit.expand(part, sizes)]
}

/** Elements that tie for the largest share the gradient evenly. */
function globalMaxPool(view: GradientView): readonly string[] {
  const { emit } = view
  const ties = asNumber(view, emit.op('Equal', [view.input(0), view.output()]))
  const axes = view.sizes(0).flatMap((_, axis) => (axis < 2 ? [] : [axis]))
  return [emit.mul(ties, emit.div(view.gradient, emit.reduceSum(ties, axes)))]
}
