/**
 * The inner loops of decoding a JPEG behind its entropy code, equal to libjpeg's bit for bit.
 *
 * @see https://github.com/libjpeg-turbo/libjpeg-turbo `jidctint.c`, `jdsample.c`, `jdcolor.c`
 */
import { add, advance, type Code, get, i32, repeat, set, simd, type WasmFunction } from '../../core/wasm-code.js'

/** Addresses are bytes in the memory that all loops share; rows have room for a vector beyond their end. */
export interface JpegKernel {
  /**
   * Blocks that lie side by side, from 64 dequantised coefficients each (i16) to 8 rows of 8 samples each.
   *
   * @param stride - bytes from a row of samples to the next
   */
  invertBlocks(coefficients: number, samples: number, stride: number, blocks: number): void
  /**
   * `near * nearWeight + far * farWeight` of two rows of samples, as i16.
   *
   * @param vectors - of 8 samples
   */
  mixSamples(near: number, far: number, target: number, nearWeight: number, farWeight: number, vectors: number): void
  /**
   * Two samples for each sum: `(3 * sum + left + leftBias) >> shift` and `(3 * sum + right + rightBias) >> shift`.
   *
   * @param sums - i16, with the first one's left and the last one's right neighbour beside them
   * @param vectors - of 8 sums
   */
  doubleSamples(sums: number, target: number, leftBias: number, rightBias: number, shift: number, vectors: number): void
  /** @param vectors - of 8 pixels, 24 bytes of RGB each */
  colourRow(luma: number, blue: number, red: number, target: number, vectors: number): void
}

/** Words of two vectors taken in turn, from their lower or their upper halves. */
const interleave = (left: Code, right: Code, half: 'low' | 'high'): Code => {
  const first = half === 'low' ? 0 : 8
  const lanes = [0, 2, 4, 6].flatMap((word) => [word, word + 1, word + 16, word + 17].map((byte) => byte + first))
  return simd.shuffle(left, right, lanes)
}

const pairOf = (first: number, second: number): Code => simd.words([0, 1, 2, 3].flatMap(() => [first, second]))
const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index)

/** Constants of the Loeffler-Ligtenberg-Moschytz transform in units of 2^-13, summed up so that pairs can be used. */
const EVEN_SIX = pairOf(4433, -10704)
const EVEN_TWO = pairOf(10703, 4433)
const ODD_SUM_SEVEN = pairOf(-6436, 9633)
const ODD_SUM_FIVE = pairOf(9633, 6437)

function invertBlocks(): WasmFunction {
  const [coefficients, samples, stride, blocks, at] = [0, 1, 2, 3, 4]
  const rows = range(5, 8)
  const scratch = range(13, 30)
  const bytes = scratch[0] as number
  const body = repeat(blocks, [
    ...rows.map((row, index) => set(row, simd.load(get(coefficients), 16 * index))),
    ...transformRows(rows, scratch, 11),
    ...transpose(rows, scratch),
    ...transformRows(rows, scratch, 18),
    ...transpose(rows, scratch),
    set(at, get(samples)),
    ...[0, 2, 4, 6].flatMap((row) => [
      set(bytes, simd.narrowToSigned8(get(rows[row] as number), get(rows[row + 1] as number))),
      set(bytes, simd.xor(get(bytes), simd.splat8(i32(-128)))),
      simd.store64(get(at), get(bytes), 0),
      advance(at, get(stride)),
      simd.store64(get(at), get(bytes), 1),
      advance(at, get(stride)),
    ]),
    advance(coefficients, i32(128)),
    advance(samples, i32(8)),
  ])
  return { name: 'invertBlocks', parameters: 4, integers: 1, vectors: 38, body: [body] }
}

