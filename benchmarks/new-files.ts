/** Files that appear whole or not at all: made in a folder of their own beside their place, and moved there at the end. */
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GreenbenchError, UsageError } from '../src/core/errors.js'
import { placeOfFile } from '../src/graph/file-place.js'

/** A file that was written. */
export interface WrittenFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
}

/**
 * @param path - absolute path of the main file
 * @param mayReplace - whether files that stand there may be replaced
 * @param make - writes the files, all into the folder of the path it is given, and returns their paths, the main one first
 * @returns the files in their places, the main one first, and what else `make` gave
 * @throws {UsageError} `E_FILE_EXISTS` for a file that stands there; nothing is written then
 * @throws {GreenbenchError} `E_WRITE_FAILED` for a folder that cannot be written to
 */
export async function makeFiles<T extends { readonly paths: readonly string[] }>(
  path: string,
  mayReplace: boolean,
  make: (path: string) => Promise<T>,
): Promise<T & { readonly files: readonly WrittenFile[] }> {
  refuseExisting([path], mayReplace)
  const place = await placeOf(path)
  const folder = await temporaryFolder(place)
  try {
    const made = await make(join(folder, basename(place)))
    const places = made.paths.map((name) => join(dirname(place), basename(name)))
    refuseExisting(places, mayReplace)
    const files = await Promise.all(
      made.paths.map(async (name, index) => ({ path: places[index] ?? place, bytes: (await stat(name)).size })),
    )
    // The main file comes last, so that it never stands there without the others.
    for (const name of [...made.paths].reverse()) await move(name, join(dirname(place), basename(name)))
    return { ...made, files }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function refuseExisting(paths: readonly string[], mayReplace: boolean): void {
  const existing = paths.find((path) => existsSync(path))
  if (mayReplace || existing === undefined) return
  throw new UsageError('E_FILE_EXISTS', `${existing} exists already`, {
    hint: 'name another file, or replace it with --force',
  })
}

/** Links are followed. A file is moved into its place, which would put it where a device or a pipe was. */
async function placeOf(path: string): Promise<string> {
  const place = await placeOfFile(path).catch((cause: unknown) => {
    throw writeError(path, cause)
  })
  if (!place.isInPlace) return place.path
  throw new UsageError('E_TARGET', `cannot write ${path}: it is a device or a pipe`, { hint: 'name a file' })
}

/** On the same disk, so that moving is one step. */
async function temporaryFolder(path: string): Promise<string> {
  try {
    return await mkdtemp(join(dirname(path), `.${basename(path).slice(0, 50)}.`))
  } catch (cause) {
    throw writeError(path, cause)
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (cause) {
    throw writeError(to, cause)
  }
}

function writeError(path: string, cause: unknown): GreenbenchError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new GreenbenchError('E_WRITE_FAILED', `cannot write ${path} (${reason})`, {
    hint: 'choose a folder that exists, that you may write to and that has room',
    cause,
  })
}
