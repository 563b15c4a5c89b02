/** Files of records as bytes, bounded before they are read. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { FormatError, GreenbenchError } from '../core/errors.js'

/** A record keeps at most some hundred thousand samples; a larger file is something else. */
const MOST_BYTES = 256 * 2 ** 20

/**
 * All bytes of a file, read in one go: handing each step to another thread takes longer than the step where a folder holds
 * thousands of records.
 *
 * @param room - where they are put if they fit: fresh memory for each file costs more than reading it. What is returned is
 * then a part of it, until it is used again
 * @throws {FormatError} `E_RECORD_READ` when it cannot be read, `E_RECORD_SIZE` when it is too large for a record
 */
export function readRecordBytes(path: string, room: Buffer = Buffer.alloc(0)): Buffer {
  try {
    // Opening a pipe would wait for whoever writes into it.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const facts = fstatSync(file)
      if (!facts.isFile()) throw new FormatError('E_RECORD_READ', `${path}: not a file`)
      if (facts.size > MOST_BYTES) {
        throw new FormatError('E_RECORD_SIZE', `${path}: ${facts.size} bytes are too many for a record`)
      }
      return (facts.size < room.length ? readInto(room, file) : undefined) ?? readFileSync(file)
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw cause instanceof GreenbenchError ? cause : unreadable(path, cause)
  }
}

/** @returns `undefined` for a file that has grown beyond the room meanwhile; its position stays at its beginning */
function readInto(room: Buffer, file: number): Buffer | undefined {
  for (let filled = 0; filled < room.length; ) {
    const count = readSync(file, room, filled, room.length - filled, filled)
    if (count === 0) return room.subarray(0, filled)
    filled += count
  }
  return undefined
}

/** @returns the error that says why nothing can be read at a path */
export function unreadable(path: string, cause: unknown): FormatError {
  return new FormatError('E_RECORD_READ', `${path}: ${reasonOf(cause)}`, {
    hint: 'check the path and who may read it; records are the JSON files that greenbench writes with --json',
    cause,
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ELOOP: 'cannot be read: a link that leads in circles',
}

function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return (typeof code === 'string' ? REASONS[code] : undefined) ?? `cannot be read: ${message}`
}
