/** One process at a time on a file that is read, changed and written again. */
import { randomUUID } from 'node:crypto'
import { open, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OutputError } from './output-file.js'

/** Between two looks at who holds the file, ms. */
const PAUSE = 50
/** Looks before giving up: half a minute. */
const MOST_LOOKS = 600

/**
 * @param path - of the file; a file beside it says that somebody works on it
 * @param action - reads, changes and writes the file
 * @throws {OutputError} `E_OUTPUT_BUSY` when another process does not let go of it
 */
export async function aloneOn<Result>(
  path: string,
  action: () => Promise<Result>,
  looks = MOST_LOOKS,
): Promise<Result> {
  const mark = join(dirname(path), `.${basename(path).slice(0, 50)}.lock`)
  const token = randomUUID()
  for (let look = 0; !(await isTaken(mark, token)); look++) {
    if (look >= looks) throw busy(path, mark)
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
  try {
    return await action()
  } finally {
    // Somebody may have taken the mark of a slow process away, and set an own one.
    if ((await readFile(mark, 'utf8').catch(() => '')) === token) await rm(mark, { force: true })
  }
}

/** @returns whether the mark is now ours; `false` when another one stands there */
async function isTaken(mark: string, token: string): Promise<boolean> {
  try {
    await using file = await open(mark, 'wx')
    await file.writeFile(token)
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw new OutputError('E_OUTPUT', `cannot write beside ${mark}: ${String(cause)}`, { cause })
  }
}

const busy = (path: string, mark: string): OutputError =>
  new OutputError('E_OUTPUT_BUSY', `${path}: another greenbench is writing it`, {
    hint: `if none is running, one was killed there: remove ${mark}`,
  })
