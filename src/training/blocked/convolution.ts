/** Convolutions on blocked channels, forward and back: to X `input-gradient.ts`, to W `weight-gradient.ts`. */
import type { Emitter } from '../emitter.js'
import type { ForwardView, GradientView } from '../gradient-rule.js'
import { type Slide, slidingWindow } from '../gradients/sliding.js'
import type { BlockedValues } from './blocked-values.js'
import { channelSums, cutChannels } from './channel-sums.js'
import { convolve } from './convolve.js'
import { inputGradient } from './input-gradient.js'
import { depthwiseWeightGradient, weightGradient } from './weight-gradient.js'
import type { WeightLayout } from './weight-layout.js'

/** A convolution whose weight is stored in blocks. */
interface Plan {
  readonly blocks: BlockedValues
  readonly layout: WeightLayout
  readonly slide: Slide
}

function planOf(view: ForwardView): Plan | undefined {
  const { blocks } = view.emit
  const layout = blocks?.weights.get(view.input(1))
  if (blocks === undefined || layout === undefined) return undefined
  const slide = slidingWindow(view, view.sizes(0), view.outputSizes(), layout.shape.slice(2))
  return { blocks, layout, slide }
}

/** @returns `false` where the weight is not stored in blocks: nothing is written then */
export function writeBlockedConvolution(view: ForwardView): boolean {
  const plan = planOf(view)
  if (plan === undefined) return false
  const { blocks, layout, slide } = plan
  const input = layout.kind === 'image' ? plainInput(view, blocks) : blocks.of(view.input(0), view.sizes(0)).name
  const bias = view.input(2) === '' ? [] : [fillUp(view.emit, view.input(2), layout)]
  const sizes = [view.sizes(0)[0] ?? 1, layout.stored[1] ?? 1]
  const name = convolve({ emit: view.emit, blocks, layout, slide }, input, sizes, [view.input(1), ...bias])
  blocks.define(view.output(), { name, sizes: view.outputSizes() })
  return true
}

function plainInput(view: ForwardView, blocks: BlockedValues): string {
  blocks.write([view.input(0)])
  return view.input(0)
}

/** A value per channel, with zeros for the channels that fill up the last block. */
function fillUp(emit: Emitter, value: string, { shape, stored }: WeightLayout): string {
  return emit.pad(value, [0, (stored[0] ?? 1) - shape[0]])
}

/** @returns `undefined` where the weight is not stored in blocks */
export function blockedConvolutionGradients(view: GradientView): readonly (string | undefined)[] | undefined {
  const plan = planOf(view)
  if (plan === undefined) return undefined
  const { blocks, layout, slide } = plan
  const gradient = blocks.of(view.gradient, view.outputSizes())
  return [
    view.ifNeeded(0, () => {
      const work = { emit: view.emit, blocks, layout, slide }
      return blocks.name({ name: inputGradient(work, view.input(1), gradient), sizes: view.sizes(0) })
    }),
    view.ifNeeded(1, () => {
      const input = layout.kind === 'image' ? plainInput(view, blocks) : blocks.of(view.input(0), view.sizes(0)).name
      const work = { emit: view.emit, blocks, layout, slide, batch: view.sizes(0)[0] ?? 1 }
      const write = layout.kind === 'depthwise' ? depthwiseWeightGradient : weightGradient
      return write(work, input, gradient.name)
    }),
    view.ifNeeded(2, () => {
      const { emit } = view
      return cutChannels(emit, blocks, channelSums(emit, blocks, gradient), gradient.sizes)
    }),
  ]
}
