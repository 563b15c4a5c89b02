/**
 * Reads the Huffman-coded blocks of a scan.
 *
 * @see ITU-T T.81, F.2
 */
import { END_OF_BLOCK, type HuffmanTable, LOOK_BITS, signedValue, stepOf } from './huffman-table.js'
import type { FrameComponent, JpegFrame } from './jpeg-frame.js'

/** Place in a block, row by row, of each coefficient in zigzag order. */
const NATURAL_ORDER = Uint8Array.from(
  `0 1 8 16 9 2 3 10 17 24 32 25 18 11 4 5 12 19 26 33 40 48 41 34 27 20 13 6 7 14 21 28 35 42 49 56 57 50 43 36
  29 22 15 23 30 37 44 51 58 59 52 45 38 31 39 46 53 60 61 54 47 55 62 63`.split(/\s+/),
  Number,
)

const LOOK_MASK = (1 << LOOK_BITS) - 1

/** No picture has larger coefficients; decoders differ in what they make of them. */
const WILD = ~8191
const WILD_OFFSET = 4096

/** A position in the scan. Reading never throws; what comes out of a scan `isBroken` must not be used. */
export class EntropyDecoder {
  isBroken = false
  private readonly bytes: Uint8Array
  private at: number
  /** The lowest `count` bits are those that come next. */
  private bits = 0
  private count = 0
  /** Bits among them that stand in for data behind a marker. */
  private padding = 0

  constructor(bytes: Uint8Array, frame: JpegFrame) {
    this.bytes = bytes
    this.at = frame.start
  }

  /**
   * Reads one block. All state of the loop lies in local variables, which makes it twice as fast.
   *
   * @param target - takes the 64 coefficients, dequantised, row by row from `offset`; must be zero there
   * @param predictor - DC coefficient of the block before, not dequantised
   * @returns DC coefficient of this block, not dequantised
   */
  readBlock(target: Int16Array, offset: number, component: FrameComponent, predictor: number): number {
    const { quantization, ac } = component
    const { bytes } = this
    const dc = predictor + this.readDifference(component.dc)
    const level = Math.imul(dc, quantization[0] as number)
    target[offset] = level
    let wild = level + WILD_OFFSET
    let [bits, count, at] = [this.bits, this.count, this.at]
    for (let index = 1; index < 64; index++) {
      while (count <= 24) {
        const byte = bytes[at] as number
        // A zero behind 0xff is left out; anything else is a marker, which is for `fill` to see.
        if (byte === 0xff && bytes[at + 1] !== 0) break
        at += byte === 0xff ? 2 : 1
        bits = (bits << 8) | byte
        count += 8
      }
      let step = count > 24 ? (ac.steps[(bits >>> (count - LOOK_BITS)) & LOOK_MASK] as number) : 0
      if (step === 0) {
        this.bits = bits
        this.count = count
        this.at = at
        step = this.readStep(ac)
        bits = this.bits
        count = this.count
        at = this.at
      }
      count -= step & 31
      index += (step >> 5) & 63
      if (index > 63) {
        if (((step >> 5) & 63) !== END_OF_BLOCK) this.isBroken = true
        break
      }
      const coefficient = Math.imul(step >> 11, quantization[index] as number)
      wild |= coefficient + WILD_OFFSET
      target[offset + (NATURAL_ORDER[index] as number)] = coefficient
    }
    this.bits = bits
    this.count = count
    this.at = at
    if ((wild & WILD) !== 0 || count < this.padding) this.isBroken = true
    return dc
  }

  /** Goes behind the restart marker that must come next. */
  restart(number: number): void {
    if (this.padding === 0) this.fill()
    const isThere = this.bytes[this.at] === 0xff && this.bytes[this.at + 1] === 0xd0 + (number & 7)
    if (isThere && this.count - this.padding < 8) this.at += 2
    else this.isBroken = true
    this.bits = 0
    this.count = 0
    this.padding = 0
  }

  /** @returns whether the scan ended just where the image did */
  isAtEnd(): boolean {
    this.fill()
    return (
      !this.isBroken &&
      this.bytes[this.at] === 0xff &&
      this.bytes[this.at + 1] === 0xd9 &&
      this.count - this.padding < 8
    )
  }

  /** A step whose bits do not fit into a look, or with a marker near: read in parts. @returns it with 0 bits left to take */
  private readStep(table: HuffmanTable): number {
    this.fill()
    const symbol = this.readSymbol(table, (this.bits >>> (this.count - LOOK_BITS)) & LOOK_MASK)
    const value = (symbol & 15) === 0 ? 0 : this.readValue(symbol & 15)
    return stepOf(symbol, value, 0)
  }

  private readDifference(table: HuffmanTable): number {
    if (this.count < 25) this.fill()
    const size = this.readSymbol(table, (this.bits >>> (this.count - LOOK_BITS)) & LOOK_MASK)
    if (size === 0) return 0
    if (size <= 11) return this.readValue(size)
    this.isBroken = true
    return 0
  }

  private readSymbol(table: HuffmanTable, look: number): number {
    const entry = table.symbols[look] as number
    if (entry === 0) return this.readLongSymbol(table)
    this.count -= entry >> 8
    return entry & 255
  }

  private readLongSymbol(table: HuffmanTable): number {
    const next = (this.bits >>> (this.count - 16)) & 0xffff
    for (let length = LOOK_BITS + 1; length <= 16; length++) {
      if (next > (table.largest[length] as number)) continue
      this.count -= length
      return table.ordered[(next >> (16 - length)) + (table.offset[length] as number)] as number
    }
    this.isBroken = true
    return 0
  }

  private readValue(size: number): number {
    if (this.count < size) this.fill()
    this.count -= size
    return signedValue((this.bits >>> this.count) & ((1 << size) - 1), size)
  }

  /** Takes whole bytes while there is room for them; zeros where a marker stands, which ends every frame. */
  private fill(): void {
    const { bytes } = this
    while (this.count <= 24) {
      let byte = bytes[this.at] as number
      if (byte !== 0xff) this.at++
      else if (bytes[this.at + 1] === 0) this.at += 2
      else {
        byte = 0
        this.padding += 8
      }
      this.bits = (this.bits << 8) | byte
      this.count += 8
    }
  }
}
