/** Filters of an appendix: regular expressions of somebody else, which may take neither forever nor anything but text. */
import { runInNewContext } from 'node:vm'
import { FormatError } from '../../core/errors.js'
import { quoted } from '../../core/quoted.js'

/** All names together; one that backtracks without end is stopped by then. */
const MOST_MILLISECONDS = 2000

/**
 * The engine of regular expressions looks at the clock while it backtracks, which it does for no ordinary call.
 *
 * @param names - of the runs
 * @param milliseconds - of the whole search
 * @returns for each name whether the expression is found in it
 * @throws {FormatError} `E_APPENDIX_FILTER` for an expression that is none, or that takes too long
 */
export function matchAll(
  filter: string,
  names: readonly string[],
  milliseconds = MOST_MILLISECONDS,
): readonly boolean[] {
  if (filter === '') return names.map(() => true)
  // Names go in as one text, since objects of the outside could be reached through an array of them.
  const asked = { filter, names: JSON.stringify(names) }
  const code = 'const found = new RegExp(filter); JSON.stringify(JSON.parse(names).map((name) => found.test(name)))'
  try {
    const answer: unknown = runInNewContext(code, asked, { timeout: milliseconds })
    return JSON.parse(String(answer))
  } catch (cause) {
    throw new FormatError('E_APPENDIX_FILTER', `filter ${quoted(filter)}: ${reasonOf(cause, milliseconds)}`, {
      cause,
      hint: 'filters are regular expressions of JavaScript, for example resnet|vgg',
    })
  }
}

function reasonOf(cause: unknown, milliseconds: number): string {
  if (typeof cause !== 'object' || cause === null) return String(cause)
  if ('code' in cause && cause.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
    return `takes more than ${milliseconds / 1000} s`
  return 'message' in cause ? String(cause.message) : 'cannot be used'
}
