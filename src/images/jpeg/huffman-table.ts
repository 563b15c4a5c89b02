/**
 * Huffman tables of a JPEG, unfolded so that most symbols take one look.
 *
 * @see ITU-T T.81, annex C and F.2.2
 */

/** Bits that are looked at in one go. */
export const LOOK_BITS = 10

/** A table as the decoder wants it. */
export interface HuffmanTable {
  /** By the next `LOOK_BITS` bits: length of the code times 256 plus its symbol; 0 where the code is longer. */
  readonly symbols: Uint16Array
  /**
   * By the same bits, where code and following value fit into them: a step of `stepOf`; 0 elsewhere. Only meaningful for
   * AC tables.
   */
  readonly steps: Int32Array
  /** By length: the largest code of that length, with the bits below it set, as 16 bits; -1 where there is none. */
  readonly largest: Int32Array
  /** By length: what to add to a code for the index of its symbol. */
  readonly offset: Int32Array
  readonly ordered: Uint8Array
}

/**
 * @param counts - codes of each length from 1 to 16
 * @param ordered - symbols in the order of their codes
 * @returns `undefined` when the lengths do not make a code of JPEG
 */
export function huffmanTable(counts: Uint8Array, ordered: Uint8Array): HuffmanTable | undefined {
  const symbols = new Uint16Array(1 << LOOK_BITS)
  const largest = new Int32Array(17).fill(-1)
  const offset = new Int32Array(17)
  let [code, index] = [0, 0]
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0
    offset[length] = index - code
    // As libjpeg has it: no code is all ones.
    if (count > 0 && code + count >= 1 << length) return undefined
    for (let last = index + count; index < last; index++, code++) {
      if (length <= LOOK_BITS) spread(symbols, code, length, (length << 8) | (ordered[index] ?? 0))
    }
    if (count > 0) largest[length] = (code << (16 - length)) - 1
    code <<= 1
  }
  return { symbols, steps: stepsOf(symbols), largest, offset, ordered }
}

/** Writes an entry wherever the bits begin with the code. */
function spread(table: Uint16Array, code: number, length: number, entry: number): void {
  const free = LOOK_BITS - length
  table.fill(entry, code << free, (code + 1) << free)
}

function stepsOf(symbols: Uint16Array): Int32Array {
  const steps = new Int32Array(symbols.length)
  for (let bits = 0; bits < symbols.length; bits++) {
    const entry = symbols[bits] as number
    const size = entry & 15
    const used = (entry >> 8) + size
    if (entry === 0 || used > LOOK_BITS) continue
    const value = size === 0 ? 0 : signedValue((bits >> (LOOK_BITS - used)) & ((1 << size) - 1), size)
    steps[bits] = stepOf(entry & 255, value, used)
  }
  return steps
}

/** Run that stands for the end of a block: it leads beyond the last coefficient from any other. */
export const END_OF_BLOCK = 63

/**
 * One step through the coefficients of a block: its value times 2^11, plus the zeros before it times 2^5, plus the bits
 * that it takes.
 *
 * @param symbol - upper 4 bits: zeros before the value; lower 4 bits: bits of the value. Without a value, 15 zeros
 *   stand for a run of 16, of which the last is the value 0, and others for the end of the block
 */
export function stepOf(symbol: number, value: number, used: number): number {
  const isEnd = (symbol & 15) === 0 && symbol !== 0xf0
  return value * 2048 + ((isEnd ? END_OF_BLOCK : symbol >> 4) << 5) + used
}

/** @returns the value that `size` bits stand for: those with a leading 0 are negative */
export const signedValue = (bits: number, size: number): number =>
  bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits
