/** The two inner loops of the resize. */

import { add, advance, type Code, get, i32, load, repeat, set, simd, type WasmFunction } from '../../core/wasm-code.js'
import { PRECISION_BITS } from '../resample-weights.js'

/** Addresses are bytes in the memory that all loops share. */
export interface ResizeKernel {
  /**
   * Makes one row narrower or wider. Reads up to 3 bytes past the row, and writes as many past the result.
   *
   * @param table - per column: byte offset of its first pixel in the row, number of weights, the weights; all i32
   * @param channels - bytes of a pixel, 1 to 4
   */
  resizeRow(source: number, target: number, table: number, columns: number, channels: number): void
  /**
   * Adds up rows that lie `stride` bytes apart. Reads and writes whole vectors of 16 bytes.
   *
   * @param table - one weight per row, i32
   * @param vectors - length of the row in vectors
   */
  mixRows(source: number, stride: number, target: number, table: number, rows: number, vectors: number): void
}

const HALF = simd.splat32(i32(1 << (PRECISION_BITS - 1)))
const SHIFT = i32(PRECISION_BITS)

/** Sums in the four lanes are the channels of one pixel. */
function resizeRow(): WasmFunction {
  const [source, target, table, columns, channels, pixel, count, sum] = [0, 1, 2, 3, 4, 5, 6, 7]
  const value = simd.extend16Low(simd.extend8Low(simd.load32(get(pixel))))
  const weighted = simd.multiply32(value, simd.load32Splat(get(table)))
  const body = repeat(columns, [
    set(pixel, add(get(source), load(get(table)))),
    set(count, load(get(table), 4)),
    advance(table, i32(8)),
    set(sum, HALF),
    repeat(count, [set(sum, simd.add32(get(sum), weighted)), advance(pixel, get(channels)), advance(table, i32(4))]),
    set(sum, simd.shiftRight32(get(sum), SHIFT)),
    set(sum, simd.narrowTo16(get(sum), get(sum))),
    simd.store32(get(target), simd.narrowTo8(get(sum), get(sum))),
    advance(target, get(channels)),
  ])
  return { name: 'resizeRow', parameters: 5, integers: 2, vectors: 1, body: [body] }
}

/** Sums in the lanes of four vectors are 16 bytes that lie side by side. */
function mixRows(): WasmFunction {
  const [source, stride, target, table, rows, vectors, row, weightAt, left] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  const [bytes, weight] = [9, 10]
  const sums = [11, 12, 13, 14]
  const halves = [simd.extend8Low(get(bytes)), simd.extend8High(get(bytes))]
  const parts: Code[] = halves.flatMap((half) => [simd.extend16Low(half), simd.extend16High(half)])
  const [first = [], second = [], third = [], fourth = []] = sums.map((sum) => simd.shiftRight32(get(sum), SHIFT))
  const body = repeat(vectors, [
    set(row, get(source)),
    set(weightAt, get(table)),
    set(left, get(rows)),
    ...sums.map((sum) => set(sum, HALF)),
    repeat(left, [
      set(bytes, simd.load(get(row))),
      set(weight, simd.load32Splat(get(weightAt))),
      ...sums.map((sum, part) => set(sum, simd.add32(get(sum), simd.multiply32(parts[part] ?? [], get(weight))))),
      advance(row, get(stride)),
      advance(weightAt, i32(4)),
    ]),
    simd.store(get(target), simd.narrowTo8(simd.narrowTo16(first, second), simd.narrowTo16(third, fourth))),
    advance(source, i32(16)),
    advance(target, i32(16)),
  ])
  return { name: 'mixRows', parameters: 6, integers: 3, vectors: 6, body: [body] }
}

export const RESIZE_FUNCTIONS: readonly WasmFunction[] = [resizeRow(), mixRows()]
