/** Reads the axes of an image out of a tensor's shape. */
import type { Dimension, Shape } from '../graph/dimension.js'
import type { ImageInput, Layout } from './image-input.js'

/** Meaning of the axes of a tensor of images; `undefined` sizes are free. */
export interface ImageAxes {
  readonly layout: Layout
  readonly channels: ImageInput['channels']
  readonly height: number | undefined
  readonly width: number | undefined
  readonly batch: number | undefined
  readonly hasBatchAxis: boolean
  readonly hasChannelAxis: boolean
  readonly assumptions: readonly string[]
}

interface Question {
  readonly name: string
  readonly shape: Shape
  /** Set by the user, who knows. */
  readonly layout: Layout | undefined
}

/** @returns the axes, or why the shape is not that of images */
export function axesOf({ name, shape, layout }: Question): ImageAxes | string {
  if (shape.some((size) => typeof size === 'number' && size <= 0)) return 'it has an empty axis'
  if (shape.length === 4) return withBatch(shape, layout)
  if (shape.length === 3) return withoutBatch(shape, layout, IMAGE_NAME.test(name))
  return `it has ${shape.length} axes, images have 4 (or 3)`
}

/** Names that people give to inputs of images, to tell `[N, H, W]` of digits from a sequence of vectors. */
const IMAGE_NAME = /image|img|pixel|picture|photo|face|digit|mnist/i
const CHANNEL_NAME = /^(?:c|ch|channels?|num_channels|colou?rs?)$/i
/** Smaller sides belong to sequences rather than to images, where nothing else tells them apart. */
const SMALLEST_SIDE = 8

const isChannels = (size: Dimension | undefined): size is 1 | 3 | 4 => size === 1 || size === 3 || size === 4
const isNamedChannels = (size: Dimension | undefined): boolean =>
  typeof size === 'object' && CHANNEL_NAME.test(size.text)
const fixed = (size: Dimension | undefined): number | undefined => (typeof size === 'number' ? size : undefined)

function withBatch(shape: Shape, layout: Layout | undefined): ImageAxes | string {
  const [batch, second, third, last] = shape
  const found = layout ?? layoutOf(second, [third, last], last, [second, third])
  if (found === undefined) return 'no axis of 1, 3 or 4 channels'
  const [channels, height, width] = found === 'NCHW' ? [second, third, last] : [last, second, third]
  const axes = image(found, channels, height, width)
  if (typeof axes === 'string') return axes
  if (layout === undefined && axes.channels === 4 && isSmall([height, width]))
    return 'too small for an image of 4 channels'
  const guessed = layout === undefined && !isChannels(channels) && !isNamedChannels(channels)
  const assumptions = guessed ? [`the model leaves the layout free, ${found} assumed`] : []
  return { ...axes, batch: fixed(batch), hasBatchAxis: true, assumptions: [...assumptions, ...axes.assumptions] }
}

/** `[C, H, W]`, `[H, W, C]`, or grey images `[N, H, W]`; sequences look alike, so more is asked of these. */
function withoutBatch(shape: Shape, layout: Layout | undefined, isImageName: boolean): ImageAxes | string {
  const [first, second, last] = shape
  const found = layout ?? layoutOf(first, [second, last], last, [first, second], false)
  if (found !== undefined) {
    const [channels, height, width] = found === 'NCHW' ? [first, second, last] : [last, first, second]
    const axes = image(found, channels, height, width)
    const isColour = channels === 3 || channels === 4
    if (layout !== undefined || isImageName || looksLikeImage(height, width, isColour)) return axes
  }
  if (!isImageName && !looksLikeImage(second, last, false)) return 'a tensor of 3 axes that looks like a sequence'
  const axes = image('NCHW', 1, second, last)
  if (typeof axes === 'string') return axes
  return { ...axes, batch: fixed(first), hasBatchAxis: true, hasChannelAxis: false }
}

/** Without a name that says so, only fixed sides count: square ones, or any where there are colours. */
function looksLikeImage(height: Dimension | undefined, width: Dimension | undefined, isColour: boolean): boolean {
  if (typeof height !== 'number' || typeof width !== 'number') return false
  return Math.min(height, width) >= SMALLEST_SIDE && (isColour || height === width)
}

/** By the place of the axis that can hold channels; by the larger sides where both can; NCHW where it is left free. */
function layoutOf(
  first: Dimension | undefined,
  sidesAfter: readonly (Dimension | undefined)[],
  last: Dimension | undefined,
  sidesBefore: readonly (Dimension | undefined)[],
  canBeFree = true,
): Layout | undefined {
  if (isChannels(first) && isChannels(last)) return smallest(sidesBefore) > smallest(sidesAfter) ? 'NHWC' : 'NCHW'
  if (isChannels(first) || isNamedChannels(first)) return 'NCHW'
  if (isChannels(last) || isNamedChannels(last)) return 'NHWC'
  return canBeFree && typeof first === 'object' && !isSmall(sidesAfter) ? 'NCHW' : undefined
}

const smallest = (sides: readonly (Dimension | undefined)[]): number =>
  Math.min(...sides.map((side) => fixed(side) ?? Number.POSITIVE_INFINITY))

const isSmall = (sides: readonly (Dimension | undefined)[]): boolean => smallest(sides) < SMALLEST_SIDE

function image(
  layout: Layout,
  channels: Dimension | undefined,
  height: Dimension | undefined,
  width: Dimension | undefined,
): ImageAxes | string {
  if (typeof channels === 'number' && !isChannels(channels)) return `${channels} channels, images have 1, 3 or 4`
  return {
    layout,
    channels: isChannels(channels) ? channels : 3,
    height: fixed(height),
    width: fixed(width),
    batch: undefined,
    hasBatchAxis: false,
    hasChannelAxis: true,
    assumptions: isChannels(channels) ? [] : ['the model leaves the channels free, 3 (RGB) assumed'],
  }
}
