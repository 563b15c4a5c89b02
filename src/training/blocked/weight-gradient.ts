/**
 * The gradient of a convolution's weights as a convolution on blocked channels, with the images of the batch as channels:
 * X slides over dY as its weights, elements of dY as far apart as the forward strides.
 *
 * For X the channels of one block lie beside each other along the width, `[C/b, N, H, W * b]`, so that the outputs of one
 * row, of all taps of a row and all channels of a block, are many enough to fill the registers. The sum over the area is cut
 * into pieces of some rows, each an "image" more, so that what is read again and again stays in the second cache.
 */
import { int } from '../../graph/attributes.js'
import type { Emitter } from '../emitter.js'
import type { Slide } from '../gradients/sliding.js'
import { type AreaPieces, areaPieces } from './area-pieces.js'
import type { BlockedValues } from './blocked-values.js'
import { windowAttributes } from './convolve.js'
import type { WeightLayout } from './weight-layout.js'

/** What the gradient is computed from, beside X and dY. */
export interface WeightGradientWork {
  readonly emit: Emitter
  readonly blocks: BlockedValues
  readonly layout: WeightLayout
  readonly slide: Slide
  /** Images in the batch. */
  readonly batch: number
}

/**
 * @param input - `[N, C, H, W]` in blocks, plain for the layout `image`
 * @param output - dY `[N, K, OH, OW]` in blocks
 * @returns the gradient as the weight is stored
 */
export function weightGradient(work: WeightGradientWork, input: string, output: string): string {
  const { emit, blocks, layout, slide } = work
  const { block, stored, kind } = layout
  const [outputs = 1, inputs = 1] = stored
  const [height = 1, width = 1] = slide.kernel
  const inner = kind === 'full' ? block : 1
  const across = inputs / inner
  const pieces = areaPieces(work.batch, slide.output, block)
  const { rows, groups } = pieces
  const images = imagesOf(work, input, pieces, { inner, across })
  const filters = filtersOf(work, output, pieces)
  const [stepDown = 1, stepRight = 1] = slide.strides
  const columns = slide.output[1] ?? 1
  const weights = emit.reshape(filters, [outputs, groups * pieces.inner, rows, columns])
  const window = windowAttributes([rows, columns], { dilations: [stepDown, stepRight * inner] })
  const found = blocks.op('Conv', [images, weights], { ...window, group: int(1) })
  // [C/b, K/b, h, w * b of C, b of K]: blocks of input channels come first.
  const down = outputs / block
  const split = emit.reshape(found, [across * down, height * width * inner * block])
  const order = Array.from(
    { length: across * down },
    (_, index) => (index % across) * down + Math.floor(index / across),
  )
  return emit.reshape(emit.gather(split, 0, order), stored)
}

/** Channels side by side along the width, and how many such groups there are. */
interface Split {
  readonly inner: number
  readonly across: number
}

/** X with its margins, `[C/b, pieces, rows that a piece sees, W * b, pieces of a block]`. */
function imagesOf(work: WeightGradientWork, input: string, pieces: AreaPieces, { inner, across }: Split): string {
  const { emit, blocks, layout, slide, batch } = work
  const [top = 0, left = 0] = slide.padsBegin
  const [height = 1, width = 1] = slide.input
  const [reachDown = 1, reachRight = 1] = slide.output.map((count, axis) => {
    return (count - 1) * (slide.strides[axis] ?? 1) + (slide.kernel[axis] ?? 1)
  })
  const planes = emit.reshape(input, [batch, across, height, width * inner])
  const below = reachDown - height - top
  const beside = (reachRight - width - left) * inner
  const filled = emit.pad(planes, [0, 0, top, left * inner, pieces.images - batch, 0, below, beside])
  const stride = slide.strides[0] ?? 1
  const reach = (pieces.rows - 1) * stride + (slide.kernel[0] ?? 1)
  const line = reachRight * inner
  const lines = { across, height: reachDown, step: pieces.rows * stride, reach, line }
  const cut = cutApart(work, filled, pieces, lines)
  const { block } = layout
  const pictures = pieces.isOneBlock ? [1, block, across * reach, line] : [across * pieces.groups, block, reach, line]
  const inside = pieces.inner < block ? cut : blocks.op('ReorderInput', [emit.reshape(cut, pictures)])
  return emit.reshape(inside, [across, pieces.groups * pieces.inner, reach, line])
}

