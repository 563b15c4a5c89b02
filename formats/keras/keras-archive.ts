/**
 * Entries of a `.keras` archive, found through the central directory of the zip file.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3
 */
import { inflateRawSync } from 'node:zlib'
import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { RandomAccessFile } from '../random-access-file.js'

/** An entry and where its bytes lie. */
export interface ArchiveEntry {
  readonly name: string
  /** Byte in the archive where its contents start. */
  readonly start: number
  readonly packedSize: number
  readonly size: number
  readonly isStored: boolean
}

const SIGNATURE = { local: 0x04034b50, entry: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 }
const LONGEST_END = 22 + 65_535
const LARGEST_DIRECTORY = 16 * 2 ** 20
const METHOD = { stored: 0, deflated: 8 }
const IN_EXTRA = 0xffffffff

/**
 * @returns the entries by name
 * @throws {FormatError} `E_ZIP` where the directory is broken
 */
export function readArchive(file: RandomAccessFile): ReadonlyMap<string, ArchiveEntry> {
  const { offset, size } = directoryOf(file)
  if (size > LARGEST_DIRECTORY || offset + size > file.size)
    throw zipError(file, `a directory of ${size} bytes at ${offset}`)
  const directory = file.read(offset, size)
  const view = viewOf(directory)
  const entries = new Map<string, ArchiveEntry>()
  for (let at = 0; at + 46 <= size && view.getUint32(at, true) === SIGNATURE.entry; ) {
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)]
    const end = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
    if (end > size) throw zipError(file, 'an entry leads out of the directory')
    const name = Buffer.from(directory.subarray(at + 46, at + 46 + nameLength)).toString('utf8')
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    entries.set(name, entryOf(file, name, directory.subarray(at, at + 46), extra))
    at = end
  }
  return entries
}

/**
 * @param limit - bytes that the contents may take
 * @throws {FormatError} `E_ZIP` for an entry that is larger, or whose bytes are broken
 */
export function readEntry(file: RandomAccessFile, entry: ArchiveEntry, limit: number): Uint8Array {
  if (entry.size > limit)
    throw zipError(file, `${quoted(entry.name)} takes ${entry.size} bytes, at most ${limit} are read`)
  const start = contentStart(file, entry)
  const packed = file.read(start, entry.packedSize)
  if (entry.isStored) return packed
  const contents = inflate(packed, entry.size)
  if (contents?.length === entry.size) return contents
  throw zipError(file, `${quoted(entry.name)} cannot be unpacked to ${entry.size} bytes`)
}

/** @returns `undefined` for bytes that are not packed, or that become more than expected */
function inflate(packed: Uint8Array, expected: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, expected) })
  } catch {
    return undefined
  }
}

/** @returns byte at which the contents start: behind a header of its own, which may be longer than the directory's */
export function contentStart(file: RandomAccessFile, entry: ArchiveEntry): number {
  const header = viewOf(file.read(entry.start, 30))
  if (header.getUint32(0, true) !== SIGNATURE.local) throw zipError(file, `${quoted(entry.name)} has no header`)
  const start = entry.start + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  if (start + entry.packedSize > file.size) throw zipError(file, `${quoted(entry.name)} is cut off`)
  return start
}

function entryOf(file: RandomAccessFile, name: string, fixed: Uint8Array, extra: Uint8Array): ArchiveEntry {
  const view = viewOf(fixed)
  const method = view.getUint16(10, true)
  if ((view.getUint16(8, true) & 1) !== 0) throw zipError(file, `${quoted(name)} is encrypted`)
  const sizes = [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)]
  const [size = 0, packedSize = 0, start = 0] = sizes.includes(IN_EXTRA) ? wideSizes(file, sizes, extra) : sizes
  if (method !== METHOD.stored && method !== METHOD.deflated)
    throw zipError(file, `${quoted(name)} is packed by method ${method}`)
  const isStored = method === METHOD.stored
  if (isStored && size !== packedSize) throw zipError(file, `${quoted(name)} has two sizes`)
  return { name, start, packedSize, size, isStored }
}

/** Zip64: what does not fit into 32 bits stands in the extra field, in this order. */
function wideSizes(file: RandomAccessFile, sizes: readonly number[], extra: Uint8Array): number[] {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let next = at + 4
    return sizes.map((size) => {
      if (size !== IN_EXTRA) return size
      if (next + 8 > extra.length) throw zipError(file, 'a size is missing')
      next += 8
      return Number(view.getBigUint64(next - 8, true))
    })
  }
  return [...sizes]
}

function directoryOf(file: RandomAccessFile): { offset: number; size: number } {
  const start = Math.max(0, file.size - LONGEST_END)
  const tail = file.read(start, file.size - start)
  const view = viewOf(tail)
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== SIGNATURE.end) continue
    const [size, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)]
    if (size !== IN_EXTRA && offset !== IN_EXTRA) return { offset, size }
    return wideDirectory(file, tail, at - 20)
  }
  throw zipError(file, 'it has no directory')
}

function wideDirectory(file: RandomAccessFile, tail: Uint8Array, locator: number): { offset: number; size: number } {
  const view = viewOf(tail)
  if (locator < 0 || view.getUint32(locator, true) !== SIGNATURE.locator64)
    throw zipError(file, 'its directory is lost')
  const record = viewOf(file.read(Number(view.getBigUint64(locator + 8, true)), 56))
  if (record.getUint32(0, true) !== SIGNATURE.end64) throw zipError(file, 'its directory is lost')
  return { size: Number(record.getBigUint64(40, true)), offset: Number(record.getBigUint64(48, true)) }
}

function zipError(file: RandomAccessFile, what: string): FormatError {
  return new FormatError('E_ZIP', `${file.path} is a broken zip archive: ${what}`, {
    hint: 'download or save the model again',
  })
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
