/** Options of a program without types: one that was mistyped is not passed over in silence. */
import { closestNames } from './closest-names.js'
import { type ErrorCode, UsageError } from './errors.js'

/**
 * @param whose - what has the options, with its article
 * @param known - by all names of the options, so that the compiler finds one that is missing
 * @throws {UsageError} with `code` for an option that there is not
 */
export function refuseUnknownOptions<Options extends object>(
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
  { whose, code }: { readonly whose: string; readonly code: ErrorCode },
): void {
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !Object.hasOwn(known, name))
  if (unknown === undefined) return
  const [meant] = closestNames(unknown[0], Object.keys(known))
  throw new UsageError(code, `${whose} has no option ${unknown[0].slice(0, 40)}`, {
    hint: meant === undefined ? 'docs/training.md lists them' : `did you mean ${meant}?`,
  })
}
