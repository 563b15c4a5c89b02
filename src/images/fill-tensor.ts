/** Writes the pixels of one image into its place in a batch: layout, channel order, normalisation and type in one pass. */
import { type ElementArray, elementTable } from './element-table.js'
import type { ImageInput, Layout, Normalization } from './image-input.js'
import { channelColours, normalizedValues } from './normalization.js'
import type { Pixels } from './pixels.js'
import { sharedKernel } from './vector/shared-kernel.js'
import type { VectorKernel } from './vector/vector-kernel.js'

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
  const kernel = sharedKernel()
  if (kernel === undefined) fillTensorPlainly(writer, pixels, target)
  else fillTensorWith(kernel, writer, pixels, target)
}

/** The same in plain JavaScript. */
export function fillTensorPlainly(writer: TensorWriter, pixels: Pixels, target: ElementArray): void {
  for (const { table, source, first, step } of channelsOf(writer, pixels)) {
    fillChannel(target, first, step, table, pixels.data, source, pixels.channels)
  }
}

interface ChannelPlan {
  readonly table: ElementArray
  /** Channel of the pixels. */
  readonly source: number
  /** Index of the channel's first element in the tensor, and from pixel to pixel. */
  readonly first: number
  readonly step: number
}

function channelsOf({ layout, tables, sources }: TensorWriter, pixels: Pixels): ChannelPlan[] {
  const isPlanar = layout === 'NCHW'
  return tables.map((table, channel) => ({
    table,
    source: pixels.channels === 1 ? 0 : (sources[channel] ?? 0),
    first: isPlanar ? channel * pixels.width * pixels.height : channel,
    step: isPlanar ? 1 : tables.length,
  }))
}

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

function fillTensorWith(kernel: VectorKernel, writer: TensorWriter, pixels: Pixels, target: ElementArray): void {
  kernel.clear()
  const size = target.BYTES_PER_ELEMENT as 1 | 2 | 4 | 8
  const map = kernel.loops[`mapChannel${size}`]
  const source = kernel.take(pixels.data.length)
  const table = kernel.take(256 * size)
  const result = kernel.take(writer.length * size)
  const memory = kernel.bytes()
  memory.set(pixels.data, source)
  for (const channel of channelsOf(writer, pixels)) {
    memory.set(new Uint8Array(channel.table.buffer, 0, 256 * size), table)
    const [from, to] = [source + channel.source, result + channel.first * size]
    map(from, pixels.channels, table, to, channel.step * size, pixels.width * pixels.height)
  }
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  bytes.set(memory.subarray(result, result + target.byteLength))
}
