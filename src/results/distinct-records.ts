/** Each measurement once, however often its record was handed in, copied or replayed: one rule for all that sums or compares. */
import type { SingleRecord } from './gate/metric.js'
import { groupedBy } from './leaderboard/grouped-by.js'
import { byText } from './leaderboard/identifier.js'
import type { PlacedRecord } from './records-at.js'

/** A record that says of which measurement it is. */
export interface Claim<Run> {
  readonly run: Run
  readonly id: string
  /** Absent, or without `of`: the measurement itself. */
  readonly replay?: { readonly of?: string } | undefined
  /** Where the record lies: a file, and its place in that. */
  readonly path: string
  readonly index: number
  /** As `contentOf` gives it; asked for only where several claim the same. */
  content(): string
}

/** A record that does not count, and why. */
export interface Repeated<Run> {
  readonly run: Run
  readonly path: string
  readonly code: 'duplicate' | 'replayed' | 'conflict'
  readonly reason: string
}

/**
 * A replay is the same measurement as the run that it was made from, and gives way to it. Of equal copies the one with the
 * first path stays. Different records that claim the same id are all left out, since nobody can say which is right, and so are
 * different replays of a run that is not there.
 *
 * @returns the runs that stay, in the order in which their measurements were first claimed, and why the others do not; a
 * record that was read twice is passed over
 */
export function distinctRecords<Run>(claims: readonly Claim<Run>[]): {
  readonly distinct: readonly Run[]
  readonly repeated: readonly Repeated<Run>[]
} {
  const [distinct, repeated]: [Run[], Repeated<Run>[]] = [[], []]
  for (const rivals of groupedBy(claims, measurementOf).values()) {
    const settled = settle(rivals)
    if (settled.kept !== undefined) distinct.push(settled.kept.run)
    repeated.push(...settled.others)
  }
  return { distinct, repeated }
}

/**
 * @param placed - records, and where they lie; a comparison stands for the records of its competitors
 * @returns a claim for each run, training and inspection
 */
export const claimsOf = (placed: readonly PlacedRecord[]): readonly Claim<SingleRecord>[] =>
  placed.flatMap(({ record, path, index }) =>
    (record.kind === 'comparison' ? record.records : [record]).map((run) => ({
      ...{ run, id: run.id, path, index },
      ...('replay' in run && { replay: run.replay }),
      content: () => contentOf(run),
    })),
  )

/** @returns the id of the run that a record is of, or is a replay of */
export const measurementOf = ({ id, replay }: Pick<Claim<unknown>, 'id' | 'replay'>): string => replay?.of ?? id

/**
 * @param record - whose depth is bounded
 * @returns all of it, alike whatever the order of its fields; replays have ids of their own, which say nothing
 */
export function contentOf(record: Pick<Claim<unknown>, 'id' | 'replay'>): string {
  const content = isReplay(record) ? { ...record, id: undefined } : record
  return JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => byText(one, other)))
      : value,
  )
}

interface Settled<Run> {
  readonly kept?: Claim<Run> | undefined
  readonly others: readonly Repeated<Run>[]
}

function settle<Run>(rivals: readonly Claim<Run>[]): Settled<Run> {
  if (rivals.length === 1) return { kept: rivals[0], others: [] }
  const claims = rivals
    .map((claim) => ({ claim, content: claim.content() }))
    .sort((one, other) => byPlace(one.claim, other.claim) || byText(one.content, other.content))
    .filter(({ claim, content }, place, all) => !isSame(claim, content, all[place - 1]))
  const originals = claims.filter(({ claim }) => !isReplay(claim))
  const candidates = originals.length > 0 ? originals : claims
  const isOneContent = new Set(candidates.map(({ content }) => content)).size === 1
  const kept = isOneContent ? candidates[0]?.claim : undefined
  const others = claims.flatMap(({ claim }) => (claim === kept ? [] : [repeatedBy(claim, kept)]))
  return { kept, others }
}

const isReplay = ({ replay }: Pick<Claim<unknown>, 'replay'>): boolean => replay?.of !== undefined

const byPlace = (one: Claim<unknown>, other: Claim<unknown>): number =>
  byText(one.path, other.path) || one.index - other.index

const isSame = (
  claim: Claim<unknown>,
  content: string,
  before: { readonly claim: Claim<unknown>; readonly content: string } | undefined,
): boolean => before !== undefined && byPlace(claim, before.claim) === 0 && content === before.content

function repeatedBy<Run>({ run, id, path, replay }: Claim<Run>, kept: Claim<Run> | undefined): Repeated<Run> {
  if (kept === undefined) return { run, path, code: 'conflict', reason: conflict({ replay }) }
  return replay?.of !== undefined && id !== kept.id
    ? { run, path, code: 'replayed', reason: `the same measurement as ${kept.id}, replayed` }
    : { run, path, code: 'duplicate', reason: `the same record as in ${kept.path}` }
}

const conflict = (claim: Pick<Claim<unknown>, 'replay'>): string =>
  isReplay(claim)
    ? 'another replay of the same run, or another record of that run, has other figures'
    : 'another file holds a different record with this id'
