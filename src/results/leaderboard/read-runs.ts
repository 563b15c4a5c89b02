/** Folders of results to the runs of a leaderboard; a file that cannot be used is left out with the reason. */
import { availableParallelism } from 'node:os'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { recordFilesIn } from '../read-record.js'
import { type Contributions, joinedContributions } from './build-leaderboard.js'
import type { LeaderboardRun, LeaderboardTraining, LeftOut } from './leaderboard.js'
import { type NamedFile, runsInFile } from './runs-in-file.js'
import { runsOnThreads } from './runs-on-threads.js'
import { type WrittenRun, type WrittenTraining, wholeRun } from './written-run.js'

/** What `readRuns` needs. */
export interface ReadRunsOptions {
  /** Folder that paths in the leaderboard start from: its own. */
  readonly folder: string
  /** A file that is not read, as a whole path: the leaderboard itself may lie among the results. */
  readonly except?: string | undefined
  /** Threads that read; 0: none but this one. By default as many as there are processors, where there is enough to read. */
  readonly threads?: number
}

/** Starting threads takes as long as reading so many files. */
const FEWEST_FILES = 400
/** More would wait for the thread that puts together what they find, and each takes its memory. */
const MOST_THREADS = 4

/** Runs that are whole, or known by what ranks them and by their JSON. */
export type ReadContributions = Contributions<LeaderboardRun | WrittenRun, LeaderboardTraining | WrittenTraining>

/**
 * @param paths - files, and folders that are looked through
 * @returns the runs with all their fields
 * @throws {FormatError} `E_RECORD_READ` when a path itself is not there; a file within a folder is left out instead
 */
export async function readRuns(paths: readonly string[], options: ReadRunsOptions): Promise<Contributions> {
  const { runs, training, leftOut } = await readRunsToWrite(paths, options)
  return { runs: runs.map((run) => wholeRun(run)), training: training.map((run) => wholeRun(run)), leftOut }
}

/**
 * As `readRuns`, in half the memory where there are many files.
 *
 * @returns what a leaderboard can be built from and written
 */
export async function readRunsToWrite(paths: readonly string[], options: ReadRunsOptions): Promise<ReadContributions> {
  const { files, links } = await filesIn(paths, options)
  const threads = options.threads ?? (files.length < FEWEST_FILES ? 0 : Math.min(MOST_THREADS, availableParallelism()))
  const found = threads > 0 ? await runsOnThreads(files, threads) : joinedContributions(files.map(runsInFile))
  return { ...found, leftOut: [...found.leftOut, ...links] }
}

async function filesIn(paths: readonly string[], { folder, except }: ReadRunsOptions) {
  const found = await recordFilesIn(paths)
  const folders = new Map<string, string>()
  const from = (path: string): string => {
    const place = dirname(path)
    const known = folders.get(place) ?? relative(folder, place).split(sep).join('/')
    folders.set(place, known)
    return known === '' ? basename(path) : `${known}/${basename(path)}`
  }
  const ranked = found.files.map((file) => resolve(file)).filter((file) => file !== except)
  return {
    files: ranked.map((file): NamedFile => ({ file, path: from(file) })),
    links: found.leftOut.map(({ what, reason }): LeftOut => ({ path: from(resolve(what)), code: 'link', reason })),
  }
}
