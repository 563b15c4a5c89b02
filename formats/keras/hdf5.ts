/** What the Keras reader asks of an HDF5 file, and what both readers of such files share. */
import type { DataType } from '../../src/graph/data-type.js'
import type { ByteSource } from '../../src/graph/pieces.js'
import type { RandomAccessFile } from '../random-access-file.js'

/** A dataset whose little-endian elements are read when asked for; this works after the file is closed, too. */
export interface Hdf5Dataset extends ByteSource {
  readonly path: string
  readonly dtype: DataType
  readonly shape: readonly number[]
}

/** Where an HDF5 file lies: a file, or an entry of an archive. */
export interface Hdf5Place {
  readonly path: string
  readonly start: number
  readonly size: number
  open(): RandomAccessFile
}

/** An HDF5 file opened for reading: groups, text attributes and datasets, with everything bounded. */
export interface Hdf5File {
  /** @returns names in a group, in its order; none where there is no such group */
  members(group: string): string[]
  /** @returns a text attribute; `undefined` where there is none */
  text(path: string, name: string): string | undefined
  /** @returns a list of texts; one that was too long for one attribute is put together from `name0`, `name1`, ... */
  texts(path: string, name: string): string[] | undefined
  /** @returns a dataset of numbers; `undefined` where there is none at that path */
  dataset(path: string): Hdf5Dataset | undefined
}

/** Names in one group. */
export const MOST_MEMBERS = 100_000
const MOST_CHUNKS = 10_000

/**
 * @param names - of all attributes of one object
 * @param read - gives the texts of one of them
 * @returns as `Hdf5File.texts`
 */
export function joinedTexts(
  names: ReadonlySet<string>,
  name: string,
  read: (name: string) => string[],
): string[] | undefined {
  if (names.has(name)) return read(name)
  if (!names.has(`${name}0`)) return undefined
  const parts: string[] = []
  for (let part = 0; names.has(`${name}${part}`) && part < MOST_CHUNKS; part += 1) parts.push(...read(`${name}${part}`))
  return parts
}

/** @returns texts that take `size` bytes each, up to their first zero */
export function fixedTexts(data: Uint8Array, size: number): string[] {
  const texts: string[] = []
  for (let at = 0; size > 0 && at + size <= data.length; at += size) texts.push(zeroEnded(data.subarray(at, at + size)))
  return texts
}

/** @returns UTF-8 up to the first zero */
export function zeroEnded(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString('utf8')
}
