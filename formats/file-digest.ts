/** SHA-256 of a file, read as a stream. */
import { createReadStream } from 'node:fs'
import { InterruptedError } from '../src/core/errors.js'
import { sourceError } from './source-error.js'

/**
 * @returns 64 hex digits
 * @throws {InterruptedError} when `signal` aborts
 * @throws {FormatError} when the file cannot be read
 */
export async function fileDigest(path: string, signal?: AbortSignal): Promise<string> {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256')
  try {
    signal?.throwIfAborted()
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20, signal })) hash.update(piece)
  } catch (cause) {
    if (signal?.aborted) throw new InterruptedError()
    throw sourceError(path, cause)
  }
  return hash.digest('hex')
}
