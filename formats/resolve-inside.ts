/** Keeps a path that a model file names inside the folders of that model: files are hostile. */

import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { FormatError } from '../src/core/errors.js'
import { quoted } from '../src/core/quoted.js'
import { sourceError } from './source-error.js'

/**
 * @param folders - existing folders; the path is looked up below the first, and may lie below any of them
 * @param path - as the model file writes it, `/` or `\` between names
 * @param owner - who names it, for the message
 * @returns the real path of an existing file
 * @throws {FormatError} `E_PATH_OUTSIDE`, `E_FILE_MISSING`
 */
export function resolveInside(folders: readonly string[], path: string, owner: string): string {
  const [folder = '.'] = folders
  const local = process.platform === 'win32' ? path : path.replaceAll('\\', '/')
  if (path.includes('\0') || isAbsolute(local) || /^[a-z]:/i.test(local)) throw outside(path, owner)
  const absolute = resolve(folder, local)
  if (!isBelow(folder, absolute)) throw outside(path, owner)
  const real = realPath(absolute)
  if (!folders.some((root) => isBelow(realPath(root), real))) throw outside(path, owner)
  return real
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    throw sourceError(path, cause)
  }
}

/** @param folder, path - absolute; links are not followed */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function outside(path: string, owner: string): FormatError {
  return new FormatError('E_PATH_OUTSIDE', `${owner} names a file outside its folder: ${quoted(path)}`, {
    hint: 'such files are not read; put the data beside the model and export it again',
  })
}
