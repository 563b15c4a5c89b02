/**
 * Reads the segments of a plain JPEG: one scan of 8-bit Huffman-coded samples, grey or YCbCr. Everything else is left to
 * the general decoder, and so is every file with a doubt.
 *
 * @see ITU-T T.81, annex B, and T.871 (JFIF)
 */
import { type HuffmanTable, huffmanTable } from './huffman-table.js'

/** One colour of the scan. */
export interface FrameComponent {
  /** Blocks of a unit across and down: 2 and 2 for the luma of 4:2:0. */
  readonly across: number
  readonly down: number
  /** Factors in zigzag order. */
  readonly quantization: Int32Array
  readonly dc: HuffmanTable
  readonly ac: HuffmanTable
}

/** What is needed to decode the scan. */
export interface JpegFrame {
  readonly width: number
  readonly height: number
  /** One (grey) or three (Y, Cb, Cr). */
  readonly components: readonly FrameComponent[]
  /** Units between restart markers; 0 for none. */
  readonly restartInterval: number
  /** Where the entropy-coded data begin; an end marker stands somewhere behind them. */
  readonly start: number
}

/** @returns `undefined` when the file is not plain */
export function readJpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  return new FrameReader(bytes).read()
}

interface Sampling {
  readonly id: number
  readonly across: number
  readonly down: number
  readonly table: number
}

/** Factors of Y, Cb and Cr that are decoded here: 4:4:4, 4:2:2 and 4:2:0. */
const SAMPLINGS = new Set(['1x1 1x1 1x1', '2x1 1x1 1x1', '2x2 1x1 1x1'])

class FrameReader {
  private readonly view: DataView
  private readonly quantizations = new Map<number, Int32Array>()
  private readonly huffmans = new Map<number, HuffmanTable>()
  private sampling: readonly Sampling[] = []
  private width = 0
  private height = 0
  private restartInterval = 0
  private isJfif = false
  private adobeTransform: number | undefined

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  read(): JpegFrame | undefined {
    let at = 2
    while (at + 4 <= this.bytes.length) {
      if (this.view.getUint8(at) !== 0xff) return undefined
      const marker = this.view.getUint8(at + 1)
      const length = this.view.getUint16(at + 2)
      const end = at + 2 + length
      if (length < 2 || end > this.bytes.length) return undefined
      if (marker === 0xda) return this.frame(at + 4, end)
      if (!this.segment(marker, at + 4, end)) return undefined
      at = end
    }
    return undefined
  }

  /** @returns false for what a plain file does not have */
  private segment(marker: number, start: number, end: number): boolean {
    if (marker === 0xc0 || marker === 0xc1) return this.readSizes(start, end)
    if (marker === 0xc4) return this.readHuffmans(start, end)
    if (marker === 0xdb) return this.readQuantizations(start, end)
    if (marker === 0xdd) this.restartInterval = end - start === 2 ? this.view.getUint16(start) : 0
    if (marker === 0xe0) this.isJfif ||= this.starts(start, end, 'JFIF\0')
    if (marker === 0xee && this.starts(start, end, 'Adobe') && end - start >= 12) {
      this.adobeTransform = this.view.getUint8(start + 11)
    }
    return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe || marker === 0xdd
  }

  private starts(start: number, end: number, text: string): boolean {
    return Buffer.from(this.bytes.subarray(start, Math.min(end, start + text.length))).toString('latin1') === text
  }

  private readSizes(start: number, end: number): boolean {
    if (end - start < 6 || this.sampling.length > 0 || this.view.getUint8(start) !== 8) return false
    const count = this.view.getUint8(start + 5)
    if (end - start !== 6 + 3 * count) return false
    this.height = this.view.getUint16(start + 1)
    this.width = this.view.getUint16(start + 3)
    this.sampling = Array.from({ length: count }, (_, index) => {
      const at = start + 6 + 3 * index
      const factors = this.view.getUint8(at + 1)
      return { id: this.view.getUint8(at), across: factors >> 4, down: factors & 15, table: this.view.getUint8(at + 2) }
    })
    return this.height > 0 && this.width > 0
  }

  private readQuantizations(start: number, end: number): boolean {
    let at = start
    for (; at + 65 <= end; at += 65) {
      const head = this.view.getUint8(at)
      if (head > 3) return false
      this.quantizations.set(head, Int32Array.from(this.bytes.subarray(at + 1, at + 65)))
    }
    return at === end
  }

  private readHuffmans(start: number, end: number): boolean {
    let at = start
    while (at + 17 <= end) {
      const counts = this.bytes.subarray(at + 1, at + 17)
      const total = counts.reduce((sum, count) => sum + count, 0)
      if (total > 256 || at + 17 + total > end) return false
      const table = huffmanTable(counts, this.bytes.slice(at + 17, at + 17 + total))
      if (table === undefined) return false
      this.huffmans.set(this.view.getUint8(at), table)
      at += 17 + total
    }
    return at === end
  }

  /** The header of the scan stands at `start`, its data begin at `end`. */
  private frame(start: number, end: number): JpegFrame | undefined {
    const count = this.view.getUint8(start)
    const last = this.bytes.lastIndexOf(0xd9)
    const hasEnd = last > end && this.bytes[last - 1] === 0xff
    if (count !== this.sampling.length || end - start !== 4 + 2 * count || !hasEnd || !this.isWholeScan(end))
      return undefined
    const components = this.sampling.map((sampling, index) => this.component(sampling, start + 1 + 2 * index))
    if (!components.every((component) => component !== undefined) || !this.isKnownColour()) return undefined
    const { width, height, restartInterval } = this
    return { width, height, components, restartInterval, start: end }
  }

  private isWholeScan(end: number): boolean {
    return this.view.getUint8(end - 3) === 0 && this.view.getUint8(end - 2) === 63 && this.view.getUint8(end - 1) === 0
  }

  private component(sampling: Sampling, at: number): FrameComponent | undefined {
    const tables = this.view.getUint8(at + 1)
    const quantization = this.quantizations.get(sampling.table)
    const dc = this.huffmans.get(tables >> 4)
    const ac = this.huffmans.get(16 + (tables & 15))
    if (this.view.getUint8(at) !== sampling.id) return undefined
    if (quantization === undefined || ac === undefined || !dc?.isForDc) return undefined
    // A scan of one component has one block in each unit, whatever its factors say.
    const isGrey = this.sampling.length === 1
    return { across: isGrey ? 1 : sampling.across, down: isGrey ? 1 : sampling.down, quantization, dc, ac }
  }

  /** Grey, or YCbCr by the same signs that libjpeg goes by, in one of `SAMPLINGS`. */
  private isKnownColour(): boolean {
    if (this.sampling.length === 1) return true
    const ids = this.sampling.map(({ id }) => id).join(' ')
    const isYcc = this.isJfif || (this.adobeTransform === undefined ? ids === '1 2 3' : this.adobeTransform === 1)
    return isYcc && SAMPLINGS.has(this.sampling.map(({ across, down }) => `${across}x${down}`).join(' '))
  }
}
