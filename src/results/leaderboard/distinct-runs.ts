/** Each measurement once, however often its record was handed in, copied or replayed. */
import { groupedBy } from './grouped-by.js'
import { byText } from './identifier.js'
import type { LeftOut, RawFile } from './leaderboard.js'
import { wholeRun } from './written-run.js'

/** What is needed to tell runs apart. */
interface Identified {
  readonly id: string
  readonly raw: RawFile
  readonly replay?: { readonly of?: string } | undefined
}

/**
 * A replay is the same measurement as the run that it was made from, and gives way to it. Of equal copies the one with the
 * first path stays. Different records that claim the same id are all left out, since nobody can say which is right.
 *
 * @returns the runs that stay, in no certain order, and why the others do not; a record that was read twice is passed over
 */
export function distinctRuns<Run extends Identified>(
  runs: readonly Run[],
): { readonly distinct: readonly Run[]; readonly leftOut: readonly LeftOut[] } {
  const [distinct, leftOut]: [Run[], LeftOut[]] = [[], []]
  for (const claims of groupedBy(runs, ({ id, replay }) => replay?.of ?? id).values()) {
    const { kept, others } = settle(claims)
    if (kept !== undefined) distinct.push(kept)
    leftOut.push(...others)
  }
  return { distinct, leftOut }
}

function settle<Run extends Identified>(runs: readonly Run[]): { kept: Run | undefined; others: readonly LeftOut[] } {
  if (runs.length === 1) return { kept: runs[0], others: [] }
  const claims = runs
    .map((run) => ({ run, content: contentOf(run) }))
    .sort((one, other) => byPlace(one.run, other.run) || byText(one.content, other.content))
    .filter((claim, index, all) => !isSame(claim, all[index - 1]))
  const originals = claims.filter(({ run }) => run.replay?.of === undefined)
  const candidates = originals.length > 0 ? originals : claims
  const kept = new Set(candidates.map(({ content }) => content)).size === 1 ? candidates[0]?.run : undefined
  if (kept === undefined) return { kept, others: claims.map(({ run }) => conflict(run)) }
  return { kept, others: claims.flatMap(({ run }) => (run === kept ? [] : repeated(run, kept))) }
}

interface Claim {
  readonly run: Identified
  readonly content: string
}

const byPlace = (one: Identified, other: Identified): number =>
  byText(one.raw.path, other.raw.path) || one.raw.index - other.raw.index

const isSame = (claim: Claim, other: Claim | undefined): boolean =>
  other !== undefined && byPlace(claim.run, other.run) === 0 && claim.content === other.content

/** Everything but the place, whatever the order of the fields; the depth of a record is bounded. */
function contentOf(run: Identified): string {
  const content = { ...wholeRun(run), raw: undefined }
  return JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => byText(one, other)))
      : value,
  )
}

const repeated = (run: Identified, kept: Identified): LeftOut =>
  run.replay?.of !== undefined && run.id !== kept.id
    ? leftOut(run, 'replayed', `the same measurement as ${kept.id}, replayed`)
    : leftOut(run, 'duplicate', `the same record as in ${kept.raw.path}`)

const conflict = (run: Identified): LeftOut =>
  leftOut(run, 'conflict', 'another file holds a different record with this id')

const leftOut = ({ id, raw: { path } }: Identified, code: string, reason: string): LeftOut => ({
  path,
  id,
  code,
  reason,
})
