/** One process at a time on a file that is read, changed and written again. */
import { randomUUID } from 'node:crypto'
import { open, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cannotWrite, OutputError } from './output-file.js'
import { isDead, ownMark, parsedMark } from './process-mark.js'

/** Between two looks at who holds the file, ms. */
const PAUSE = 50
/** Looks before giving up: half a minute. */
const MOST_LOOKS = 600

/**
 * @param path - of the file; a file beside it says that somebody works on it. That of a process of this machine that has
 * ended is taken away at once
 * @param action - reads, changes and writes the file
 * @throws {OutputError} `E_OUTPUT_BUSY` when another process does not let go of it
 */
export async function aloneOn<Result>(
  path: string,
  action: () => Promise<Result>,
  looks = MOST_LOOKS,
): Promise<Result> {
  const mark = join(dirname(path), `.${basename(path).slice(0, 50)}.lock`)
  const own = JSON.stringify(ownMark(randomUUID()))
  for (let look = 0; !(await isTaken(mark, own)); look++) {
    if (await isFreedOfDead(mark)) continue
    if (look >= looks) throw busy(path, mark)
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
  try {
    return await action()
  } finally {
    // Somebody may have taken the mark of a slow process away, and set an own one.
    if ((await contentOf(mark)) === own) await rm(mark, { force: true })
  }
}

const contentOf = (mark: string): Promise<string> => readFile(mark, 'utf8').catch(() => '')

/** @returns whether the mark is now ours; `false` when another one stands there */
async function isTaken(mark: string, own: string): Promise<boolean> {
  try {
    await using file = await open(mark, 'wx')
    await file.writeFile(own)
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw cannotWrite(mark, cause)
  }
}

/**
 * Of those who find a dead owner one alone may take its mark away: whoever sets a file with its token. Nobody else touches
 * the mark, so it is still the one that was looked at when it goes.
 *
 * @returns whether the mark of a dead process was taken away
 */
async function isFreedOfDead(mark: string): Promise<boolean> {
  const found = await contentOf(mark)
  const owner = parsedMark(found)
  if (owner === undefined || !isDead(owner)) return false
  const claim = `${mark}.${owner.token}`
  if (!(await isTaken(claim, found))) return false
  try {
    if ((await contentOf(mark)) !== found) return false
    await rm(mark, { force: true })
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

const busy = (path: string, mark: string): OutputError =>
  new OutputError('E_OUTPUT_BUSY', `${path}: another greenbench is writing it`, {
    hint: `if none is running, one was killed there: remove ${mark}`,
  })
