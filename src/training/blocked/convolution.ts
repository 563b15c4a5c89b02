/**
 * Convolutions on blocked channels, forward and back.
 *
 * Back to X goes the convolution of dY with the weights turned round, their taps backwards and their channels swapped; where
 * the forward one has strides, zeros are put between the elements of dY first. Back to W: `weight-gradient.ts`.
 */
import { int, ints } from '../../graph/attributes.js'
import type { Attributes } from '../../graph/builder.js'
import type { Emitter, Sizes } from '../emitter.js'
import type { ForwardView, GradientView } from '../gradient-rule.js'
import { type Slide, slidingWindow } from '../gradients/sliding.js'
import { BLOCKED_DOMAIN, type BlockedValue, type BlockedValues } from './blocked-values.js'
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

const windowAttributes = (slide: Slide, group: number): Attributes => ({
  kernel_shape: ints(slide.kernel),
  strides: ints(slide.strides),
  dilations: ints(slide.dilations),
  pads: ints([...slide.padsBegin, ...slide.padsEnd]),
  group: int(group),
})

const groupOf = ({ kind, stored }: WeightLayout): number => (kind === 'depthwise' ? (stored[0] ?? 1) : 1)

/** @returns `false` where the weight is not stored in blocks: nothing is written then */
export function writeBlockedConvolution(view: ForwardView): boolean {
  const plan = planOf(view)
  if (plan === undefined) return false
  const { blocks, layout, slide } = plan
  const input = layout.kind === 'image' ? plainInput(view, blocks) : blocks.of(view.input(0), view.sizes(0)).name
  const bias = view.input(2) === '' ? [] : [fillUp(view.emit, view.input(2), layout)]
  const name = blocks.op('Conv', [input, view.input(1), ...bias], windowAttributes(slide, groupOf(layout)))
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
    view.ifNeeded(0, () => inputGradient(view, plan, gradient)),
    view.ifNeeded(1, () => {
      const input = layout.kind === 'image' ? plainInput(view, blocks) : blocks.of(view.input(0), view.sizes(0)).name
      const work = { emit: view.emit, blocks, layout, slide, batch: view.sizes(0)[0] ?? 1 }
      const write = layout.kind === 'depthwise' ? depthwiseWeightGradient : weightGradient
      return write(work, input, gradient.name)
    }),
    view.ifNeeded(2, () => channelSums(view, blocks, gradient)),
  ]
}

/** Sums over batch and area: `[C]`. */
export function channelSums({ emit }: ForwardView, blocks: BlockedValues, { name, sizes }: BlockedValue): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = sizes
  const { block } = blocks
  const filled = blocks.filled(sizes)
  const areas = emit.reduceSum(emit.reshape(name, [(batch * filled) / block, height * width, block]), [1], false)
  const sums = emit.reduceSum(emit.reshape(areas, [batch, filled]), [0], false)
  return filled === channels ? sums : emit.slice(sums, 0, 0, channels)
}

function inputGradient(view: GradientView, plan: Plan, gradient: BlockedValue): string {
  const { blocks, layout, slide } = plan
  const { emit } = view
  const sizes = view.sizes(0)
  const weights = turned(emit, view.input(1), layout)
  if (slide.strides.every((stride) => stride === 1)) {
    return blocks.name({ name: back(plan, gradient.name, weights, slide.output), sizes })
  }
  if (slide.kernel.every((size) => size === 1)) {
    const attributes = windowAttributes(
      { ...slide, strides: [1, 1], padsBegin: [0, 0], padsEnd: [0, 0] },
      groupOf(layout),
    )
    const small = blocks.op('Conv', [gradient.name, weights], attributes)
    const from = { name: small, sizes: [sizes[0] ?? 1, sizes[1] ?? 1, ...slide.output] }
    return blocks.name({ name: spread(plan, emit, from, slide.input), sizes })
  }
  const whole = slide.output.map((size, axis) => size * (slide.strides[axis] ?? 1))
  const isShort = endsOf(slide, whole).every((end) => end >= 0)
  const positions = isShort ? whole : slide.output.map((size, axis) => (size - 1) * (slide.strides[axis] ?? 1) + 1)
  const between = spread(plan, emit, gradient, positions)
  return blocks.name({ name: back(plan, between, weights, positions), sizes })
}

