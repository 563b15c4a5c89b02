/** Decodes a plain JPEG, just the part that counts, into rows for the resize; equal to libjpeg bit for bit. */
import type { ResampleWeights } from '../resample.js'
import type { RowSource } from '../row-source.js'
import type { VectorKernel } from '../vector/vector-kernel.js'
import { BLOCK_BYTES, EntropyDecoder } from './entropy-decoder.js'
import type { JpegFrame } from './jpeg-frame.js'
import { type Plane, planesOf, type Units, unitsOf } from './planes.js'
import { rgbRows } from './rgb-rows.js'

/** Larger parts are left to the general decoder, which needs less memory for them. */
const MAX_SAMPLES = 2 ** 26

/**
 * @param kernel - cleared; its pieces are the rows' until it is cleared again
 * @returns the rows that count, or `undefined` when the general decoder must look at the file: it is broken or cut off,
 *   too large, or so narrow that libjpeg takes other ways
 */
export function decodePlainJpeg(
  kernel: VectorKernel,
  bytes: Uint8Array,
  frame: JpegFrame,
  weights: ResampleWeights,
): RowSource | undefined {
  const units = unitsOf(frame, weights)
  if (units === undefined || units.samples > MAX_SAMPLES) return undefined
  const planes = planesOf(kernel, frame, units)
  const isWhole = decodeScan(kernel, bytes, frame, units, planes)
  return isWhole ? rgbRows(kernel, frame, planes, weights) : undefined
}

/** @returns whether the scan was in order to its end */
function decodeScan(
  kernel: VectorKernel,
  bytes: Uint8Array,
  frame: JpegFrame,
  units: Units,
  planes: readonly Plane[],
): boolean {
  const length = units.blocksPerRow * BLOCK_BYTES
  const coefficients = kernel.take(length)
  const scan = new EntropyDecoder(kernel, bytes, frame, units)
  const memory = kernel.bytes()
  for (let row = 0; row < units.rows; row++) {
    const isNeeded = row >= units.firstRow && row <= units.lastRow
    if (isNeeded) memory.fill(0, coefficients, coefficients + length)
    scan.readRow(isNeeded ? coefficients : undefined)
    if (scan.isBroken) return false
    if (isNeeded) invertRow(kernel, planes, coefficients, row - units.firstRow)
  }
  return scan.isAtEnd()
}

function invertRow({ loops }: VectorKernel, planes: readonly Plane[], coefficients: number, row: number): void {
  let from = coefficients
  for (const { address, stride, blocks, down } of planes) {
    for (let line = 0; line < down; line++) {
      loops.invertBlocks(from, address + (row * down + line) * 8 * stride, stride, blocks)
      from += blocks * BLOCK_BYTES
    }
  }
}
