/** What one file of records brings to a leaderboard. */
import { hash } from 'node:crypto'
import { FormatError } from '../../core/errors.js'
import type { ResultRecord } from '../../core/record.js'
import { recordsIn } from '../read-record.js'
import { readRecordBytes } from '../record-bytes.js'
import { NO_RECORD } from '../records-at.js'
import type { Contributions } from './build-leaderboard.js'
import type { LeaderboardRun, LeaderboardTraining, LeftOut, RawFile } from './leaderboard.js'
import { implausible } from './plausible.js'
import { runOf, trainingRunOf } from './run.js'
import { parsedWithoutSamples, roomForFile } from './sample-lists.js'

/** A file to read. */
export interface NamedFile {
  readonly file: string
  /** What the leaderboard calls it. */
  readonly path: string
}

/** @returns the runs of the file, and why others are left out: a file that cannot be read or is no record is one of those */
export function runsInFile({ file, path }: NamedFile): Contributions {
  try {
    const bytes = readRecordBytes(file, roomForFile())
    const records = recordsIn(path, parsedWithoutSamples(path, bytes))
    if (records.length === 0) return unusable(path, NO_RECORD)
    return contributionsOf(records, path, hash('sha256', bytes))
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    const message = cause.message.replaceAll(file, path)
    const reason = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
    return unusable(path, reason, cause.code === 'E_RECORD_CONTRADICTION' ? 'contradiction' : 'unreadable')
  }
}

const unusable = (path: string, reason: string, code = 'unreadable'): Contributions => ({
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

function whyNot(run: ResultRecord): Pick<LeftOut, 'code' | 'reason'> | undefined {
  if (run.kind !== 'inference' && run.kind !== 'training') {
    return { code: run.kind, reason: `${run.kind} records are not ranked` }
  }
  if (!run.complete) return { code: 'incomplete', reason: 'the run did not come to its end' }
  const extreme = implausible(run)
  return extreme === undefined ? undefined : { code: 'implausible', reason: extreme }
}
