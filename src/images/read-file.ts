/** Reads a whole image file within a bound, and never waits for a pipe. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { BrokenImageError } from './decode-image.js'
import { systemCode } from './file-error.js'

/** Larger files are refused: no image within the pixel limit needs as much. */
export const MAX_FILE_BYTES = 1 << 30

/** @throws {BrokenImageError} when the file cannot be read, is no plain file, or is larger than `MAX_FILE_BYTES` */
export function readImageFile(path: string): Uint8Array {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = fstatSync(file)
    if (!status.isFile()) throw new BrokenImageError('not a plain file')
    if (status.size > MAX_FILE_BYTES) throw new BrokenImageError(`${status.size} bytes are more than ${MAX_FILE_BYTES}`)
    return readBytes(file, status.size)
  } catch (cause) {
    if (cause instanceof BrokenImageError) throw cause
    throw new BrokenImageError(`the file cannot be read (${systemCode(cause)})`, { cause })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function readBytes(file: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size)
  let read = 0
  while (read < size) {
    const count = readSync(file, bytes, read, size - read, read)
    if (count === 0) break
    read += count
  }
  return bytes.subarray(0, read)
}