/** dY as weights: `[K/b, pieces, rows, OW, pieces of a block, b of K]`. */
function filtersOf(work: WeightGradientWork, output: string, pieces: AreaPieces): string {
  const { emit, blocks, layout, slide, batch } = work
  const { block, stored } = layout
  const { rows, images, inner, groups } = pieces
  const [height = 1, columns = 1] = slide.output
  const down = (stored[0] ?? 1) / block
  const line = columns * block
  const filled = emit.pad(emit.reshape(output, [batch, down * height * line]), [0, 0, images - batch, 0])
  const cut = cutApart(work, filled, pieces, { across: down, height, step: rows, reach: rows, line })
  if (inner < block) return cut
  // Brought inside as if they were the rows of a picture with its channels last, on all threads; Transpose runs on one.
  const pictures = pieces.isOneBlock ? [1, block, 1, down * rows * line] : [down * groups, block, 1, rows * line]
  return blocks.op('ReorderInput', [emit.reshape(cut, pictures)], { channels_last: int(1) })
}

/** Lines of pixels: planes of so many lines, pieces that begin `step` lines apart and are `reach` lines long. */
interface Lines {
  readonly across: number
  readonly height: number
  readonly step: number
  readonly reach: number
  readonly line: number
}

/**
 * `[images, planes, lines]` to `[planes, pieces of all images, lines of a piece]`. Where all images are one block they stay
 * outside: bringing them inside moves them past the planes too.
 */
function cutApart({ emit }: WeightGradientWork, value: string, pieces: AreaPieces, lines: Lines): string {
  const { across, height, step, reach, line } = lines
  const { images, inner, groups } = pieces
  const perImage = (inner * groups) / images
  if (pieces.isOneBlock) return value
  if (perImage === 1) {
    const swapped = Array.from({ length: images * across }, (_, index) => {
      return (index % images) * across + Math.floor(index / images)
    })
    return emit.gather(emit.reshape(value, [images * across, height * line]), 0, swapped)
  }
  const order = Array.from({ length: across * images * perImage * reach }, (_, index) => {
    const [row, place] = [index % reach, Math.floor(index / reach)]
    const [piece, rest] = [place % perImage, Math.floor(place / perImage)]
    const [image, plane] = [rest % images, Math.floor(rest / images)]
    return (image * across + plane) * height + piece * step + row
  })
  return emit.gather(emit.reshape(value, [images * across * height, line]), 0, order)
}
/** Each image's channels slide over those of dY, one by one; the images' gradients are summed. */
export function depthwiseWeightGradient(work: WeightGradientWork, input: string, output: string): string {
  const { emit, blocks, layout, slide, batch } = work
  const [channels = 1] = layout.stored
  const all = batch * channels
  const images = emit.reshape(input, [1, all, ...slide.input])
  const filters = emit.reshape(output, [all, 1, ...slide.output])
  const ends = slide.input.map((size, axis) => {
    const reach = ((slide.output[axis] ?? 1) - 1) * (slide.strides[axis] ?? 1) + (slide.kernel[axis] ?? 1)
    return reach - size - (slide.padsBegin[axis] ?? 0)
  })
  const pads = [...slide.padsBegin, ...ends.map((end) => Math.max(end, 0))]
  const window = windowAttributes(slide.output, { dilations: slide.strides, pads })
  const found = blocks.op('Conv', [images, filters], { ...window, group: int(all) })
  const [height = 1, width = 1] = slide.kernel.map((size, axis) => size + Math.max(-(ends[axis] ?? 0), 0))
  // Rows behind the last window give taps that the kernel has not.
  const taps = emit.reshape(found, [batch * (channels / layout.block), height, width * layout.block])
  const cut = emit.pad(taps, [
    0,
    0,
    0,
    0,
    (slide.kernel[0] ?? 1) - height,
    ((slide.kernel[1] ?? 1) - width) * layout.block,
  ])
  const sums = emit.reduceSum(emit.reshape(cut, [batch, -1]), [0], false)
  return emit.reshape(sums, layout.stored)
}
