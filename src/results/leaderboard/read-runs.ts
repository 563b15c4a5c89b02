/** Folders of results to the runs of a leaderboard; a file that cannot be used is left out with the reason. */
import { availableParallelism } from 'node:os'
import { relative, resolve, sep } from 'node:path'
import { recordFilesIn } from '../read-record.js'
import type { Contributions } from './build-leaderboard.js'
import { type NamedFile, runsInFile } from './runs-in-file.js'
import { runsOnThreads } from './runs-on-threads.js'

/** What `readRuns` needs. */
export interface ReadRunsOptions {
  /** Folder that paths in the leaderboard start from: its own. */
  readonly folder: string
  /** A file that is not read: the leaderboard itself may lie among the results. */
  readonly except?: string | undefined
  /** Threads that read; 0: none but this one. By default as many as there are processors, where there is enough to read. */
  readonly threads?: number
}

/** Starting threads takes as long as reading so many files. */
const FEWEST_FILES = 400
/** More would wait for the thread that puts together what they find, and each takes its memory. */
const MOST_THREADS = 4

/**
 * @param paths - files, and folders that are looked through
 * @throws {FormatError} `E_RECORD_READ` when a path itself is not there; a file within a folder is left out instead
 */
export async function readRuns(paths: readonly string[], options: ReadRunsOptions): Promise<Contributions> {
  const files = await filesIn(paths, options)
  const threads = options.threads ?? (files.length < FEWEST_FILES ? 0 : Math.min(MOST_THREADS, availableParallelism()))
  if (threads > 0) return runsOnThreads(files, threads)
  const found = files.map((file) => runsInFile(file))
  return {
    runs: found.flatMap(({ runs }) => runs),
    training: found.flatMap(({ training }) => training),
    leftOut: found.flatMap(({ leftOut }) => leftOut),
  }
}

async function filesIn(paths: readonly string[], { folder, except }: ReadRunsOptions): Promise<readonly NamedFile[]> {
  const files = new Set<string>()
  for (const path of paths) for (const file of await recordFilesIn(path)) files.add(resolve(file))
  if (except !== undefined) files.delete(resolve(except))
  return [...files].map((file) => ({ file, path: relative(folder, file).split(sep).join('/') }))
}
