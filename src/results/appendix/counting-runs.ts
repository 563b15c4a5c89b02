/** Which runs of an appendix count: each measurement once, however often it was handed in. One file is in memory at a time. */
import { setImmediate } from 'node:timers/promises'
import { FormatError } from '../../core/errors.js'
import { type Claim, contentOf, distinctRecords } from '../distinct-records.js'
import { parsedRecord, recordsIn } from '../read-record.js'
import { readRecordBytes } from '../record-bytes.js'
import { NO_RECORD, reasonOf } from '../records-at.js'
import { type ShownRun, shownRuns } from './appendix-run.js'

/** A file or record that is not shown. */
export interface LeftOutFile {
  readonly path: string
  readonly reason: string
}

/** Where a run lies: a file, and its place among the runs of it. */
interface Place {
  readonly file: string
  readonly index: number
}

/**
 * @param pathOf - of a file, as it is told
 * @param beforeEach - called before each file is read; what it throws ends the search
 * @returns the places of the runs that count, by file, and why the others do not
 */
export async function countingRuns(
  files: readonly string[],
  { pathOf, beforeEach }: { pathOf(file: string): string; beforeEach(): void },
): Promise<{ readonly kept: ReadonlyMap<string, ReadonlySet<number>>; readonly leftOut: readonly LeftOutFile[] }> {
  const claims: Claim<Place>[] = []
  const leftOut: LeftOutFile[] = []
  for (const file of files) {
    // Lets Ctrl-C be heard.
    await setImmediate()
    beforeEach()
    const path = pathOf(file)
    const { shown, reasons } = readable(file)
    claims.push(...shown.map((one, index) => claimOf(one, { file, index }, path)))
    leftOut.push(...reasons.map((reason) => ({ path, reason })))
  }
  const { distinct, repeated } = distinctRecords(claims)
  const kept = new Map<string, Set<number>>()
  for (const { file, index } of distinct) kept.set(file, (kept.get(file) ?? new Set()).add(index))
  return { kept, leftOut: [...leftOut, ...repeated.map(({ path, reason }) => ({ path, reason }))] }
}

/**
 * @returns the runs of a file in their order, and why other records of it are none
 * @throws {FormatError} as `readRecords`
 */
export function runsIn(file: string): { readonly shown: readonly ShownRun[]; readonly reasons: readonly string[] } {
  const found = recordsIn(file, parsedRecord(file, readRecordBytes(file).toString('utf8'))).map(shownRuns)
  return {
    shown: found.flatMap((one) => (typeof one === 'string' ? [] : one)),
    reasons: found.filter((one) => typeof one === 'string'),
  }
}

/** What cannot be read is left out and told. */
function readable(file: string): ReturnType<typeof runsIn> {
  try {
    const { shown, reasons } = runsIn(file)
    return { shown, reasons: shown.length + reasons.length === 0 ? [NO_RECORD] : reasons }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    return { shown: [], reasons: [reasonOf(cause, file)] }
  }
}

/** The content is read again where it is needed: of few. */
function claimOf({ run: { id, ...run } }: ShownRun, place: Place, path: string): Claim<Place> {
  const { file, index } = place
  const replay = 'replay' in run ? run.replay : undefined
  return { run: place, id, replay, path, index, content: () => contentOf(runAt(file, index)) }
}

function runAt(file: string, index: number): ShownRun['run'] {
  const found = runsIn(file).shown[index]
  if (found !== undefined) return found.run
  throw new FormatError('E_RECORD_READ', `${file}: changed while it was read`)
}
