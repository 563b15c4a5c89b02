/**
 * Batch normalisation on blocked channels: one factor and one summand per channel are a convolution of each channel for
 * itself, with a window of one pixel, which reads and writes once.
 */
import { int } from '../../graph/attributes.js'
import type { Sizes } from '../emitter.js'
import type { ForwardView, GradientView, Saved } from '../gradient-rule.js'
import type { BlockedValue, BlockedValues } from './blocked-values.js'
import { channelSums, cutChannels, sumOverBatch } from './channel-sums.js'
import { windowAttributes } from './convolve.js'

/** What a normalisation of blocked channels computes with. */
class Channels {
  readonly view: ForwardView
  readonly blocks: BlockedValues
  readonly sizes: Sizes
  /** Channels with those that fill up the last block. */
  readonly filled: number

  constructor(view: ForwardView, blocks: BlockedValues) {
    this.view = view
    this.blocks = blocks
    this.sizes = view.sizes(0)
    this.filled = blocks.filled(this.sizes)
  }

  /** Numbers per channel. */
  get count(): number {
    const [batch = 1, , height = 1, width = 1] = this.sizes
    return batch * height * width
  }

  /** `[C]` with zeros behind. */
  fill(value: string): string {
    return this.view.emit.pad(value, [0, this.filled - (this.sizes[1] ?? 1)])
  }

  /** `[C]` without what fills up the last block. */
  cut(value: string): string {
    return cutChannels(this.view.emit, this.blocks, value, this.sizes)
  }

  /** factor * x + summand + more, per channel. */
  affine(value: string, factor: string, summand: string, more: readonly string[] = []): string {
    const weight = this.view.emit.reshape(factor, [this.filled, 1, 1, 1])
    const attributes = { ...windowAttributes([1, 1]), group: int(this.filled) }
    return this.blocks.op('Conv', [value, weight, summand, ...more], attributes)
  }

  /** Sum over batch and area. */
  sum(name: string): string {
    return channelSums(this.view.emit, this.blocks, { name, sizes: this.sizes })
  }

  /** Sum of products: each channel of the one slides over that of the other, to one position. */
  sumOfProducts(a: string, b: string): string {
    const { emit } = this.view
    const [batch = 1, , height = 1, width = 1] = this.sizes
    const all = batch * this.filled
    const inputs = [emit.reshape(a, [1, all, 1, height * width]), emit.reshape(b, [all, 1, 1, height * width])]
    const attributes = { ...windowAttributes([1, height * width]), group: int(all) }
    return sumOverBatch(emit, this.blocks, this.blocks.op('Conv', inputs, attributes), this.sizes)
  }
}

function channelsOf(view: ForwardView): { channels: Channels; input: BlockedValue } | undefined {
  const { blocks } = view.emit
  const input = blocks?.find(view.input(0))
  return blocks === undefined || input === undefined ? undefined : { channels: new Channels(view, blocks), input }
}

const inverseOf = (view: ForwardView, variance: string): string => {
  const { emit } = view
  return emit.op('Reciprocal', [emit.op('Sqrt', [emit.add(variance, view.scalar(view.float('epsilon', 1e-5)))])])
}

/**
 * Writes the normalisation by the statistics of the batch, or by those given.
 *
 * @returns `undefined` where the input is not blocked: nothing is written then. Else what the way back needs: `centred`, the
 *   input less its mean, and `inverse`, one by the deviation; with `mean` and `variance` of the batch where it is those
 */
export function writeBlockedNormalization(view: ForwardView, isTraining: boolean): Saved | undefined {
  const found = channelsOf(view)
  if (found === undefined) return undefined
  const { channels, input } = found
  const { emit } = view
  const { blocks, sizes, count } = channels
  const part = view.scalar(1 / count)
  const mean = isTraining ? emit.mul(channels.sum(input.name), part) : channels.fill(view.input(3))
  const ones = emit.float(Array(channels.filled).fill(1), view.computesIn, [channels.filled])
  const centred = channels.affine(input.name, ones, emit.op('Neg', [mean]))
  const variance = isTraining ? emit.mul(channels.sumOfProducts(centred, centred), part) : channels.fill(view.input(4))
  const inverse = inverseOf(view, variance)
  const factor = emit.mul(channels.fill(view.input(1)), inverse)
  const name = channels.affine(centred, factor, channels.fill(view.input(2)))
  blocks.define(view.output(), { name, sizes })
  return { centred, inverse, factor, mean: channels.cut(mean), variance: channels.cut(variance) }
}

/** @returns `undefined` where the input was not blocked */
export function blockedNormalizationGradients(
  view: GradientView,
  isTraining: boolean,
): readonly (string | undefined)[] | undefined {
  const { centred, inverse = '', factor = '' } = view.saved
  const found = channelsOf(view)
  if (found === undefined || centred === undefined) return undefined
  const { channels } = found
  const { blocks, sizes, count } = channels
  const { emit } = view
  const { name: gradient } = blocks.of(view.gradient, sizes)
  const bias = channels.sum(gradient)
  const products = channels.sumOfProducts(gradient, centred)
  const named = (name: string) => blocks.name({ name, sizes })
  const input = () => {
    const none = emit.zeros([channels.filled], view.computesIn)
    if (!isTraining) return named(channels.affine(gradient, factor, none))
    const part = view.scalar(-1 / count)
    const slope = emit.mul(emit.mul(emit.mul(products, emit.square(inverse)), factor), part)
    const shift = emit.mul(emit.mul(bias, factor), part)
    return named(channels.affine(gradient, factor, '', [channels.affine(centred, slope, shift)]))
  }
  return [
    view.ifNeeded(0, input),
    view.ifNeeded(1, () => channels.cut(emit.mul(products, inverse))),
    view.ifNeeded(2, () => channels.cut(bias)),
  ]
}
