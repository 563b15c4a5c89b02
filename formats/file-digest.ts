/** SHA-256 of the files of a model, read as streams. */
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

/**
 * Of a model with weights in files of their own: the digest of the hex digests of all its files, one after the other.
 * Of a single file it is that file's own digest, as `sha256sum` prints it.
 *
 * @param paths - the model file first
 * @returns 64 hex digits
 * @throws as `fileDigest`
 */
export async function filesDigest(paths: readonly string[], signal?: AbortSignal): Promise<string> {
  const digests: string[] = []
  for (const path of paths) digests.push(await fileDigest(path, signal))
  const [first = '', ...others] = digests
  if (others.length === 0) return first
  const { createHash } = await import('node:crypto')
  return createHash('sha256').update(digests.join('')).digest('hex')
}
