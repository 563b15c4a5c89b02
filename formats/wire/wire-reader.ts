/**
 * Reads protobuf's primitive values from a file through a small window, and steps over long fields without reading them.
 *
 * Decoders of packages want the whole file in memory, weights included: protobufjs 8 takes 1.1 s and 644 MB for an ONNX
 * file of 600 MB with `raw_data`, and 4.4 s and 1.8 GB with `float_data`, where this takes 0.1 s and 60 MB, Node included.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import type { FormatError } from '../../src/core/errors.js'
import { decodeText, decodeTextAt } from '../../src/graph/protobuf-text.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { type BrokenCode, brokenFile, truncatedFile } from './wire-errors.js'

/** How a field's value lies in the file; groups (3 and 4) are obsolete. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

/** The window after a jump: enough for the names and sizes of a tensor. */
const FIRST_WINDOW = 4096
/** The window grows to this while reading goes straight on. */
const LARGEST_WINDOW = 65_536
const LONGEST_VARINT = 10
const NOT_ASCII = /[\x80-\xff]/

/** A place in a file that moves on with every value read. */
export class WireReader {
  readonly file: RandomAccessFile
  readonly #buffer: Buffer<ArrayBuffer>
  readonly #view: DataView
  /** Offset in the file of the window's first byte. */
  #start: number
  /** Bytes in the window. */
  #length = 0
  /** Place in the window. */
  #at = 0
  /** The window, one character for each byte, once a text was asked for. */
  #text: string | undefined
  #nextWindow = FIRST_WINDOW
  #tagStart = 0
  #low = 0
  #high = 0