/** One dimension of the transform, in 8 lanes at once: vector `k` goes from coefficient `k` to sample `k`. */
function transformRows(rows: readonly number[], scratch: readonly number[], shift: number): Code[] {
  const [lows, highs, work] = [scratch.slice(0, 8), scratch.slice(8, 16), scratch.slice(16)]
  return [
    ...transformHalf(rows, 'low', lows, work, shift),
    ...transformHalf(rows, 'high', highs, work, shift),
    ...rows.map((row, index) => set(row, simd.narrowTo16(get(lows[index] as number), get(highs[index] as number)))),
  ]
}

function transformHalf(
  rows: readonly number[],
  half: 'low' | 'high',
  results: readonly number[],
  work: readonly number[],
  shift: number,
): Code[] {
  const row = (index: number): Code => get(rows[index] as number)
  const pair = (first: number, second: number): Code => interleave(row(first), row(second), half)
  const [zero, two, seven, five, sums, sumSeven, sumFive, ...rest] = work as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    ...number[],
  ]
  const [evens, term] = [rest.slice(0, 4) as [number, number, number, number], rest[4] as number]
  const rounding = simd.splat32(i32(1 << (shift - 1)))
  // After the comments of jidctint.c: even part, then odd part, then their sums and differences.
  return [
    set(zero, pair(0, 4)),
    set(two, pair(2, 6)),
    set(evens[0], simd.add32(simd.dot(get(zero), pairOf(8192, 8192)), rounding)),
    set(evens[1], simd.add32(simd.dot(get(zero), pairOf(8192, -8192)), rounding)),
    set(term, simd.dot(get(two), EVEN_TWO)),
    set(evens[3], simd.subtract32(get(evens[0]), get(term))),
    set(evens[0], simd.add32(get(evens[0]), get(term))),
    set(term, simd.dot(get(two), EVEN_SIX)),
    set(evens[2], simd.subtract32(get(evens[1]), get(term))),
    set(evens[1], simd.add32(get(evens[1]), get(term))),
    set(seven, pair(7, 1)),
    set(five, pair(5, 3)),
    set(sums, interleave(simd.add16(row(7), row(3)), simd.add16(row(5), row(1)), half)),
    set(sumSeven, simd.dot(get(sums), ODD_SUM_SEVEN)),
    set(sumFive, simd.dot(get(sums), ODD_SUM_FIVE)),
    ...[
      simd.add32(simd.dot(get(seven), pairOf(-7373, 4926)), get(sumFive)),
      simd.add32(simd.dot(get(five), pairOf(-20995, 4177)), get(sumSeven)),
      simd.add32(simd.dot(get(five), pairOf(-4176, -20995)), get(sumFive)),
      simd.add32(simd.dot(get(seven), pairOf(-4927, -7373)), get(sumSeven)),
    ].flatMap((odd, index) => [
      set(term, odd),
      set(results[index] as number, simd.shiftRight32(simd.add32(get(evens[index] as number), get(term)), i32(shift))),
      set(
        results[7 - index] as number,
        simd.shiftRight32(simd.subtract32(get(evens[index] as number), get(term)), i32(shift)),
      ),
    ]),
  ]
}

/** 8 by 8 words: a perfect shuffle of the vectors, three times. */
function transpose(rows: readonly number[], scratch: readonly number[]): Code[] {
  const other = scratch.slice(0, 8)
  const rounds: [readonly number[], readonly number[]][] = [
    [rows, other],
    [other, rows],
    [rows, other],
  ]
  const shuffled = rounds.flatMap(([from, to]) =>
    range(0, 4).flatMap((index) => {
      const [first, second] = [get(from[index] as number), get(from[index + 4] as number)]
      return [
        set(to[2 * index] as number, interleave(first, second, 'low')),
        set(to[2 * index + 1] as number, interleave(first, second, 'high')),
      ]
    }),
  )
  return [...shuffled, ...rows.map((row, index) => set(row, get(other[index] as number)))]
}

