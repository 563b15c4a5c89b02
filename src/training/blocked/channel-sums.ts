/** Sums per channel of values whose channels lie in blocks. */
import type { Emitter, Sizes } from '../emitter.js'
import type { BlockedValue, BlockedValues } from './blocked-values.js'

/** @returns sums over batch and area, with zeros for the channels that fill up the last block */
export function channelSums(emit: Emitter, blocks: BlockedValues, { name, sizes }: BlockedValue): string {
  const [batch = 1, , height = 1, width = 1] = sizes
  const { block } = blocks
  const planes = emit.reshape(name, [(batch * blocks.filled(sizes)) / block, height * width, block])
  return sumOverBatch(emit, blocks, emit.reduceSum(planes, [1], false), sizes)
}

/** @param value - `[N, C]`, one number per image and channel @param sizes - `[N, C, H, W]` of what it was made of */
export function sumOverBatch(emit: Emitter, blocks: BlockedValues, value: string, sizes: Sizes): string {
  return emit.reduceSum(emit.reshape(value, [sizes[0] ?? 1, blocks.filled(sizes)]), [0], false)
}

/** @returns `[C]` without what fills up the last block */
export function cutChannels(emit: Emitter, blocks: BlockedValues, value: string, sizes: Sizes): string {
  const [, channels = 1] = sizes
  return channels === blocks.filled(sizes) ? value : emit.slice(value, 0, 0, channels)
}
