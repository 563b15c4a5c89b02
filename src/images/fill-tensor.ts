/** Writes the pixels of one image into its place in a batch: layout, channel order, normalisation and type in one pass. */
import { type ElementArray, elementTable } from './element-table.js'
import type { ImageInput, Layout, Normalization } from './image-input.js'
import { channelColours, normalizedValues } from './normalization.js'
import type { Pixels } from './pixels.js'

/** Everything about writing that does not change from image to image. */
export interface TensorWriter {
  readonly layout: Layout
  /** Elements of one image. */
  readonly length: number
  /** One table of 256 elements per channel of the tensor. */
  readonly tables: readonly ElementArray[]
  /** Channel of the pixels that each channel of the tensor takes. */
  readonly sources: readonly number[]
}

/** @throws {UsageError} `E_NORMALIZE` when the input's type cannot take the normalised numbers */
export function tensorWriter(input: ImageInput, normalization: Normalization): TensorWriter {
  return {
    layout: input.layout,
    length: input.height * input.width * input.channels,
    tables: normalizedValues(input, normalization).map((values) => elementTable(input.dtype, values)),
    sources: channelColours(input).map((colour) => (colour === 'grey' ? 0 : colour === 'alpha' ? 3 : colour)),
  }
}

/**
 * @param pixels - `[height, width, channels]` of the input's size; one grey channel serves all colours
 * @param target - the image's elements in the batch, `writer.length` of them
 */
export function fillTensor(writer: TensorWriter, pixels: Pixels, target: ElementArray): void {
  const count = pixels.width * pixels.height
  const isPlanar = writer.layout === 'NCHW'
  const step = isPlanar ? 1 : writer.tables.length
  writer.tables.forEach((table, channel) => {
    const source = pixels.channels === 1 ? 0 : (writer.sources[channel] ?? 0)
    const first = isPlanar ? channel * count : channel
    fillChannel(target, first, step, table, pixels.data, source, pixels.channels)
  })
}

/** One function per call site's array type would be quicker still; V8 makes one for each pair it meets. */
function fillChannel(
  target: ElementArray,
  first: number,
  step: number,
  table: ElementArray,
  source: Uint8Array,
  offset: number,
  channels: number,
): void {
  for (let from = offset, to = first; from < source.length; from += channels, to += step) {
    target[to] = table[source[from] as number] as never
  }
}
