/** Writes one convolution on blocked channels, with images side by side where they are too narrow for the registers. */
import { int, ints } from '../../graph/attributes.js'
import type { Attributes } from '../../graph/builder.js'
import type { Emitter, Sizes } from '../emitter.js'
import type { Slide } from '../gradients/sliding.js'
import type { BlockedValues } from './blocked-values.js'
import type { WeightLayout } from './weight-layout.js'

/** What a convolution on blocks is written with. */
export interface ConvolutionWork {
  readonly emit: Emitter
  readonly blocks: BlockedValues
  readonly layout: WeightLayout
  readonly slide: Slide
}

/** Attributes of a window; steps and dilations are 1, pads 0 and groups one where they are left out. */
export function windowAttributes(kernel: Sizes, more: Readonly<Record<string, Sizes>> = {}): Attributes {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = more
  return { kernel_shape: ints(kernel), strides: ints(strides), dilations: ints(dilations), pads: ints(pads) }
}

/** @returns the attributes of a convolution with that window */
function convolutionAttributes({ kernel, strides, padsBegin, padsEnd }: Slide, group: number): Attributes {
  return { ...windowAttributes(kernel, { strides, pads: [...padsBegin, ...padsEnd] }), group: int(group) }
}

/** Outputs of one row that fill the registers to a half; a row of them alone is computed at a third of the speed. */
const NARROW = 4

/**
 * @param sizes - images, and channels with those that fill up the last block
 * @param weights - `[K, C, h, w]` as stored, and the bias if there is one
 */
export function convolve(work: ConvolutionWork, input: string, sizes: Sizes, weights: readonly string[]): string {
  const { blocks, layout, slide } = work
  const [batch = 1] = sizes
  const isNarrow = (slide.output[1] ?? 1) <= NARROW && (slide.kernel[1] ?? 1) > 1 && (slide.strides[1] ?? 1) === 1
  if (layout.kind === 'full' && isNarrow && batch > 1) return sideBySide(work, input, sizes, weights)
  const group = layout.kind === 'depthwise' ? (layout.stored[0] ?? 1) : 1
  return blocks.op('Conv', [input, ...weights], convolutionAttributes(slide, group))
}

/** Images one beside the other, as many zeros between two of them as a window reaches over their ends. */
function sideBySide(work: ConvolutionWork, input: string, sizes: Sizes, weights: readonly string[]): string {
  const { emit, blocks, slide } = work
  const { block } = blocks
  const [batch = 1, channels = 1] = sizes
  const [height = 1, width = 1] = slide.input
  const [rows = 1, columns = 1] = slide.output
  const [top = 0, left = 0] = slide.padsBegin
  const [bottom = 0, right = 0] = slide.padsEnd
  const step = width + Math.max(left, right)
  const lines = emit.reshape(input, [batch, (channels / block) * height, width * block])
  const apart = emit.transpose(emit.pad(lines, [0, 0, 0, 0, 0, (step - width) * block]), [1, 0, 2])
  const wide = { ...slide, padsBegin: [top, left], padsEnd: [bottom, (slide.kernel[1] ?? 1) - 1 - left] }
  const row = emit.reshape(apart, [1, channels, height, batch * step])
  const found = blocks.op('Conv', [row, ...weights], convolutionAttributes(wide, 1))
  const outputs = emit.reshape(found, [-1, batch, step * block])
  const cut = emit.transpose(emit.pad(outputs, [0, 0, 0, 0, 0, (columns - step) * block]), [1, 0, 2])
  return emit.reshape(cut, [batch, -1, rows, columns])
}
