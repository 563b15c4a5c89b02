/** Says in one line why the file system refused a path, and what to do about it. */
import { type ErrorCode, GreenbenchError, UsageError } from '../core/errors.js'

/**
 * @param path - as the user wrote it
 * @param cause - what a function of `node:fs` threw; an error of greenbench passes through
 */
export function fileSystemError(path: string, cause: unknown): GreenbenchError {
  if (cause instanceof GreenbenchError) return cause
  const [code, what, hint] = REASONS[systemCode(cause)] ?? ['E_READ', `cannot be read (${systemCode(cause)})`, CHECK]
  return new UsageError(code, `${path} ${what}`, { hint, cause })
}

/** @returns the code of the system, e.g. `ENOENT`; the message where there is none */
export function systemCode(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

const CHECK = 'check the path and the disk'
const RIGHTS = 'run as a user who may read it, or change its rights'

const REASONS: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  ENOENT: ['E_NO_SUCH_PATH', 'does not exist', 'check the path; it is taken from the folder you are in'],
  ENOTDIR: ['E_NO_SUCH_PATH', 'does not exist: a part of the path is a file', 'check the path'],
  EACCES: ['E_PERMISSION', 'may not be read (EACCES)', RIGHTS],
  EPERM: ['E_PERMISSION', 'may not be read (EPERM)', RIGHTS],
  ELOOP: ['E_NO_SUCH_PATH', 'is a link that leads back to itself', 'give the folder itself'],
  ENAMETOOLONG: ['E_NO_SUCH_PATH', 'is too long for a path', 'check the path'],
}
