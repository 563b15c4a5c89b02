/** Decodes a plain JPEG, just the part that counts, into rows for the resize; equal to libjpeg bit for bit. */
import type { ResampleWeights } from '../resample.js'
import type { RowSource } from '../row-source.js'
import type { VectorKernel } from '../vector/vector-kernel.js'
import { EntropyDecoder } from './entropy-decoder.js'
import type { FrameComponent, JpegFrame } from './jpeg-frame.js'
import { type Plane, planesOf, type Units, unitsOf } from './planes.js'
import { rgbRows } from './rgb-rows.js'

/** Larger parts are left to the general decoder, which needs less memory for them. */
const MAX_SAMPLES = 2 ** 26

/** Coefficients of a block. */
const BLOCK = 64

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
  const coefficients = kernel.take(units.blocksPerRow * BLOCK * 2)
  const unused = kernel.take(BLOCK * 2) / 2
  const words = new Int16Array(kernel.bytes().buffer)
  const blocks = words.subarray(coefficients / 2, coefficients / 2 + units.blocksPerRow * BLOCK)
  const scan = new ScanReader(new EntropyDecoder(bytes, frame), frame, words, unused)
  for (let row = 0; row < units.rows; row++) {
    const isNeeded = row >= units.firstRow && row <= units.lastRow
    if (isNeeded) blocks.fill(0)
    scan.readRow(units, isNeeded ? coefficients / 2 : undefined)
    if (scan.isBroken) return false
    if (isNeeded) invertRow(kernel, planes, coefficients, row - units.firstRow)
  }
  return scan.isAtEnd()
}

/** Keeps what goes from unit to unit: predictors, and how far the next restart is. */
class ScanReader {
  private readonly predictors: Int32Array
  private untilRestart: number
  private restarts = 0

  constructor(
    private readonly entropy: EntropyDecoder,
    private readonly frame: JpegFrame,
    private readonly words: Int16Array,
    private readonly unused: number,
  ) {
    this.predictors = new Int32Array(frame.components.length)
    this.untilRestart = frame.restartInterval
  }

  get isBroken(): boolean {
    return this.entropy.isBroken
  }

  isAtEnd(): boolean {
    return this.entropy.isAtEnd()
  }

  /** @param target - where the row's needed blocks go: component by component, each row by row */
  readRow({ columns, firstColumn, lastColumn }: Units, target: number | undefined): void {
    const needed = lastColumn - firstColumn + 1
    for (let column = 0; column < columns; column++) {
      this.restartWhenDue()
      const isNeeded = target !== undefined && column >= firstColumn && column <= lastColumn
      let start = target ?? 0
      for (let index = 0; index < this.frame.components.length; index++) {
        const component = this.frame.components[index] as FrameComponent
        this.readUnit(
          component,
          index,
          isNeeded ? start + (column - firstColumn) * component.across * BLOCK : -1,
          needed,
        )
        start += needed * component.across * component.down * BLOCK
      }
    }
  }

  private readUnit(component: FrameComponent, index: number, start: number, needed: number): void {
    const { across, down } = component
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        const at = start < 0 ? this.unused : start + (row * needed * across + column) * BLOCK
        this.predictors[index] = this.entropy.readBlock(this.words, at, component, this.predictors[index] as number)
      }
    }
  }

  private restartWhenDue(): void {
    if (this.frame.restartInterval === 0) return
    if (this.untilRestart === 0) {
      this.entropy.restart(this.restarts++)
      this.predictors.fill(0)
      this.untilRestart = this.frame.restartInterval
    }
    this.untilRestart--
  }
}

function invertRow({ loops }: VectorKernel, planes: readonly Plane[], coefficients: number, row: number): void {
  let from = coefficients
  for (const { address, stride, blocks, down } of planes) {
    for (let line = 0; line < down; line++) {
      loops.invertBlocks(from, address + (row * down + line) * 8 * stride, stride, blocks)
      from += blocks * BLOCK * 2
    }
  }
}
