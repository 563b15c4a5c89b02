/**
 * Gradients of convolutions, in any number of dimensions.
 *
 * With respect to X: the transposed convolution of the output's gradient with the same weights. With respect to W: a
 * convolution of X with the output's gradient as its weights, batch and channels swapped, strides and dilations swapped;
 * groups keep their own channels. One form is used for every size; which other form is quicker where is a matter of the
 * static sizes alone, and this file is the place to choose it.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Conv.html
 * @see https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
 */
import { int, ints } from '../../graph/attributes.js'
import { windowOf } from '../../operators/shape/window.js'
import { blockedConvolutionGradients, writeBlockedConvolution } from '../blocked/convolution.js'
import type { Sizes } from '../emitter.js'
import type { ForwardView, GradientFamily, GradientView, Saved } from '../gradient-rule.js'
import { type Slide, slidingWindow, transposedAttributes } from './sliding.js'

/** Conv and ConvTranspose. */
export const convolution: GradientFamily = {
  Conv: { forward: convForward, backward: conv },
  ConvTranspose: { backward: convTranspose },
}

function convForward(view: ForwardView): Saved {
  if (!writeBlockedConvolution(view)) {
    view.emit.ops('Conv', view.node.inputs, view.node.outputs, Object.fromEntries(view.node.attributes))
  }
  return {}
}

function conv(view: GradientView): readonly (string | undefined)[] {
  const onBlocks = blockedConvolutionGradients(view)
  if (onBlocks !== undefined) return onBlocks
  const { emit, gradient } = view
  const group = view.int('group', 1)
  const [, , ...kernel] = view.sizes(1)
  const slide = slidingWindow(view, view.sizes(0), view.outputSizes(), kernel)
  return [
    view.ifNeeded(0, () =>
      emit.op('ConvTranspose', [gradient, view.input(1)], { ...transposedAttributes(slide), group: int(group) }),
    ),
    view.ifNeeded(1, () => {
      const input = { name: view.input(0), sizes: view.sizes(0) }
      return weightGradient(view, input, { name: gradient, sizes: view.outputSizes() }, slide, group)
    }),
    view.ifNeeded(2, () => biasGradient(view)),
  ]
}

/** A transposed convolution is the way back of a convolution, so its way back is that convolution. */
function convTranspose(view: GradientView): readonly (string | undefined)[] {
  const { emit, gradient } = view
  const group = view.int('group', 1)
  const slide = transposedSlide(view)
  const { kernel, strides, dilations, padsBegin, padsEnd } = slide
  const attributes = {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints([...padsBegin, ...padsEnd]),
    group: int(group),
  }
  return [
    view.ifNeeded(0, () => emit.op('Conv', [gradient, view.input(1)], attributes)),
    view.ifNeeded(1, () => {
      const input = { name: gradient, sizes: view.outputSizes() }
      return weightGradient(view, input, { name: view.input(0), sizes: view.sizes(0) }, slide, group)
    }),
    view.ifNeeded(2, () => biasGradient(view)),
  ]
}

function biasGradient(view: GradientView): string {
  const axes = view.outputSizes().flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  return view.emit.reduceSum(view.gradient, axes, false)
}

interface Named {
  readonly name: string
  readonly sizes: Sizes
}

/**
 * @param input - `[N, C, ...]`, what the windows slide over
 * @param output - `[N, K, ...]`, gradient at each position of the window
 * @returns `[K, C/group, ...kernel]`
 */
function weightGradient(view: GradientView, input: Named, output: Named, slide: Slide, group: number): string {
  const { emit } = view
  const [batch = 1, channels = 1, ...area] = input.sizes
  const spatial = area.map((_, axis) => axis)
  const split = emit.reshape(input.name, [batch, group, channels / group, ...area])
  const byChannel = emit.transpose(split, [2, 1, 0, ...spatial.map((axis) => axis + 3)])
  const images = emit.reshape(byChannel, [channels / group, group * batch, ...area])
  const filters = emit.transpose(output.name, [1, 0, ...spatial.map((axis) => axis + 2)])
  const reach = output.sizes.slice(2).map((size, axis) => (size - 1) * (slide.strides[axis] ?? 1) + 1)
  const ends = area.map((size, axis) => {
    const kernelReach = ((slide.kernel[axis] ?? 1) - 1) * (slide.dilations[axis] ?? 1)
    return (reach[axis] ?? 1) + kernelReach - size - (slide.padsBegin[axis] ?? 0)
  })
  const result = emit.op('Conv', [images, filters], {
    kernel_shape: ints(output.sizes.slice(2)),
    strides: ints(slide.dilations),
    dilations: ints(slide.strides),
    pads: ints([...slide.padsBegin, ...ends.map((end) => Math.max(end, 0))]),
    group: int(group),
  })
  // Where the last window ends before the input does, the convolution goes on over what no window has seen.
  const isLonger = ends.map((end, axis) => -end >= (slide.dilations[axis] ?? 1))
  const cropped = isLonger.reduce(
    (value, cut, axis) => (cut ? emit.slice(value, axis + 2, 0, slide.kernel[axis] ?? 1) : value),
    result,
  )
  return emit.transpose(cropped, [1, 0, ...spatial.map((axis) => axis + 2)])
}

/** `pads` as they are, or as `output_shape` and `auto_pad` make them. */
function transposedSlide(view: GradientView): Slide {
  const [, , ...input] = view.sizes(0)
  const [, , ...kernel] = view.sizes(1)
  const [, , ...output] = view.outputSizes()
  const window = windowOf(view, input.length, kernel)
  const { strides, dilations } = window
  const isGiven = view.attribute('output_shape') === undefined && window.autoPad === 'NOTSET'
  const added = view.ints('output_padding') ?? []
  const totals = output.map((size, axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return ((input[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (added[axis] ?? 0) + reach - size
  })
  const padsBegin = isGiven
    ? window.padsBegin
    : totals.map((total) => (window.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  const padsEnd = isGiven ? window.padsEnd : totals.map((total, axis) => total - (padsBegin[axis] ?? 0))
  return { kernel, strides, dilations, padsBegin, padsEnd, input: output, output: input }
}
