/** Writes a file piece by piece: small pieces are gathered, large ones pass through without a copy. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GreenbenchError, InterruptedError } from '../core/errors.js'
import { placeOfFile } from './file-place.js'
import { type ByteSource, piecesOf, scratchForWeights } from './pieces.js'

/** Bytes gathered for one call of the system. */
const GATHERED = 2 ** 20

/** Options of `writeParts`. */
export interface WritePartsOptions {
  readonly signal?: AbortSignal | undefined
  /** Waits until the disk has the bytes and then the name, so that neither is lost when the machine fails. */
  readonly isDurable?: boolean | undefined
}

/**
 * Writes through a temporary file beside it, so that a half-written file never takes its place. Links are followed; devices
 * and pipes are written directly.
 *
 * @param parts - bytes, or sources to be read when their turn comes
 * @throws {GreenbenchError} `E_WRITE_FAILED`; whatever the sources throw
 * @throws {InterruptedError} when `signal` aborts
 */
export async function writeParts(
  path: string,
  parts: Iterable<Uint8Array | ByteSource>,
  options: WritePartsOptions = {},
): Promise<void> {
  try {
    const place = await placeOfFile(path)
    if (place.isInPlace) return await writeInto(place.path, parts, 'w', { ...options, isDurable: false })
    const temporary = `${place.path}.${crypto.randomUUID()}.tmp`
    try {
      await writeInto(temporary, parts, 'wx', options, place.mode)
      await rename(temporary, place.path)
    } catch (cause) {
      await rm(temporary, { force: true })
      throw cause
    }
    if (options.isDurable === true) await syncFolder(dirname(place.path))
  } catch (cause) {
    throw writeError(path, cause)
  }
}

async function writeInto(
  path: string,
  parts: Iterable<Uint8Array | ByteSource>,
  flags: 'w' | 'wx',
  { signal, isDurable }: WritePartsOptions,
  mode?: number,
): Promise<void> {
  const handle = await open(path, flags, mode)
  try {
    await writePieces(handle, parts, signal)
    if (isDurable === true) await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Some systems cannot open a folder, or sync it: there the name is as safe as they make it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

async function writePieces(
  handle: FileHandle,
  parts: Iterable<Uint8Array | ByteSource>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const scratch = scratchForWeights()
  const gathered = new Uint8Array(GATHERED)
  let size = 0
  for (const part of parts) {
    for (const piece of part instanceof Uint8Array ? [part] : piecesOf(part, scratch)) {
      if (signal?.aborted) throw new InterruptedError()
      if (size + piece.length > GATHERED) {
        await writeAll(handle, gathered.subarray(0, size))
        size = 0
      }
      if (size === 0 && piece.length > GATHERED / 4) {
        await writeAll(handle, piece)
      } else {
        gathered.set(piece, size)
        size += piece.length
      }
    }
  }
  await writeAll(handle, gathered.subarray(0, size))
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, 2 ** 30))
    at += bytesWritten
  }
}

function writeError(path: string, cause: unknown): GreenbenchError {
  if (cause instanceof GreenbenchError) return cause
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new GreenbenchError('E_WRITE_FAILED', `cannot write ${path} (${reason})`, {
    hint: 'choose a folder that exists, that you may write to and that has room',
    cause,
  })
}
