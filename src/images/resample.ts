/**
 * Pillow's bilinear resize, bit for bit, of just the part of the result that is wanted: first along the rows, then
 * along the columns, rounded to 8 bits in between.
 */
import type { Pixels } from './pixels.js'
import { openResampleKernel, type ResampleKernel } from './resample-kernel.js'
import { resampleColumns, resampleRows } from './resample-plain.js'
import { type Weights, weightsOf } from './resample-weights.js'
import type { ResizePlan, Size } from './resize-plan.js'

/** How the columns and rows of a result come from those of an image. */
export interface ResampleWeights {
  readonly columns: Weights
  readonly rows: Weights
}

/**
 * @param image - size of the whole image
 * @param plan - its size after the resize, and the corner of the part to give
 * @param part - size of the part to give, pixels
 */
export const resampleWeights = (image: Size, { resized, crop }: ResizePlan, part: Size): ResampleWeights => ({
  columns: weightsOf(image.width, resized.width, crop.left, part.width),
  rows: weightsOf(image.height, resized.height, crop.top, part.height),
})

/**
 * @param image - the pixels that count: `columns.length` by `rows.length` from `columns.from` and `rows.from` on
 * @returns the part; the image itself when nothing had to be done
 */
export function resample(image: Pixels, weights: ResampleWeights): Pixels {
  if (weights.columns.isIdentity && weights.rows.isIdentity) return image
  kernel ??= { opened: openResampleKernel() }
  const fits = bytesNeeded(image, weights) <= MAX_KERNEL_BYTES
  return kernel.opened !== undefined && fits
    ? resampleWith(kernel.opened, image, weights)
    : resamplePlainly(image, weights)
}

/** The same in plain JavaScript. */
export const resamplePlainly = (image: Pixels, { columns, rows }: ResampleWeights): Pixels =>
  resampleColumns(resampleRows(image, columns), rows)

/** Opened by the first image; its memory grows to what the largest image needs and stays for the next. */
let kernel: { readonly opened: ResampleKernel | undefined } | undefined

/** Rows of the source that lie in the kernel's memory at once. */
const BAND_ROWS = 32
const MAX_KERNEL_BYTES = 2 ** 28

const padded = (bytes: number): number => (bytes + 31) & ~15

/** Bytes of a row between the two passes. */
const narrowStride = (image: Pixels, columns: Weights): number => padded(columns.starts.length * image.channels)

function bytesNeeded(image: Pixels, { columns, rows }: ResampleWeights): number {
  const band = padded(image.width * image.channels * BAND_ROWS)
  const between = narrowStride(image, columns) * image.height
  const target = padded(columns.starts.length * rows.starts.length * image.channels)
  return band + between + target + tableBytes(columns) + tableBytes(rows)
}

const tableBytes = ({ weights, starts }: Weights): number => padded((weights.length + 2 * starts.length) * 4)

function resampleWith(opened: ResampleKernel, image: Pixels, weights: ResampleWeights): Pixels {
  const { memory } = opened
  const { columns, rows } = weights
  const missing = bytesNeeded(image, weights) - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  const between = tableBytes(columns) + tableBytes(rows)
  const band = between + narrowStride(image, columns) * image.height
  narrowRows(opened, image, columns, between, band)
  return mixColumns(opened, image, columns, rows, between, band)
}

/** First pass: rows of the image come into memory band by band, and go out narrower. */
function narrowRows(
  { memory, resizeRow }: ResampleKernel,
  image: Pixels,
  columns: Weights,
  between: number,
  band: number,
): void {
  writeTable(new Int32Array(memory.buffer), columns, image.channels)
  const bytes = new Uint8Array(memory.buffer)
  const length = image.width * image.channels
  const stride = narrowStride(image, columns)
  for (let top = 0; top < image.height; top += BAND_ROWS) {
    const bottom = Math.min(top + BAND_ROWS, image.height)
    bytes.set(image.data.subarray(top * length, bottom * length), band)
    for (let row = top; row < bottom; row++) {
      const target = between + row * stride
      resizeRow(band + (row - top) * length, target, 0, columns.starts.length, image.channels)
    }
  }
}

function writeTable(words: Int32Array, { starts, counts, weights, stride }: Weights, channels: number): void {
  let at = 0
  for (let column = 0; column < starts.length; column++) {
    const count = counts[column] as number
    words[at++] = (starts[column] as number) * channels
    words[at++] = count
    for (let index = 0; index < count; index++) words[at++] = weights[column * stride + index] as number
  }
}

/** Second pass: each row of the result is a mix of narrow rows. It takes the place of the band. */
function mixColumns(
  { memory, mixRows }: ResampleKernel,
  image: Pixels,
  columns: Weights,
  rows: Weights,
  between: number,
  target: number,
): Pixels {
  const [width, height, { channels }] = [columns.starts.length, rows.starts.length, image]
  const table = tableBytes(columns)
  new Int32Array(memory.buffer).set(rows.weights, table / 4)
  const stride = narrowStride(image, columns)
  const length = width * channels
  for (let row = 0; row < height; row++) {
    const source = between + (rows.starts[row] as number) * stride
    const weights = table + row * rows.stride * 4
    mixRows(source, stride, target + row * length, weights, rows.counts[row] as number, Math.ceil(length / 16))
  }
  return { width, height, channels, data: new Uint8Array(memory.buffer.slice(target, target + length * height)) }
}