/** @param positions - sizes of `value`, the gradient with zeros between its elements */
function back({ blocks, layout, slide }: Plan, value: string, weights: string, positions: Sizes): string {
  const way = { ...slide, strides: [1, 1], padsBegin: beginsOf(slide), padsEnd: endsOf(slide, positions) }
  return blocks.op('Conv', [value, weights], windowAttributes(way, groupOf(layout)))
}

const beginsOf = ({ kernel, padsBegin }: Slide): Sizes => kernel.map((size, axis) => size - 1 - (padsBegin[axis] ?? 0))

function endsOf(slide: Slide, positions: Sizes): Sizes {
  const begins = beginsOf(slide)
  return slide.kernel.map((size, axis) => {
    return (slide.input[axis] ?? 1) + size - 1 - (positions[axis] ?? 1) - (begins[axis] ?? 0)
  })
}

/** Puts zeros behind each element of `[N, C, H, W]`, as many as the strides leave out; the result is cut or filled to `area`. */
function spread({ blocks, slide }: Plan, emit: Emitter, { name, sizes }: BlockedValue, area: Sizes): string {
  const [batch = 1, , height = 1, width = 1] = sizes
  const [rowStride = 1, columnStride = 1] = slide.strides
  const { block } = blocks
  const filled = blocks.filled(sizes)
  const planes = (batch * filled) / block
  const split = emit.reshape(name, [planes * height, 1, width, block])
  const apart = emit.pad(split, [0, 0, 0, 0, 0, rowStride - 1, 0, (columnStride - 1) * block])
  const [rows, columns] = [height * rowStride, width * columnStride]
  const [wantedRows = 1, wantedColumns = 1] = area
  const flat = emit.reshape(apart, [planes, rows, columns * block])
  const fitted = emit.pad(flat, [0, 0, 0, 0, wantedRows - rows, (wantedColumns - columns) * block])
  return emit.reshape(fitted, [batch, filled, wantedRows, wantedColumns])
}

/** The weights with their taps backwards; input and output channels change places, but for those of single channels. */
function turned(emit: Emitter, weight: string, { kind, block, stored }: WeightLayout): string {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = stored
  const taps = height * width
  const backwards = Array.from({ length: taps }, (_, tap) => taps - 1 - tap)
  if (kind === 'depthwise') {
    const split = emit.reshape(weight, [outputs / block, taps, block])
    return emit.reshape(emit.gather(split, 1, backwards), stored)
  }
  if (kind === 'image') {
    const split = emit.gather(emit.reshape(weight, [outputs / block, inputs, taps, block]), 2, backwards)
    const swapped = emit.transpose(split, [0, 2, 3, 1])
    const filled = emit.pad(swapped, [0, 0, 0, 0, 0, 0, 0, block - inputs])
    return emit.reshape(filled, [block, outputs, height, width])
  }
  const [across, down] = [inputs / block, outputs / block]
  const order = Array.from({ length: across * down * taps }, (_, index) => {
    const [tap, k, c] = [index % taps, Math.floor(index / taps) % down, Math.floor(index / taps / down)]
    return (k * across + c) * taps + taps - 1 - tap
  })
  const moved = emit.gather(emit.reshape(weight, [order.length, block * block]), 0, order)
  // A square of channels is turned as if it were an image of one row in blocked order.
  const squares = emit.reshape(moved, [order.length, block, 1, block])
  const attributes = { channels: int(block), channels_last: int(0) }
  const [swapped = ''] = emit.ops('ReorderOutput', [squares], 1, attributes, BLOCKED_DOMAIN)
  return emit.reshape(swapped, [inputs, outputs, height, width])
}
