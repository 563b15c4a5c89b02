/** Writes the weights of the way back from those of the way forward. */
import { int } from '../../graph/attributes.js'
import type { Sizes } from '../emitter.js'
import { BLOCKED_DOMAIN } from './blocked-values.js'
import type { ConvolutionWork } from './convolve.js'

/**
 * The weights of the convolution that leads back to X: input and output channels change places, but for those of single
 * channels, and of the taps come those that are asked for, in that order.
 *
 * @param taps - places in the kernel, row by row; all of them backwards for a convolution without strides
 * @param kernel - sizes of the kernel that these taps make
 * @returns `[C, K, ...kernel]` as a weight is stored in blocks
 */
export function turnedWeights(work: ConvolutionWork, weight: string, taps: Sizes, kernel: Sizes): string {
  const { emit, layout } = work
  const { block, stored, kind } = layout
  const [outputs = 1, inputs = 1, height = 1, width = 1] = stored
  const area = height * width
  if (kind === 'depthwise') {
    const split = emit.reshape(weight, [outputs / block, area, block])
    return emit.reshape(emit.gather(split, 1, taps), [outputs, 1, ...kernel])
  }
  if (kind === 'image') {
    const split = emit.gather(emit.reshape(weight, [outputs / block, inputs, area, block]), 2, taps)
    const swapped = emit.transpose(split, [0, 2, 3, 1])
    const filled = emit.pad(swapped, [0, 0, 0, 0, 0, 0, 0, block - inputs])
    return emit.reshape(filled, [block, outputs, ...kernel])
  }
  const [across, down] = [inputs / block, outputs / block]
  const order = Array.from({ length: across * down * taps.length }, (_, index) => {
    const row = Math.floor(index / taps.length)
    const [k, c] = [row % down, Math.floor(row / down)]
    return (k * across + c) * area + (taps[index % taps.length] ?? 0)
  })
  const moved = emit.gather(emit.reshape(weight, [across * down * area, block * block]), 0, order)
  // A square of channels is turned as if it were an image of one row in blocked order.
  const squares = emit.reshape(moved, [order.length, block, 1, block])
  const attributes = { channels: int(block), channels_last: int(0) }
  const [swapped = ''] = emit.ops('ReorderOutput', [squares], 1, attributes, BLOCKED_DOMAIN)
  return emit.reshape(swapped, [inputs, outputs, ...kernel])
}