function mixSamples(): WasmFunction {
  const [near, far, target, nearWeight, farWeight, vectors] = [0, 1, 2, 3, 4, 5]
  const weighted = (address: number, weight: number): Code =>
    simd.multiply16(simd.loadBytes(get(address)), simd.splat16(get(weight)))
  const body = repeat(vectors, [
    simd.store(get(target), simd.add16(weighted(near, nearWeight), weighted(far, farWeight))),
    advance(near, i32(8)),
    advance(far, i32(8)),
    advance(target, i32(16)),
  ])
  return { name: 'mixSamples', parameters: 6, integers: 0, vectors: 0, body: [body] }
}

function doubleSamples(): WasmFunction {
  const [sums, target, leftBias, rightBias, shift, vectors, thrice, both] = [0, 1, 2, 3, 4, 5, 6, 7]
  const half = (offset: number, bias: number): Code =>
    simd.shiftRight16(
      simd.add16(simd.add16(get(thrice), simd.load(add(get(sums), i32(offset)))), simd.splat16(get(bias))),
      get(shift),
    )
  const inTurn = range(0, 8).flatMap((lane) => [lane, lane + 8])
  const body = repeat(vectors, [
    set(thrice, simd.multiply16(simd.load(get(sums)), simd.splat16(i32(3)))),
    set(both, simd.narrowTo8(half(-2, leftBias), half(2, rightBias))),
    simd.store(get(target), simd.shuffle(get(both), get(both), inTurn)),
    advance(sums, i32(16)),
    advance(target, i32(16)),
  ])
  return { name: 'doubleSamples', parameters: 6, integers: 0, vectors: 2, body: [body] }
}

/** Factors of the colour differences in units of 2^-16, as jdcolor.c has them. */
const RED_FROM_RED = 91881
const GREEN_FROM_RED = -46802
const GREEN_FROM_BLUE = -22554
const BLUE_FROM_BLUE = 116130

function colourRow(): WasmFunction {
  const [luma, blue, red, target, vectors] = [0, 1, 2, 3, 4]
  const [light, cb, cr, first, second] = [5, 6, 7, 8, 9]
  const centred = (address: number): Code => simd.subtract16(simd.loadBytes(get(address)), simd.splat16(i32(128)))
  const times = (value: Code, factor: number): Code => simd.multiply32(value, simd.splat32(i32(factor)))
  const rounded = (value: Code): Code => simd.shiftRight32(simd.add32(value, simd.splat32(i32(32768))), i32(16))
  const both = (part: (widen: (value: Code) => Code) => Code): Code =>
    simd.add16(get(light), simd.narrowTo16(rounded(part(simd.extend16Low)), rounded(part(simd.extend16High))))
  const redPart = both((widen) => times(widen(get(cr)), RED_FROM_RED))
  const greenPart = both((widen) =>
    simd.add32(times(widen(get(cb)), GREEN_FROM_BLUE), times(widen(get(cr)), GREEN_FROM_RED)),
  )
  const bluePart = both((widen) => times(widen(get(cb)), BLUE_FROM_BLUE))
  const pixels = range(0, 8).flatMap((pixel) => [pixel, pixel + 8, pixel + 16])
  const body = repeat(vectors, [
    set(light, simd.loadBytes(get(luma))),
    set(cb, centred(blue)),
    set(cr, centred(red)),
    set(first, simd.narrowTo8(redPart, greenPart)),
    set(second, bluePart),
    set(second, simd.narrowTo8(get(second), get(second))),
    simd.store(get(target), simd.shuffle(get(first), get(second), pixels.slice(0, 16))),
    simd.store64(
      get(target),
      simd.shuffle(get(first), get(second), [...pixels.slice(16), ...pixels.slice(0, 8)]),
      0,
      16,
    ),
    ...[luma, blue, red].map((address) => advance(address, i32(8))),
    advance(target, i32(24)),
  ])
  return { name: 'colourRow', parameters: 5, integers: 0, vectors: 5, body: [body] }
}

export const JPEG_FUNCTIONS: readonly WasmFunction[] = [invertBlocks(), mixSamples(), doubleSamples(), colourRow()]
