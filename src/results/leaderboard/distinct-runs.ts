/** Each measurement of a leaderboard once. */
import { contentOf, distinctRecords } from '../distinct-records.js'
import type { LeftOut, RawFile } from './leaderboard.js'
import { wholeRun } from './written-run.js'

/** What is needed to tell runs apart. */
interface Identified {
  readonly id: string
  readonly raw: RawFile
  readonly replay?: { readonly of?: string } | undefined
}

/** @returns the runs that stay as `distinctRecords` says, in no certain order, and why the others do not */
export function distinctRuns<Run extends Identified>(
  runs: readonly Run[],
): { readonly distinct: readonly Run[]; readonly leftOut: readonly LeftOut[] } {
  const { distinct, repeated } = distinctRecords(
    runs.map((run) => {
      const { id, replay, raw } = run
      return { run, id, replay, path: raw.path, index: raw.index, content: () => contentOfRun(run) }
    }),
  )
  return { distinct, leftOut: repeated.map(({ run, path, code, reason }) => ({ path, id: run.id, code, reason })) }
}

/** Everything but the place. */
function contentOfRun(run: Identified): string {
  const { raw: _raw, ...content } = wholeRun(run) as Identified
  return contentOf(content)
}
