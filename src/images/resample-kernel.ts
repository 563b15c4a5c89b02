/** The two inner loops of the resize in WebAssembly with vectors, five times as fast as in JavaScript. */
import { PRECISION_BITS } from './resample-weights.js'
import {
  add,
  advance,
  type Code,
  get,
  i32,
  load,
  repeat,
  set,
  simd,
  type WasmFunction,
  wasmModule,
} from './wasm-code.js'

/** Memory of a module, which grows by pages of 64 KiB; `buffer` is replaced when it does. */
interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** The part of the standard that is used; the types of Node 20 leave it out. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Addresses are bytes in the kernel's memory. */
export interface ResampleKernel {
  readonly memory: WasmMemory
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

/** @returns `undefined` where the engine has no WebAssembly with vectors */
export function openResampleKernel(): ResampleKernel | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmModule([RESIZE_ROW, MIX_ROWS])), {
      env: { memory },
    })
    const functions = exports as Omit<ResampleKernel, 'memory'>
    return { memory, resizeRow: functions.resizeRow, mixRows: functions.mixRows }
  } catch {
    // Without it the loops in JavaScript do the same.
    return undefined
  }
}

const HALF = i32(1 << (PRECISION_BITS - 1))

/** Sums in the four lanes are the channels of one pixel. */
const RESIZE_ROW = ((): WasmFunction => {
  const [source, target, table, columns, channels, pixel, count, sum] = [0, 1, 2, 3, 4, 5, 6, 7]
  const value = simd.extend16Low(simd.extend8Low(simd.load32Zero(get(pixel))))
  const weighted = simd.multiply(value, simd.load32Splat(get(table)))
  const result = simd.shiftRight(get(sum), PRECISION_BITS)
  const words = simd.narrow32(result, result)
  const body = repeat(columns, [
    set(pixel, add(get(source), load(get(table)))),
    set(count, load(get(table), 4)),
    advance(table, i32(8)),
    set(sum, simd.splat(HALF)),
    repeat(count, [set(sum, simd.add(get(sum), weighted)), advance(pixel, get(channels)), advance(table, i32(4))]),
    simd.store32(get(target), simd.narrow16(words, words)),
    advance(target, get(channels)),
  ])
  return { name: 'resizeRow', parameters: 5, integers: 2, vectors: 1, body: [body] }
})()

/** Sums in the lanes of four vectors are 16 bytes that lie side by side. */
const MIX_ROWS = ((): WasmFunction => {
  const [source, stride, target, table, rows, vectors, row, weightAt, left, bytes, weight] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]
  const sums = [11, 12, 13, 14]
  const [low, high] = [simd.extend8Low(get(bytes)), simd.extend8High(get(bytes))]
  const parts: Code[] = [low, high].flatMap((half) => [simd.extend16Low(half), simd.extend16High(half)])
  const results = sums.map((sum) => simd.shiftRight(get(sum), PRECISION_BITS)) as [Code, Code, Code, Code]
  const body = repeat(vectors, [
    set(row, get(source)),
    set(weightAt, get(table)),
    set(left, get(rows)),
    ...sums.map((sum) => set(sum, simd.splat(HALF))),
    repeat(left, [
      set(bytes, simd.load(get(row))),
      set(weight, simd.load32Splat(get(weightAt))),
      ...sums.map((sum, part) => set(sum, simd.add(get(sum), simd.multiply(parts[part] ?? [], get(weight))))),
      advance(row, get(stride)),
      advance(weightAt, i32(4)),
    ]),
    simd.store(
      get(target),
      simd.narrow16(simd.narrow32(results[0], results[1]), simd.narrow32(results[2], results[3])),
    ),
    advance(source, i32(16)),
    advance(target, i32(16)),
  ])
  return { name: 'mixRows', parameters: 6, integers: 3, vectors: 6, body: [body] }
})()
