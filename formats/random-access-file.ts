/** Files read in pieces at given places, however large they are. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { FormatError } from '../src/core/errors.js'
import type { Payload } from '../src/graph/protobuf-schema.js'
import type { Scratch } from '../src/graph/scratch.js'
import { sourceError } from './source-error.js'

/** Random access to one file. */
export interface RandomAccessFile {
  readonly path: string
  readonly size: number
  /** Reads exactly `length` bytes at `offset`; throws `FormatError` `E_TRUNCATED` past the end. */
  read(offset: number, length: number): Uint8Array
  /** Fills `target` from `offset` on; @returns bytes read, fewer than `target.length` only at the end of the file. */
  readInto(target: Uint8Array, offset: number): number
  /**
   * A part of the file for later: it outlives `close`, opens the file again for each read, and keeps nothing open.
   * Reading throws `FormatError` `E_FILE_CHANGED` when the file is no longer the one that was opened.
   */
  region(offset: number, length: number): Payload
  close(): void
}

/** Longest piece that one read can give: what a typed array of this Node version can hold, at most 2^40 bytes. */
const MAX_READ = 2 ** 40
/** `read(2)` of Linux gives at most 2,147,479,552 bytes at once. */
const MAX_CALL = 2 ** 30
/** O_NONBLOCK: a pipe that took the file's place since must not make this wait. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * @param path - existing path of a regular file
 * @throws {FormatError} `E_FILE_MISSING`, `E_FILE_DENIED`, `E_FILE_SPECIAL` for a device, pipe or socket (never waits for it)
 */
export function openFile(path: string): RandomAccessFile {
  const descriptor = openRegular(path)
  const stats = fstatSync(descriptor)
  let isOpen = true
  const readInto = (target: Uint8Array, offset: number): number => readFully(descriptor, path, target, offset)
  return {
    path,
    size: stats.size,
    readInto,
    read: (offset, length) => readExactly(path, stats.size, offset, length, readInto),
    region: (offset, length) => fileRegion(path, stats, offset, length),
    close: () => {
      if (isOpen) closeSync(descriptor)
      isOpen = false
    },
  }
}

/** @returns the same access to bytes in memory */
export function memoryFile(bytes: Uint8Array, path = 'memory'): RandomAccessFile {
  const readInto = (target: Uint8Array, offset: number): number => {
    const part = bytes.subarray(offset, offset + target.length)
    target.set(part)
    return part.length
  }
  const read = (offset: number, length: number) => readExactly(path, bytes.length, offset, length, readInto)
  return {
    path,
    size: bytes.length,
    readInto,
    read,
    region: (offset, length) => ({ byteLength: length, read: () => read(offset, length) }),
    close: () => {},
  }
}

function openRegular(path: string): number {
  let descriptor: number | undefined
  try {
    assertRegular(path, statSync(path))
    descriptor = openSync(path, READ_ONLY)
    assertRegular(path, fstatSync(descriptor))
    return descriptor
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor)
    throw sourceError(path, cause)
  }
}

function assertRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return
  const kind = stats.isDirectory()
    ? 'a directory'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device'
  throw new FormatError('E_FILE_SPECIAL', `${path} is ${kind}, not a file`, {
    hint: 'save the model to a file on disk and name that',
  })
}

function readExactly(
  path: string,
  size: number,
  offset: number,
  length: number,
  readInto: (target: Uint8Array, offset: number) => number,
): Uint8Array {
  assertInside(path, size, offset, length)
  const bytes = allocate(path, length, () => new Uint8Array(length))
  const count = readInto(bytes, offset)
  if (count < length) throw truncated(path, offset, length, offset + count)
  return bytes
}

function assertInside(path: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || length > MAX_READ) {
    throw new FormatError('E_TRUNCATED', `${path}: no such part of the file: ${length} bytes at ${offset}`, {
      hint: 'the file is damaged: download or export it again',
    })
  }
  if (offset + length > size) throw truncated(path, offset, length, size)
}

function truncated(path: string, offset: number, length: number, size: number): FormatError {
  return new FormatError('E_TRUNCATED', `${path} ends at byte ${size}, ${length} bytes were expected at ${offset}`, {
    hint: 'the file is cut off: download or export it again',
  })
}

function allocate(path: string, length: number, take: () => Uint8Array): Uint8Array {
  try {
    return take()
  } catch (cause) {
    throw new FormatError('E_OUT_OF_MEMORY', `${path}: no memory for ${length} bytes`, {
      hint: 'use a machine with more memory',
      cause,
    })
  }
}

function readFully(descriptor: number, path: string, target: Uint8Array, offset: number): number {
  let done = 0
  try {
    while (done < target.length) {
      const length = Math.min(target.length - done, MAX_CALL)
      const count = readSync(descriptor, target, done, length, offset + done)
      if (count === 0) break
      done += count
    }
  } catch (cause) {
    throw sourceError(path, cause)
  }
  return done
}

function fileRegion(path: string, opened: Stats, offset: number, length: number): Payload {
  const read = (): Uint8Array => {
    const descriptor = openAgain(path, opened)
    try {
      return readExactly(path, opened.size, offset, length, (target, at) => readFully(descriptor, path, target, at))
    } finally {
      closeSync(descriptor)
    }
  }
  function* pieces(scratch: Scratch, atMost: number): Generator<Uint8Array> {
    assertInside(path, opened.size, offset, length)
    const descriptor = openAgain(path, opened)
    const room = allocate(path, length, () => scratch.take(Math.min(length, atMost)))
    try {
      for (let at = 0; at < length; at += room.length) {
        const piece = room.subarray(0, Math.min(room.length, length - at))
        const count = readFully(descriptor, path, piece, offset + at)
        if (count < piece.length) throw truncated(path, offset, length, offset + at + count)
        yield piece
      }
    } finally {
      closeSync(descriptor)
      scratch.give(room)
    }
  }
  return { byteLength: length, read, pieces }
}

/** Without looking first: O_NONBLOCK never waits, and what is no longer the same file is told by its number. */
function openAgain(path: string, opened: Stats): number {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, READ_ONLY)
    const now = fstatSync(descriptor)
    if (now.size === opened.size && now.mtimeMs === opened.mtimeMs && now.ino === opened.ino) return descriptor
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor)
    throw sourceError(path, cause)
  }
  closeSync(descriptor)
  throw new FormatError('E_FILE_CHANGED', `${path} changed while it was in use`, { hint: 'run again' })
}
