/** Folders of results to the runs of a leaderboard; a file that cannot be used is left out with the reason. */
import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'
import { FormatError } from '../../core/errors.js'
import type { ResultRecord } from '../../core/record.js'
import { readRecordText, recordFilesIn, recordsOf } from '../read-record.js'
import type { Contributions } from './build-leaderboard.js'
import type { LeaderboardRun, LeaderboardTraining, LeftOut, RawFile } from './leaderboard.js'
import { runOf, trainingRunOf } from './run.js'

/** A number of JSON that a latency can be, and no other: what is negative or overflows is left to the parser. */
const LATENCY = String.raw`(?:0|[1-9]\d{0,15})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?`
/**
 * Most of a record are the latencies of its batches, which a leaderboard does not keep: passing over them as text saves
 * most of the time. A name with its quotes cannot stand inside a string, where each quote has a backslash before it. A list
 * that is no list of latencies, or longer than any that is written, goes through the parser.
 */
const LATENCIES = new RegExp(String.raw`"latencySeconds":\s*\[\s*(?:${LATENCY}\s*,\s*){0,20000}${LATENCY}\s*\]`, 'g')

/** What `readRuns` needs. */
export interface ReadRunsOptions {
  /** Folder that paths in the leaderboard start from: its own. */
  readonly folder: string
  /** A file that is not read: the leaderboard itself may lie among the results. */
  readonly except?: string | undefined
}

/**
 * @param paths - files, and folders that are looked through
 * @throws {FormatError} `E_RECORD_READ` when a path itself is not there; a file within a folder is left out instead
 */
export async function readRuns(paths: readonly string[], { folder, except }: ReadRunsOptions): Promise<Contributions> {
  const files = await filesIn(paths, except)
  const found = { runs: [] as LeaderboardRun[], training: [] as LeaderboardTraining[], leftOut: [] as LeftOut[] }
  for (const file of files) {
    const { runs, training, leftOut } = contributionsIn(file, relative(folder, file).split(sep).join('/'))
    found.runs.push(...runs)
    found.training.push(...training)
    found.leftOut.push(...leftOut)
  }
  return found
}

async function filesIn(paths: readonly string[], except: string | undefined): Promise<readonly string[]> {
  const files = new Set<string>()
  for (const path of paths) for (const file of await recordFilesIn(path)) files.add(resolve(file))
  if (except !== undefined) files.delete(resolve(except))
  return [...files]
}

function contributionsIn(file: string, path: string): Contributions {
  try {
    const text = readRecordText(file)
    const records = recordsOf(path, text.replace(LATENCIES, '"latencySeconds":[]'))
    const sha256 = createHash('sha256').update(text).digest('hex')
    if (records.length === 0) return unreadable(path, 'the list holds no record')
    return contributionsOf(records, path, sha256)
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    const message = cause.message.replaceAll(file, path)
    const reason = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
    return unreadable(path, reason, cause.code === 'E_RECORD_CONTRADICTION' ? 'contradiction' : 'unreadable')
  }
}

const unreadable = (path: string, reason: string, code = 'unreadable'): Contributions => ({
  ...{ runs: [], training: [], leftOut: [{ path, code, reason }] },
})

function contributionsOf(records: readonly ResultRecord[], path: string, sha256: string): Contributions {
  const [runs, training, leftOut]: [LeaderboardRun[], LeaderboardTraining[], LeftOut[]] = [[], [], []]
  for (const [index, record] of records.entries()) {
    const raw: RawFile = { path, sha256, index }
    for (const run of runsIn(record)) {
      const reason = whyNot(run)
      if (reason !== undefined) leftOut.push({ path, id: run.id, ...reason })
      else if (run.kind === 'inference') runs.push(runOf(run, raw))
      else if (run.kind === 'training') training.push(trainingRunOf(run, raw))
    }
  }
  return { runs, training, leftOut }
}

/** A comparison stands for the runs of its competitors; those of an older one lie beside it. */
const runsIn = (record: ResultRecord): readonly ResultRecord[] =>
  record.kind === 'comparison' && record.records.length > 0 ? record.records : [record]

function whyNot({ kind, complete }: ResultRecord): Pick<LeftOut, 'code' | 'reason'> | undefined {
  if (kind !== 'inference' && kind !== 'training') {
    return { code: kind, reason: `${kind} records are not ranked` }
  }
  return complete ? undefined : { code: 'incomplete', reason: 'the run did not come to its end' }
}
