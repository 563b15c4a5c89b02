/**
 * Huffman tables of a JPEG, unfolded so that most symbols take one look.
 *
 * @see ITU-T T.81, annex C and F.2.2
 */
import { END_OF_BLOCK, LOOK_BITS, TABLE } from '../vector/entropy-kernel.js'

/** A table as the vector loops want it: the parts of `TABLE` in one piece of memory. */
export interface HuffmanTable {
  readonly bytes: Uint8Array
  /** True when all symbols are sizes of differences, as a table for DC coefficients has them. */
  readonly isForDc: boolean
}

/**
 * @param counts - codes of each length from 1 to 16
 * @param ordered - symbols in the order of their codes
 * @returns `undefined` when the lengths do not make a code of JPEG
 */
export function huffmanTable(counts: Uint8Array, ordered: Uint8Array): HuffmanTable | undefined {
  const bytes = new Uint8Array(TABLE.bytes)
  // By the next bits: length of the code times 256 plus its symbol; 0 where the code is longer.
  const symbols = new Uint16Array(bytes.buffer, TABLE.symbols, 1 << LOOK_BITS)
  // By length: the largest code of that length with the bits below it set, as 16 bits; -1 where there is none.
  const largest = new Int32Array(bytes.buffer, TABLE.largest, 17).fill(-1)
  // By length: what to add to a code for the index of its symbol.
  const offset = new Int32Array(bytes.buffer, TABLE.offset, 17)
  let [code, index] = [0, 0]
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0
    // As libjpeg has it: no code is all ones.
    if (count > 0 && code + count >= 1 << length) return undefined
    offset[length] = index - code
    for (let last = index + count; index < last; index++, code++) {
      const free = LOOK_BITS - length
      if (free >= 0) symbols.fill((length << 8) | (ordered[index] ?? 0), code << free, (code + 1) << free)
    }
    if (count > 0) largest[length] = (code << (16 - length)) - 1
    code <<= 1
  }
  bytes.set(ordered, TABLE.ordered)
  fillSteps(new Int32Array(bytes.buffer, TABLE.steps, 1 << LOOK_BITS), symbols)
  return { bytes, isForDc: ordered.every((symbol) => symbol < 16) }
}

/**
 * By the next bits, where code and value behind it fit into them: one step through the coefficients of a block, which is
 * the value times 2^11, plus the zeros before it times 2^5, plus the bits that it takes. 0 where they do not fit.
 */
function fillSteps(steps: Int32Array, symbols: Uint16Array): void {
  for (let bits = 0; bits < steps.length; bits++) {
    const entry = symbols[bits] as number
    const size = entry & 15
    const used = (entry >> 8) + size
    if (entry === 0 || used > LOOK_BITS) continue
    const value = size === 0 ? 0 : signedValue((bits >> (LOOK_BITS - used)) & ((1 << size) - 1), size)
    steps[bits] = value * 2048 + (runOf(entry & 255) << 5) + used
  }
}

/** Without a value, 15 zeros stand for a run of 16, of which the last is the value 0, and others for the end. */
const runOf = (symbol: number): number => ((symbol & 15) === 0 && symbol !== 0xf0 ? END_OF_BLOCK : symbol >> 4)

/** Values whose first bit is 0 are negative. */
const signedValue = (bits: number, size: number): number => (bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits)
