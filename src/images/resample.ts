/**
 * Pillow's bilinear resize, bit for bit, of just the part of the result that is wanted: first along the rows, then
 * along the columns, rounded to 8 bits in between.
 */
import type { Pixels } from './pixels.js'
import { resampleColumns, resampleRows } from './resample-plain.js'
import { type Weights, weightsOf } from './resample-weights.js'
import type { ResizePlan, Size } from './resize-plan.js'
import { type RowSource, rowsOf } from './row-source.js'
import { sharedKernel } from './vector/shared-kernel.js'
import type { VectorKernel } from './vector/vector-kernel.js'

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
  const kernel = sharedKernel()
  if (kernel === undefined || !fitsKernel(weights, image.channels)) return resamplePlainly(image, weights)
  kernel.clear()
  return resampleFrom(kernel, rowsOf(kernel, image), weights)
}

/** The same in plain JavaScript. */
export const resamplePlainly = (image: Pixels, { columns, rows }: ResampleWeights): Pixels =>
  resampleColumns(resampleRows(image, columns), rows)

/** Most bytes of the rows between the two passes that the kernel takes. */
const MAX_KERNEL_BYTES = 2 ** 28

/** @returns whether the vector loops have room for it */
export const fitsKernel = ({ columns, rows }: ResampleWeights, channels: number): boolean =>
  padded(columns.starts.length * channels) * rows.length <= MAX_KERNEL_BYTES

/** @param source - gives the rows that count, `columns.length` pixels from `columns.from` on */
export function resampleFrom(kernel: VectorKernel, source: RowSource, { columns, rows }: ResampleWeights): Pixels {
  const { channels } = source
  const [width, height] = [columns.starts.length, rows.starts.length]
  const stride = padded(width * channels)
  const columnTable = kernel.take((columns.weights.length + 2 * width) * 4)
  const rowTable = kernel.take(rows.weights.length * 4)
  const between = kernel.take(stride * rows.length)
  const target = kernel.take(width * height * channels)
  const bytes = kernel.bytes()
  const words = new Int32Array(bytes.buffer)
  writeTable(words, columnTable / 4, columns, channels)
  words.set(rows.weights, rowTable / 4)
  for (let row = 0; row < rows.length; row++) {
    kernel.loops.resizeRow(source.row(row), between + row * stride, columnTable, width, channels)
  }
  mixColumns(kernel, rows, { between, stride, rowTable, target, length: width * channels })
  return { width, height, channels, data: bytes.slice(target, target + width * height * channels) }
}

const padded = (bytes: number): number => (bytes + 15) & ~15

function writeTable(words: Int32Array, start: number, { starts, counts, weights, stride }: Weights, channels: number) {
  let at = start
  for (let column = 0; column < starts.length; column++) {
    const count = counts[column] as number
    words[at++] = (starts[column] as number) * channels
    words[at++] = count
    for (let index = 0; index < count; index++) words[at++] = weights[column * stride + index] as number
  }
}

interface Places {
  readonly between: number
  readonly stride: number
  readonly rowTable: number
  readonly target: number
  /** Bytes of a row of the result. */
  readonly length: number
}

/** Second pass: each row of the result is a mix of narrow rows. */
function mixColumns({ loops }: VectorKernel, rows: Weights, places: Places): void {
  const { between, stride, rowTable, target, length } = places
  for (let row = 0; row < rows.starts.length; row++) {
    const source = between + (rows.starts[row] as number) * stride
    const weights = rowTable + row * rows.stride * 4
    loops.mixRows(source, stride, target + row * length, weights, rows.counts[row] as number, Math.ceil(length / 16))
  }
}
