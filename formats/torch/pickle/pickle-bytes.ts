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
    this.#need(1)
    return this.#piece[this.#at - 1] ?? 0
  }

  uint16(): number {
    return this.#next(2).getUint16(0, true)
  }

  int32(): number {
    return this.#next(4).getInt32(0, true)
  }

  uint32(): number {
    return this.#next(4).getUint32(0, true)
  }

  /** Sizes beyond 2^53 lie beyond every file. */
  uint64(): number {
    return Number(this.#next(8).getBigUint64(0, true))
  }

  /** Pickles keep these alone big-endian. */
  float64(): number {
    return this.#next(8).getFloat64(0, false)
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
    this.#need(length)
    return this.#piece.subarray(this.#at - length, this.#at)
  }

  #next(length: number): DataView {
    this.#need(length)
    return new DataView(this.#piece.buffer, this.#piece.byteOffset + this.#at - length, length)
  }

  /** Passes over that many bytes, which then lie in the piece. */
  #need(length: number): void {
    if (this.#at + length > this.#piece.length) {
      if (length > this.#end - this.position) throw this.fail('it ends too soon')
      this.#load(this.position)
    }
    this.#at += length
  }

  #load(start: number): void {
    this.#piece = this.#file.read(start, Math.max(0, Math.min(PIECE, this.#end - start)))
    this.#start = start
    this.#at = 0
  }
}
