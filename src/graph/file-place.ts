/** Where a file that is to be written really goes, and what stands there: a name may be a link, a device or a pipe. */
import { realpath, stat } from 'node:fs/promises'

/** The place of a file. */
export interface FilePlace {
  /** Links followed. */
  readonly path: string
  /** Devices and pipes are written in place: a file moved there would take the place of the device itself. */
  readonly isInPlace: boolean
  /** Of the regular file that stands there, `undefined` where none does. */
  readonly mode: number | undefined
}

/** @throws the error of the system, with code `EISDIR` when a folder stands there */
export async function placeOfFile(path: string): Promise<FilePlace> {
  const found = await stat(path).catch(absent)
  if (found === undefined) return { path, isInPlace: false, mode: undefined }
  if (found.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' })
  const isRegular = found.isFile()
  return { path: await realpath(path), isInPlace: !isRegular, mode: isRegular ? found.mode & 0o777 : undefined }
}

function absent(cause: unknown): undefined {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause
}
