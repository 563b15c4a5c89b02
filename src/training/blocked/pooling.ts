/**
 * Pooling on blocked channels.
 *
 * The gradient of MaxPool is written for windows that lie side by side: elements that equal the largest of their window share
 * its gradient evenly. Nothing but the output is kept for it, and no index is computed.
 */
import { float, int, ints, text } from '../../graph/attributes.js'
import type { ForwardView, GradientView } from '../gradient-rule.js'
import { type Slide, slidingWindow } from '../gradients/sliding.js'
import { BLOCKED_DOMAIN, type BlockedValue, type BlockedValues } from './blocked-values.js'
import { windowAttributes } from './convolve.js'

/** @returns `false` where the input is not blocked: nothing is written then */
export function writeBlockedGlobalAverage(view: ForwardView): boolean {
  const { emit } = view
  const { blocks } = emit
  const input = blocks?.find(view.input(0))
  if (blocks === undefined || input === undefined) return false
  const [batch = 1, channels = 1] = input.sizes
  const filled = blocks.filled(input.sizes)
  const isWhole = filled === channels
  // One pixel per channel: blocked and plain order are the same.
  const [mean = ''] = emit.ops('GlobalAveragePool', [input.name], isWhole ? [view.output()] : 1, {}, BLOCKED_DOMAIN)
  if (!isWhole) {
    const flat = emit.slice(emit.reshape(mean, [batch, filled]), 1, 0, channels)
    emit.ops('Reshape', [flat, emit.whole([batch, channels, 1, 1])], [view.output()])
  }
  return true
}

/** @returns `undefined` where the input was not blocked */
export function blockedGlobalAverageGradient(view: GradientView): readonly string[] | undefined {
  const { emit } = view
  const { blocks } = emit
  const input = blocks?.find(view.input(0))
  if (blocks === undefined || input === undefined) return undefined
  const [batch = 1, channels = 1, height = 1, width = 1] = input.sizes
  const filled = blocks.filled(input.sizes)
  const part = emit.mul(view.gradient, view.scalar(1 / (height * width)))
  const whole = emit.pad(emit.reshape(part, [batch, channels]), [0, 0, 0, filled - channels])
  const pixels = emit.reshape(whole, [(batch * filled) / blocks.block, 1, blocks.block])
  const spread = emit.expand(pixels, [(batch * filled) / blocks.block, height * width, blocks.block])
  return [blocks.name({ name: emit.reshape(spread, [batch, filled, height, width]), sizes: input.sizes })]
}

interface MaxPooling {
  readonly blocks: BlockedValues
  readonly input: BlockedValue
  readonly slide: Slide
}

/** @returns `undefined` where the input is not blocked, or windows overlap, leave elements out or reach over the ends */
function maxPoolingOf(view: ForwardView): MaxPooling | undefined {
  const { blocks } = view.emit
  const input = blocks?.find(view.input(0))
  if (blocks === undefined || input === undefined || view.output(1) !== '') return undefined
  const slide = slidingWindow(view, view.sizes(0), view.outputSizes())
  const isTiled = slide.kernel.every((size, axis) => {
    const [stride, dilation, pad] = [slide.strides[axis], slide.dilations[axis], slide.padsBegin[axis]]
    return stride === size && dilation === 1 && pad === 0 && size * (slide.output[axis] ?? 0) === slide.input[axis]
  })
  return isTiled ? { blocks, input, slide } : undefined
}

const tilesOf = ({ kernel, strides }: Slide) => windowAttributes(kernel, { strides })

/** @returns `false` where `maxPoolingOf` gives nothing: nothing is written then */
export function writeBlockedMaxPool(view: ForwardView): boolean {
  const pooling = maxPoolingOf(view)
  if (pooling === undefined) return false
  const { blocks, input, slide } = pooling
  const attributes = { ...tilesOf(slide), storage_order: int(0), ceil_mode: int(0) }
  blocks.define(view.output(), { name: blocks.op('MaxPool', [input.name], attributes), sizes: view.outputSizes() })
  return true
}

/** @returns `undefined` where the forward pass is not that of `writeBlockedMaxPool` */
export function blockedMaxPoolGradient(view: GradientView): readonly string[] | undefined {
  const pooling = maxPoolingOf(view)
  if (pooling === undefined) return undefined
  const { blocks, input, slide } = pooling
  const { emit } = view
  const sizes = view.outputSizes()
  const [output, gradient] = [blocks.of(view.output(), sizes), blocks.of(view.gradient, sizes)]
  const isLargest = equal(view, input.name, repeated(blocks, slide, output.name))
  const count = slide.kernel.reduce((product, size) => product * size, 1)
  const share = blocks.op('AveragePool', [isLargest], { ...tilesOf(slide), count_include_pad: int(0) })
  const each = emit.div(emit.mul(gradient.name, view.scalar(1 / count)), share)
  return [blocks.name({ name: emit.mul(repeated(blocks, slide, each), isLargest), sizes: input.sizes })]
}

/** Each element over the whole of its window. */
function repeated(blocks: BlockedValues, { kernel }: Slide, value: string): string {
  const attributes = { scales: ints([1, 1, ...kernel]), mode: text('nearest') }
  return blocks.op('Upsample', [value], { ...attributes, coordinate_transformation_mode: text('asymmetric') })
}

/** 1 where two values are equal, 0 where the first is smaller, by a steep line; the first is never larger. */
function equal({ emit }: GradientView, value: string, largest: string): string {
  return emit.op('HardSigmoid', [emit.sub(value, largest)], { alpha: float(2 ** 64), beta: float(1) })
}