  constructor(file: RandomAccessFile, offset = 0) {
    this.file = file
    this.#start = offset
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(LARGEST_WINDOW, file.size))
    this.#view = new DataView(this.#buffer.buffer)
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.#start + this.#at
  }

  /** Offset in the file of the latest tag. */
  get tagStart(): number {
    return this.#tagStart
  }

  /** Goes to an offset; what lies in the window is not read again. */
  seek(offset: number): void {
    const at = offset - this.#start
    if (at >= 0 && at <= this.#length) {
      this.#at = at
      return
    }
    this.#start = offset
    this.#length = 0
    this.#at = 0
    this.#nextWindow = FIRST_WINDOW
  }

  /** @returns field number times 8 plus wire type */
  tag(): number {
    this.#tagStart = this.#start + this.#at
    const tag = this.varint()
    if (tag < 8 || tag > 0xffff_ffff)
      throw this.#broken('E_PROTOBUF_TAG', this.#tagStart, `no field has the tag ${tag}`)
    if ((tag & 7) > WIRE.fixed32) {
      throw this.#broken('E_PROTOBUF_TAG', this.#tagStart, `there is no wire type ${tag & 7}`)
    }
    return tag
  }

  /** @returns a varint of up to 64 bits as signed number; past 2^53 the nearest one */
  varint(): number {
    if (this.#at < this.#length) {
      const byte = this.#buffer[this.#at] ?? 0
      if (byte < 0x80) {
        this.#at += 1
        return byte
      }
    }
    return this.#longVarint()
  }

  /** Reads a varint exactly, as its low and high 32 bits, into `words[index]` and `words[index + 1]`. */
  varintWords(words: Uint32Array, index: number): void {
    const byte = this.#at < this.#length ? (this.#buffer[this.#at] ?? 0) : 0x80
    if (byte < 0x80) {
      this.#at += 1
      words[index] = byte
      words[index + 1] = 0
      return
    }
    this.#longVarint()
    words[index] = this.#low
    words[index + 1] = this.#high
  }

  /** @returns the length of a length-delimited value; it ends at `end` or before */
  length(end: number): number {
    const length = this.varint()
    if (length < 0 || length > end - this.position) throw this.#overrun(this.position, length, end)
    return length
  }

  float(): number {
    this.#need(4)
    this.#at += 4
    return this.#view.getFloat32(this.#at - 4, true)
  }

  double(): number {
    this.#need(8)
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  /** @returns a copy of the next bytes */
  bytes(length: number): Uint8Array {
    if (length > LARGEST_WINDOW) {
      const offset = this.position
      const bytes = this.file.read(offset, length)
      this.seek(offset + length)
      return bytes
    }
    this.#need(length)
    this.#at += length
    return new Uint8Array(this.#buffer.subarray(this.#at - length, this.#at))
  }

  /** @returns the next bytes as text, see `decodeText` */
  text(length: number): string {
    if (length > LARGEST_WINDOW) return decodeText(this.bytes(length))
    this.#need(length)
    const start = this.#at
    this.#at += length
    // One call for a whole window of names is several times cheaper than one for each; after a jump there is but one name.
    if (this.#length <= FIRST_WINDOW) return decodeTextAt(this.#buffer, start, this.#at)
    this.#text ??= this.#buffer.toString('latin1', 0, this.#length)
    const text = this.#text.slice(start, this.#at)
    return NOT_ASCII.test(text) ? decodeTextAt(this.#buffer, start, this.#at) : text
  }

  /** Steps over the value that follows a tag and must end at `end` or before. */
  skip(tag: number, end: number): void {
    const offset = this.position
    switch (tag & 7) {
      case WIRE.varint:
        this.varint()
        break
      case WIRE.fixed64:
        this.seek(offset + 8)
        break
      case WIRE.bytes: {
        const length = this.length(end)
        this.seek(this.position + length)
        break
      }
      case WIRE.fixed32:
        this.seek(offset + 4)
        break
      case WIRE.groupStart:
        this.#skipGroup(tag, end)
        break
      default:
        throw this.#broken('E_PROTOBUF_TAG', offset, 'a group ends that did not start')
    }
    if (this.position > end) throw this.#overrun(offset, this.position - offset, end)
  }

  /** Groups inside groups are walked without recursion. */
  #skipGroup(tag: number, end: number): void {
    const open = [tag >>> 3]
    while (open.length > 0) {
      if (this.position >= end || open.length > 100) {
        throw this.#broken('E_PROTOBUF_TAG', this.position, 'a group does not end')
      }
      const inner = this.tag()
      if ((inner & 7) === WIRE.groupStart) open.push(inner >>> 3)
      else if ((inner & 7) !== WIRE.groupEnd) this.skip(inner, end)
      else if (open.pop() !== inner >>> 3) throw this.#broken('E_PROTOBUF_TAG', this.position, 'groups are mixed up')
    }
  }

  /** Reads a varint of several bytes into `#low` and `#high`. */
  #longVarint(): number {
    const available = this.#ensure(LONGEST_VARINT)
    let low = 0
    let high = 0
    for (let count = 0; count < LONGEST_VARINT; count += 1) {
      if (count >= available) throw this.#truncated(this.position + available)
      const byte = this.#buffer[this.#at + count] ?? 0
      const bits = byte & 0x7f
      const shift = count * 7
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.#at += count + 1
        this.#high = high
        this.#low = low
        return high * 0x1_0000_0000 + (low >>> 0)
      }
    }
    throw this.#broken('E_PROTOBUF_VARINT', this.position, 'a number is longer than 10 bytes')
  }

  #need(count: number): void {
    if (this.#length - this.#at >= count) return
    const available = this.#ensure(count)
    if (available < count) throw this.#truncated(this.position + available)
  }

  /** Moves the window so that it holds `count` bytes from here on; @returns how many it holds, fewer at the end */
  #ensure(count: number): number {
    if (this.#length - this.#at >= count) return this.#length - this.#at
    const offset = this.position
    const size = Math.min(LARGEST_WINDOW, Math.max(count, this.#nextWindow))
    this.#text = undefined
    this.#length = this.file.readInto(this.#buffer.subarray(0, size), offset)
    this.#start = offset
    this.#at = 0
    this.#nextWindow = Math.min(LARGEST_WINDOW, this.#nextWindow * 4)
    return this.#length
  }

  #overrun(offset: number, length: number, end: number): FormatError {
    if (length >= 0 && end >= this.file.size && length < 2 ** 40) {
      return this.#truncated(this.file.size, ` where ${length} more bytes are announced at byte ${offset}`)
    }
    return this.#broken('E_PROTOBUF_LENGTH', offset, `a length of ${length} does not fit into what is around it`)
  }

  #truncated(offset: number, detail = ' in the middle of a value'): FormatError {
    return truncatedFile(this.file.path, offset, detail)
  }

  #broken(code: BrokenCode, offset: number, what: string): FormatError {
    return brokenFile(code, this.file.path, offset, what)
  }
}
