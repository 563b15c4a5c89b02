/**
 * The central directory of a zip archive, zip64 included: which entries there are, as it lists them.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3
 */
import { FormatError } from '../../src/core/errors.js'
import type { RandomAccessFile } from '../random-access-file.js'

/** A line of the directory. */
export interface DirectoryEntry {
  readonly name: string
  /** The 46 bytes in front of the name. */
  readonly fixed: DataView
  /** Fields that follow the name, e.g. sizes over 4 GiB. */
  readonly extra: DataView
}

/** Signature of the header in front of an entry's contents. */
export const LOCAL_HEADER = 0x04034b50
/** What a 32-bit size says where the true one stands in a wider field. */
export const IN_WIDER_FIELD = 0xffffffff

const SIGNATURE = { entry: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 }
const LONGEST_END = 22 + 65_535
const LARGEST_DIRECTORY = 16 * 2 ** 20

/**
 * @returns the entries in the order of the directory
 * @throws {FormatError} `E_ZIP` where the directory is broken, or takes more than 16 MiB
 */
export function readDirectory(file: RandomAccessFile): DirectoryEntry[] {
  const { offset, size } = placeOf(file)
  if (size > LARGEST_DIRECTORY || offset + size > file.size)
    throw zipError(file, `a directory of ${size} bytes at ${offset}`)
  const directory = file.read(offset, size)
  const view = viewOf(directory)
  const entries: DirectoryEntry[] = []
  for (let at = 0; at + 46 <= size && view.getUint32(at, true) === SIGNATURE.entry; ) {
    const name = at + 46
    const extra = name + view.getUint16(at + 28, true)
    const comment = extra + view.getUint16(at + 30, true)
    const end = comment + view.getUint16(at + 32, true)
    if (end > size) throw zipError(file, 'an entry leads out of the directory')
    entries.push({
      name: Buffer.from(directory.subarray(name, extra)).toString('utf8'),
      fixed: viewOf(directory.subarray(at, name)),
      extra: viewOf(directory.subarray(extra, comment)),
    })
    at = end
  }
  return entries
}

function placeOf(file: RandomAccessFile): { offset: number; size: number } {
  const start = Math.max(0, file.size - LONGEST_END)
  const tail = file.read(start, file.size - start)
  const view = viewOf(tail)
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== SIGNATURE.end) continue
    const [size, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)]
    if (size !== IN_WIDER_FIELD && offset !== IN_WIDER_FIELD) return { offset, size }
    return widePlace(file, tail, at - 20)
  }
  throw zipError(file, 'it has no directory')
}

function widePlace(file: RandomAccessFile, tail: Uint8Array, locator: number): { offset: number; size: number } {
  const view = viewOf(tail)
  if (locator < 0 || view.getUint32(locator, true) !== SIGNATURE.locator64)
    throw zipError(file, 'its directory is lost')
  const record = viewOf(file.read(Number(view.getBigUint64(locator + 8, true)), 56))
  if (record.getUint32(0, true) !== SIGNATURE.end64) throw zipError(file, 'its directory is lost')
  return { size: Number(record.getBigUint64(40, true)), offset: Number(record.getBigUint64(48, true)) }
}

/** @returns `E_ZIP`, with what is broken */
export function zipError(file: RandomAccessFile, what: string): FormatError {
  return new FormatError('E_ZIP', `${file.path} is a broken zip archive: ${what}`, {
    hint: 'download or save the model again',
  })
}

/** @returns a view of these bytes alone */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
