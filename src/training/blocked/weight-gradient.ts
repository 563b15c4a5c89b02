/**
 * The gradient of a convolution's weights as a convolution on blocked channels, with the images of the batch as channels:
 * X slides over dY as its weights, elements of dY as far apart as the forward strides.
 *
 * For X the channels of one block lie beside each other along the width, `[C/b, N, H, W * b]`, so that the outputs of one
 * row, of all taps of a row and all channels of a block, are many enough to fill the registers. The sum over the area is cut
 * into pieces of some rows, each an "image" more, so that what is read again and again stays in the second cache.
 */
import { int, ints } from '../../graph/attributes.js'
import type { Emitter, Sizes } from '../emitter.js'
import type { Slide } from '../gradients/sliding.js'
import { BLOCKED_DOMAIN, type BlockedValues } from './blocked-values.js'
import { type WeightLayout, wholeBlocks } from './weight-layout.js'

/** What the gradient is computed from, beside X and dY. */
export interface WeightGradientWork {
  readonly emit: Emitter
  readonly blocks: BlockedValues
  readonly layout: WeightLayout
  readonly slide: Slide
  /** Images in the batch. */
  readonly batch: number
}

/** Elements of dY that four blocks of outputs read for 16 images: 1 MB, half the second cache of usual servers. */
const PIECE = 2 ** 18

/** @returns rows of dY that are summed in one piece: a divisor of all rows */
export function rowsOfPiece([rows = 1, columns = 1]: Sizes, block: number): number {
  const most = PIECE / (4 * block * block)
  const divisors = Array.from({ length: rows }, (_, index) => rows - index).filter((count) => rows % count === 0)
  return divisors.find((count) => count * columns <= most) ?? 1
}

/**
 * @param input - `[N, C, H, W]` in blocks, plain for the layout `image`
 * @param output - dY `[N, K, OH, OW]` in blocks
 * @returns the gradient as the weight is stored
 */
export function weightGradient(work: WeightGradientWork, input: string, output: string): string {
  const { emit, layout, slide } = work
  const { block, stored, kind } = layout
  const [outputs = 1, inputs = 1] = stored
  const [height = 1, width = 1] = slide.kernel
  const inner = kind === 'full' ? block : 1
  const across = inputs / inner
  const rows = rowsOfPiece(slide.output, block)
  const pieces = ((slide.output[0] ?? 1) / rows) * (wholeBlocks(work.batch, block) / block)
  const images = imagesOf(work, input, { inner, across, rows })
  const filters = filtersOf(work, output)
  const [stepDown = 1, stepRight = 1] = slide.strides
  const columns = slide.output[1] ?? 1
  const [found = ''] = emit.ops(
    'Conv',
    [images, emit.reshape(filters, [outputs, pieces * block, rows, columns])],
    1,
    {
      kernel_shape: ints([rows, columns]),
      strides: ints([1, 1]),
      dilations: ints([stepDown, stepRight * inner]),
      pads: ints([0, 0, 0, 0]),
      group: int(1),
    },
    BLOCKED_DOMAIN,
  )
  // [C/b, K/b, h, w * b of C, b of K]: blocks of input channels come first.
  const down = outputs / block
  const split = emit.reshape(found, [across * down, height * width * inner * block])
  const order = Array.from(
    { length: across * down },
    (_, index) => (index % across) * down + Math.floor(index / across),
  )
  return emit.reshape(emit.gather(split, 0, order), stored)
}

interface Split {
  /** Channels side by side along the width, and how many such groups there are. */
  readonly inner: number
  readonly across: number
  readonly rows: number
}

