/**
 * Reads a LevelDB table, the sorted list of keys and values that is a checkpoint's index.
 *
 * @see https://github.com/google/leveldb/blob/main/doc/table_format.md
 */
import { FormatError } from '../../src/core/errors.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { decompressSnappy } from './snappy.js'

/** Two handles of up to 20 bytes each, padded, and the magic number. */
const FOOTER_BYTES = 48
const MAGIC = 0xdb4775248b80fb57n
/** Kind of compression and checksum stand behind each block. */
const TRAILER_BYTES = 5
const COMPRESSION = { none: 0, snappy: 1 } as const
/** TensorFlow writes blocks of 256 KiB; one entry may be as long as an object graph. */
const MAX_BLOCK_BYTES = 2 ** 28
const MAX_ENTRIES = 1_000_000
/** Of all keys and values together. */
const MAX_TABLE_BYTES = 2 ** 30

/** @returns values by key, in the order of the file; a character of a key is one byte, since slices have keys of bytes */
export function readSortedTable(file: RandomAccessFile): ReadonlyMap<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>()
  let room = MAX_TABLE_BYTES
  for (const entry of blockEntries(file, readFooter(file))) {
    const block = readHandle(entry.value, 0)
    if (block === undefined) throw broken(file, 'a block has no place')
    for (const { key, value } of blockEntries(file, block)) {
      room -= key.length + value.length
      if (entries.size >= MAX_ENTRIES || room < 0) throw broken(file, 'it holds more than any checkpoint')
      entries.set(key.toString('latin1'), value)
    }
  }
  return entries
}

/** Where a block lies, without its trailer. */
interface Handle {
  readonly offset: number
  readonly size: number
  /** Place behind the handle. */
  readonly end: number
}

interface Entry {
  readonly key: Buffer
  readonly value: Uint8Array
}

function readFooter(file: RandomAccessFile): Handle {
  if (file.size < FOOTER_BYTES) throw broken(file, `it has ${file.size} bytes, fewer than any table`)
  const footer = file.read(file.size - FOOTER_BYTES, FOOTER_BYTES)
  const magic = new DataView(footer.buffer, footer.byteOffset).getBigUint64(FOOTER_BYTES - 8, true)
  if (magic !== MAGIC) throw broken(file, 'its last bytes are not those of a table')
  const metaIndex = readHandle(footer, 0)
  const index = metaIndex && readHandle(footer, metaIndex.end)
  if (index === undefined) throw broken(file, 'its index has no place')
  return index
}

function readHandle(bytes: Uint8Array, at: number): Handle | undefined {
  const offset = readVarint(bytes, at)
  const size = offset && readVarint(bytes, offset.end)
  return size && { offset: offset.value, size: size.value, end: size.end }
}

/** Each key is stored as what differs from the key before. */
function blockEntries(file: RandomAccessFile, handle: Handle): Entry[] {
  const block = readBlock(file, handle)
  if (block.length < 4) throw broken(file, 'a block is too short')
  const restarts = new DataView(block.buffer, block.byteOffset).getUint32(block.length - 4, true)
  const end = block.length - 4 - 4 * restarts
  const entries: Entry[] = []
  let key = Buffer.alloc(0)
  for (let at = 0; at < end; ) {
    const shared = readVarint(block, at)
    const unshared = shared && readVarint(block, shared.end)
    const length = unshared && readVarint(block, unshared.end)
    if (length === undefined || shared === undefined || unshared === undefined)
      throw broken(file, 'an entry is cut off')
    const keyEnd = length.end + unshared.value
    const next = keyEnd + length.value
    if (shared.value > key.length || next > end || entries.length >= MAX_ENTRIES) {
      throw broken(file, 'an entry runs past its block')
    }
    key = Buffer.concat([key.subarray(0, shared.value), block.subarray(length.end, keyEnd)])
    entries.push({ key, value: block.subarray(keyEnd, next) })
    at = next
  }
  if (end < 0) throw broken(file, 'a block is too short')
  return entries
}

function readBlock(file: RandomAccessFile, { offset, size }: Handle): Uint8Array {
  if (size > MAX_BLOCK_BYTES || offset + size + TRAILER_BYTES > file.size)
    throw broken(file, 'a block runs past its end')
  const stored = file.read(offset, size + 1)
  const bytes = stored.subarray(0, size)
  const compression = stored[size]
  if (compression === COMPRESSION.none) return bytes
  // No element of snappy, of three bytes at least, gives more than 64.
  const limit = Math.min(MAX_BLOCK_BYTES, 64 * size)
  const plain = compression === COMPRESSION.snappy ? decompressSnappy(bytes, limit) : undefined
  if (plain === undefined) throw broken(file, `a block cannot be decompressed (kind ${compression})`)
  return plain
}

/** @returns a varint of at most 53 bits, and the place behind it */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * (at - start))
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: at + 1 } : undefined
  }
  return undefined
}

function broken(file: RandomAccessFile, what: string): FormatError {
  return new FormatError('E_CHECKPOINT_INDEX', `${file.path} is no index of variables: ${what}`, {
    hint: 'the file is damaged or cut off: copy or save the model again',
  })
}
