/** How the sum over images and areas in the gradient of a weight is cut, so that it fills blocks and fits into the cache. */
import type { Sizes } from '../emitter.js'

/** The batch as channels of a convolution. */
export interface AreaPieces {
  /** Rows of dY in a piece: a divisor of all rows. */
  readonly rows: number
  /** Images with those of zeros that fill up the last block. */
  readonly images: number
  /** Pieces of images, one beside the other as channels: a block, or fewer than one where there are no more. */
  readonly inner: number
  /** How many such groups there are. */
  readonly groups: number
  /** All images, uncut, are one block. */
  readonly isOneBlock: boolean
}

/** Elements of dY that four blocks of outputs read for 16 images: 1 MB, half the second cache of usual servers. */
const MOST_ELEMENTS = 2 ** 18

/** @param positions - rows and columns of dY */
export function areaPieces(batch: number, [rows = 1, columns = 1]: Sizes, block: number): AreaPieces {
  const most = MOST_ELEMENTS / (4 * block * block)
  const divisors = Array.from({ length: rows }, (_, index) => rows - index).filter((count) => rows % count === 0)
  const fitting = divisors.filter((count) => count * columns <= most || count === 1)
  const filled = fitting.map((count) => filledUp(batch, rows / count, block))
  const images = Math.min(...filled)
  const few = [...fitting, rows].find((count) => batch * (rows / count) < block)
  if (images > batch && few !== undefined) {
    return { rows: few, images: batch, inner: batch * (rows / few), groups: 1, isOneBlock: false }
  }
  const best = fitting[filled.indexOf(images)] ?? 1
  const groups = (images * (rows / best)) / block
  return { rows: best, images, inner: block, groups, isOneBlock: groups === 1 && best === rows }
}

/** @returns images that, cut into that many pieces, make whole blocks */
function filledUp(batch: number, pieces: number, block: number): number {
  let images = batch
  while ((images * pieces) % block !== 0) images += 1
  return images
}
