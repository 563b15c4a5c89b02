/** The bytes of a pickle, read from its file in pieces. */
import { FormatError } from '../../../src/core/errors.js'
import type { RandomAccessFile } from '../../random-access-file.js'

/** Bytes read at once. */
const PIECE = 65_536
/** All texts of one pickle together. */
const MOST_TEXT = 64 * 2 ** 20
const LONGEST_LINE = 4096
const LONGEST_NUMBER = 1024

/** Little-endian. Every reader throws `FormatError` `E_PICKLE` past the end. */
export class PickleBytes {
  readonly #file: RandomAccessFile
  readonly #end: number
  #piece: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  /** Place of the piece in the file, and of the next byte in the piece. */
  #start: number
  #at = 0
  #text = 0

  constructor(file: RandomAccessFile, start: number, length: number) {
    this.#file = file
    this.#start = start
    this.#end = start + length
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#start + this.#at
  }

  byte(): number {
    return this.#view.getUint8(this.#need(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#need(2), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#need(4), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#need(4), true)
  }

  /** Sizes beyond 2^53 lie beyond every file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#need(8), true))
  }

  /** Pickles keep these alone big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#need(8), false)
  }

  /** A whole number of any length, two's complement. */
  long(length: number): bigint {
    if (length > LONGEST_NUMBER) throw this.fail(`a number of ${length} bytes`)
    const bytes = this.#take(length)
    let value = 0n
    for (let index = bytes.length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index] ?? 0)
    return BigInt.asIntN(length * 8, value)
  }

  text(length: number, encoding: 'utf8' | 'latin1' = 'utf8'): string {
    return Buffer.from(this.#take(length)).toString(encoding)
  }

  /** Up to the next line end, which is passed over. */
  line(): string {
    let line = ''
    for (let code = this.byte(); code !== 10; code = this.byte()) {
      if (line.length >= LONGEST_LINE) throw this.fail('a name has no end')
      line += String.fromCharCode(code)
    }
    return line
  }

  skip(length: number): void {
    if (length > this.#end - this.position) throw this.fail('it ends too soon')
    const inPiece = Math.min(length, this.#piece.length - this.#at)
    if (inPiece < length) this.#load(this.position + length)
    else this.#at += length
  }

  /** @returns the error for what is wrong here */
  fail(what: string): FormatError {
    return new FormatError('E_PICKLE', `${this.#file.path}: its pickle is damaged at byte ${this.position}: ${what}`, {
      hint: 'download the file or save the model again',
    })
  }

  #take(length: number): Uint8Array {
    if (length > this.#end - this.position) throw this.fail('it ends too soon')
    this.#text += length
    if (this.#text > MOST_TEXT) throw this.fail(`its texts take more than ${MOST_TEXT} bytes`)
    if (length > PIECE) {
      const bytes = this.#file.read(this.position, length)
      this.#load(this.position + length)
      return bytes
    }
    const at = this.#need(length)
    return this.#piece.subarray(at, at + length)
  }

  /** @returns where in the piece that many bytes lie, which are passed over */
  #need(length: number): number {
    if (this.#at + length > this.#piece.length) {
      if (length > this.#end - this.position) throw this.fail('it ends too soon')
      this.#load(this.position)
    }
    this.#at += length
    return this.#at - length
  }

  #load(start: number): void {
    this.#piece = this.#file.read(start, Math.max(0, Math.min(PIECE, this.#end - start)))
    this.#view = new DataView(this.#piece.buffer, this.#piece.byteOffset, this.#piece.byteLength)
    this.#start = start
    this.#at = 0
  }
}
