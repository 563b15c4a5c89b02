/** The bytes of an HDF5 file, read by pages: what describes the weights lies scattered between them. */
import type { RandomAccessFile } from '../../random-access-file.js'

/** Says that a file is not of the kind that is read here, or broken; the HDF5 library then has the word. */
export class NotPlain extends Error {}

const PAGE = 4096
/** Longer parts are read on their own. */
const LONGEST_PAGED = 4 * PAGE
const MOST_PAGES = 4096
/** Half of what is undefined: all bits set. */
const UNDEFINED = 0xffff_ffff

/** Addresses count from the start of the HDF5 file, which may lie inside another. */
export class PlainBytes {
  readonly size: number
  readonly #file: RandomAccessFile
  readonly #start: number
  readonly #pages = new Map<number, Uint8Array>()

  constructor(file: RandomAccessFile, start: number, size: number) {
    this.#file = file
    this.#start = start
    this.size = size
  }

  /** @throws {NotPlain} where the file ends before */
  read(address: number, length: number): Buffer {
    if (!(address >= 0 && length >= 0 && address + length <= this.size))
      throw new NotPlain('an address leads out of it')
    const first = Math.floor(address / PAGE)
    const from = address - first * PAGE
    if (from + length <= PAGE) return bufferOf(this.#page(first).subarray(from, from + length))
    if (length > LONGEST_PAGED) return bufferOf(this.#file.read(this.#start + address, length))
    const bytes = Buffer.allocUnsafe(length)
    for (let done = 0; done < length; ) {
      const at = address + done
      const page = this.#page(Math.floor(at / PAGE)).subarray(at % PAGE)
      bytes.set(page.subarray(0, length - done), done)
      done += Math.min(page.length, length - done)
    }
    return bytes
  }

  #page(index: number): Uint8Array {
    const known = this.#pages.get(index)
    if (known !== undefined) return known
    if (this.#pages.size >= MOST_PAGES) this.#pages.clear()
    const page = this.#file.read(this.#start + index * PAGE, Math.min(PAGE, this.size - index * PAGE))
    this.#pages.set(index, page)
    return page
  }
}

/** @returns a 64-bit length or address; `undefined` where all bits are set; @throws {NotPlain} from 2^53 on */
export function wide(bytes: Buffer, at: number): number | undefined {
  const [low, high] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)]
  if (low === UNDEFINED && high === UNDEFINED) return undefined
  if (high >= 2 ** 21) throw new NotPlain('a number is too large')
  return high * 2 ** 32 + low
}

/** @returns the same; @throws {NotPlain} where it is undefined too */
export function definedWide(bytes: Buffer, at: number): number {
  const value = wide(bytes, at)
  if (value === undefined) throw new NotPlain('an address is not set')
  return value
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