/** X with its margins, `[C/b, pieces, rows of a piece, W * b, images]`. */
function imagesOf({ emit, layout, slide, batch }: WeightGradientWork, input: string, split: Split): string {
  const { block } = layout
  const { inner, across, rows } = split
  const [top = 0, left = 0] = slide.padsBegin
  const [height = 1, width = 1] = slide.input
  const [reachDown = 1, reachRight = 1] = slide.output.map((count, axis) => {
    return (count - 1) * (slide.strides[axis] ?? 1) + (slide.kernel[axis] ?? 1)
  })
  const planes = emit.reshape(input, [batch * across, height, width * inner])
  const margins = [0, top, left * inner, 0, reachDown - height - top, (reachRight - width - left) * inner]
  const filled = emit.pad(planes, margins)
  const line = reachRight * inner
  const turned = imagesInside(emit, emit.reshape(filled, [batch, across * reachDown * line]), batch, block)
  const groups = wholeBlocks(batch, block) / block
  const reach = (rows - 1) * (slide.strides[0] ?? 1) + (slide.kernel[0] ?? 1)
  const order: number[] = []
  for (let plane = 0; plane < across; plane++) {
    for (let group = 0; group < groups; group++) {
      for (let start = 0; start < (slide.output[0] ?? 1); start += rows) {
        const first = (group * across + plane) * reachDown + start * (slide.strides[0] ?? 1)
        for (let row = 0; row < reach; row++) order.push(first + row)
      }
    }
  }
  const lines = emit.reshape(turned, [groups * across * reachDown, line * block])
  const pieces = order.length / reach / across
  return emit.reshape(emit.gather(lines, 0, order), [across, pieces * block, reach, line])
}

/** `[N, M]` to `[N/b, M, b of N]`, with images of zeros that fill up the last block. */
function imagesInside(emit: Emitter, value: string, batch: number, block: number): string {
  const groups = wholeBlocks(batch, block) / block
  const filled = emit.pad(value, [0, 0, groups * block - batch, 0])
  return emit.transpose(emit.reshape(filled, [groups, block, -1]), [0, 2, 1])
}

/**
 * dY as weights: `[K/b, N/b, OH, OW, b of N, b of K]`. Images come inside as if they were the rows of a picture whose channels
 * are brought to blocks, which runs on all threads, where Transpose runs on one.
 */
function filtersOf({ emit, blocks, layout, slide, batch }: WeightGradientWork, output: string): string {
  const { block, stored } = layout
  const [rows = 1, columns = 1] = slide.output
  const down = (stored[0] ?? 1) / block
  const groups = wholeBlocks(batch, block) / block
  const line = rows * columns * block
  const images = emit.reshape(output, [batch, down * line])
  const filled = emit.pad(images, [0, 0, groups * block - batch, 0])
  const pictures = emit.reshape(filled, [groups, block, 1, down * line])
  const inside = blocks.op('ReorderInput', [pictures], { channels_last: int(1) })
  const order = Array.from(
    { length: groups * down },
    (_, index) => (index % groups) * down + Math.floor(index / groups),
  )
  return emit.gather(emit.reshape(inside, [groups * down, line * block]), 0, order)
}

/** Each image's channels slide over those of dY, one by one; the images' gradients are summed. */
export function depthwiseWeightGradient(work: WeightGradientWork, input: string, output: string): string {
  const { emit, layout, slide, batch } = work
  const [channels = 1] = layout.stored
  const all = batch * channels
  const images = emit.reshape(input, [1, all, ...slide.input])
  const filters = emit.reshape(output, [all, 1, ...slide.output])
  const ends = slide.input.map((size, axis) => {
    const reach = ((slide.output[axis] ?? 1) - 1) * (slide.strides[axis] ?? 1) + (slide.kernel[axis] ?? 1)
    return reach - size - (slide.padsBegin[axis] ?? 0)
  })
  const [found = ''] = emit.ops(
    'Conv',
    [images, filters],
    1,
    {
      kernel_shape: ints(slide.output),
      strides: ints([1, 1]),
      dilations: ints(slide.strides),
      pads: ints([...slide.padsBegin, ...ends.map((end) => Math.max(end, 0))]),
      group: int(all),
    },
    BLOCKED_DOMAIN,
  )
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
