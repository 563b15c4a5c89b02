/** What the operating system says about a path, in words and with a way out. */
import { FormatError, GreenbenchError } from '../src/core/errors.js'

/** @returns the error for a path that could not be opened, listed or read; errors of greenbench pass unchanged */
export function sourceError(path: string, cause: unknown): GreenbenchError {
  if (cause instanceof GreenbenchError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new FormatError('E_FILE_MISSING', `${path} does not exist`, { hint: 'check the path', cause })
    case 'EACCES':
    case 'EPERM':
      return new FormatError('E_FILE_DENIED', `no permission to read ${path}`, {
        hint: 'give this user read access to it and to the folders above',
        cause,
      })
    case 'ELOOP':
      return new FormatError('E_FILE_MISSING', `${path} is a link that leads to itself`, {
        hint: 'name the file itself',
        cause,
      })
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return new FormatError('E_FILE_MISSING', `${path.slice(0, 80).replaceAll('\0', '\\0')}... cannot be a path`, {
        hint: 'check the path',
        cause,
      })
    default:
      return new FormatError('E_FILE_UNREADABLE', `cannot read ${path} (${code})`, {
        hint: 'check the disk, or copy the file elsewhere and try again',
        cause,
      })
  }
}
