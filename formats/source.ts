/** A file or folder that may be a model, opened for reading in pieces: no reader ever needs the whole file in memory. */
import { opendirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { FormatError } from '../src/core/errors.js'
import { openFile, type RandomAccessFile } from './random-access-file.js'
import { resolveInside } from './resolve-inside.js'
import { sourceError } from './source-error.js'

/** A path that was found to exist. */
export interface ModelSource {
  /** Absolute. */
  readonly path: string
  readonly kind: 'file' | 'directory'
  /** Bytes of the file; 0 for a directory. */
  readonly size: number
  /** First bytes of the file, at most 64 KiB; empty for a directory. */
  readonly head: Uint8Array
  /** Names in the directory, sorted, at most 10,000; empty for a file. */
  readonly entries: readonly string[]
  /**
   * Opens the file, or a file below the directory (for a file: of the directory it lies in).
   *
   * @throws {FormatError} `E_PATH_OUTSIDE` for a path that leads out of the folder, also by a link; `E_FILE_MISSING`,
   *   `E_FILE_DENIED`, `E_FILE_SPECIAL` where it cannot be read
   */
  open(relativePath?: string): RandomAccessFile
}

/** Bytes of `ModelSource.head`. */
export const HEAD_BYTES = 65_536
/** Names of `ModelSource.entries`. */
export const MAX_ENTRIES = 10_000

/**
 * Looks at a path and reads the first bytes of a file or the names in a directory; keeps nothing open.
 *
 * @throws {FormatError} `E_FILE_MISSING`, `E_FILE_DENIED`, `E_FILE_SPECIAL` (a device, pipe or socket), `E_FILE_EMPTY`
 */
export function openSource(path: string): ModelSource {
  if (path === '') throw new FormatError('E_FILE_MISSING', 'the path is empty', { hint: 'name a model file' })
  const absolute = resolve(path)
  const stats = statOf(absolute)
  if (stats.isDirectory()) return directorySource(absolute)
  const file = openFile(absolute)
  try {
    if (file.size === 0) {
      throw new FormatError('E_FILE_EMPTY', `${path} is empty`, { hint: 'export or download the model again' })
    }
    const head = file.read(0, Math.min(file.size, HEAD_BYTES))
    return fileSource(absolute, file.size, head)
  } finally {
    file.close()
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    throw sourceError(path, cause)
  }
}

function fileSource(path: string, size: number, head: Uint8Array): ModelSource {
  // Download caches keep `model.onnx` and its data as links to files that lie together elsewhere: both folders count.
  const folders = () => [dirname(path), dirname(realpathSync(path))]
  const open = (relative?: string) =>
    openFile(relative === undefined ? path : resolveInside(folders(), relative, basename(path)))
  return { path, kind: 'file', size, head, entries: [], open }
}

function directorySource(path: string): ModelSource {
  const open = (relative?: string): RandomAccessFile => {
    if (relative === undefined) {
      throw new FormatError('E_NOT_A_FILE', `${path} is a directory`, { hint: 'name a file inside it' })
    }
    return openFile(resolveInside([path], relative, basename(path)))
  }
  return { path, kind: 'directory', size: 0, head: new Uint8Array(0), entries: namesIn(path), open }
}

function namesIn(path: string): string[] {
  try {
    const directory = opendirSync(path)
    try {
      const names: string[] = []
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (names.push(entry.name) >= MAX_ENTRIES) break
      }
      return names.sort()
    } finally {
      directory.closeSync()
    }
  } catch (cause) {
    throw sourceError(path, cause)
  }
}
