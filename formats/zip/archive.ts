/**
 * Entries of a zip archive and their contents, stored or deflated.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3
 */
import { inflateRawSync } from 'node:zlib'
import { quoted } from '../../src/core/quoted.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { type DirectoryEntry, IN_WIDER_FIELD, LOCAL_HEADER, readDirectory, viewOf, zipError } from './directory.js'

/** An entry and where its bytes lie. */
export interface ArchiveEntry {
  readonly name: string
  /** Byte in the archive where its header starts. */
  readonly start: number
  readonly packedSize: number
  readonly size: number
  readonly isStored: boolean
}

const METHOD = { stored: 0, deflated: 8 }

/**
 * @returns the entries by name
 * @throws {FormatError} `E_ZIP` where the directory is broken
 */
export function readArchive(file: RandomAccessFile): ReadonlyMap<string, ArchiveEntry> {
  return new Map(readDirectory(file).map((entry) => [entry.name, entryOf(file, entry)]))
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
  if (header.getUint32(0, true) !== LOCAL_HEADER) throw zipError(file, `${quoted(entry.name)} has no header`)
  const start = entry.start + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  if (start + entry.packedSize > file.size) throw zipError(file, `${quoted(entry.name)} is cut off`)
  return start
}

function entryOf(file: RandomAccessFile, { name, fixed, extra }: DirectoryEntry): ArchiveEntry {
  const method = fixed.getUint16(10, true)
  if ((fixed.getUint16(8, true) & 1) !== 0) throw zipError(file, `${quoted(name)} is encrypted`)
  const sizes = [fixed.getUint32(24, true), fixed.getUint32(20, true), fixed.getUint32(42, true)]
  const [size = 0, packedSize = 0, start = 0] = sizes.includes(IN_WIDER_FIELD) ? wideSizes(file, sizes, extra) : sizes
  if (method !== METHOD.stored && method !== METHOD.deflated)
    throw zipError(file, `${quoted(name)} is packed by method ${method}`)
  const isStored = method === METHOD.stored
  if (isStored && size !== packedSize) throw zipError(file, `${quoted(name)} has two sizes`)
  return { name, start, packedSize, size, isStored }
}

/** Zip64: what does not fit into 32 bits stands in the extra field, in this order. */
function wideSizes(file: RandomAccessFile, sizes: readonly number[], extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue
    let next = at + 4
    return sizes.map((size) => {
      if (size !== IN_WIDER_FIELD) return size
      if (next + 8 > extra.byteLength) throw zipError(file, 'a size is missing')
      next += 8
      return Number(extra.getBigUint64(next - 8, true))
    })
  }
  return [...sizes]
}
