/** Rows of pixels in the memory of the vector loops, one at a time. */
import type { Pixels } from './pixels.js'
import type { VectorKernel } from './vector/vector-kernel.js'

/** Gives the rows of an image, or of the part of it that counts, from top to bottom. */
export interface RowSource {
  readonly channels: number
  /** @returns address of the pixels of a row; good until the next call */
  row(index: number): number
}

/** Rows that come into memory at once. */
const BAND_ROWS = 32

/** @returns the rows of pixels that lie outside */
export function rowsOf(kernel: VectorKernel, { width, height, channels, data }: Pixels): RowSource {
  const length = width * channels
  const band = kernel.take(Math.min(BAND_ROWS, height) * length)
  let bandStart = -BAND_ROWS
  return {
    channels,
    row(index) {
      if (index < bandStart || index >= bandStart + BAND_ROWS) {
        bandStart = index
        const end = Math.min(index + BAND_ROWS, height)
        kernel.bytes().set(data.subarray(index * length, end * length), band)
      }
      return band + (index - bandStart) * length
    },
  }
}
