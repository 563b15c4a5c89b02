/**
 * Names in a zip archive, from its central directory alone.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3
 */
import type { ModelSource } from './source.js'

const LOCAL_HEADER = 0x04034b50
const DIRECTORY_ENTRY = 0x02014b50
const END_OF_DIRECTORY = 0x06054b50
/** The end record and the longest comment behind it. */
const LONGEST_END = 22 + 65_535
const LARGEST_DIRECTORY = 4 * 2 ** 20

/** @returns names of the entries, at most those of the first 4 MiB of the directory; none for what is no zip archive */
export function zipNames(source: ModelSource): string[] {
  if (source.kind !== 'file' || source.head.length < 22 || viewOf(source.head).getUint32(0, true) !== LOCAL_HEADER)
    return []
  const file = source.open()
  try {
    const tailStart = Math.max(0, file.size - LONGEST_END)
    const tail = file.read(tailStart, file.size - tailStart)
    const end = lastIndexOf(tail, END_OF_DIRECTORY)
    if (end === undefined || end + 22 > tail.length) return []
    const view = viewOf(tail)
    const size = view.getUint32(end + 12, true)
    const offset = view.getUint32(end + 16, true)
    if (offset >= file.size) return []
    return namesIn(file.read(offset, Math.min(size, LARGEST_DIRECTORY, file.size - offset)))
  } finally {
    file.close()
  }
}

function namesIn(directory: Uint8Array): string[] {
  const view = viewOf(directory)
  const names: string[] = []
  for (let at = 0; at + 46 <= directory.length && view.getUint32(at, true) === DIRECTORY_ENTRY; ) {
    const nameLength = view.getUint16(at + 28, true)
    names.push(Buffer.from(directory.subarray(at + 46, at + 46 + nameLength)).toString('utf8'))
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return names
}

function lastIndexOf(bytes: Uint8Array, signature: number): number | undefined {
  const view = viewOf(bytes)
  for (let at = bytes.length - 22; at >= 0; at -= 1) if (view.getUint32(at, true) === signature) return at
  return undefined
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
