/** One side of a comparison: the runs of a file or a folder, each once, by what they are runs of. */
import { FormatError } from '../../core/errors.js'
import { counted } from '../count-text.js'
import { claimsOf, distinctRecords, type Repeated } from '../distinct-records.js'
import type { SingleRecord } from '../gate/metric.js'
import type { LeftOut } from '../left-out.js'
import { LINK_NOT_FOLLOWED } from '../read-record.js'
import { placedRecordsAt } from '../records-at.js'

/** Runs of one model on one engine at one batch size. */
export interface Case {
  /** e.g. `resnet18, batch 1, onnxruntime`. */
  readonly name: string
  readonly runs: readonly SingleRecord[]
}

/** What stands in a file or a folder. */
export interface Side {
  /** Its path, as it was given. */
  readonly name: string
  /** In the order of their names. */
  readonly cases: readonly Case[]
  /** What was met on the way that the reader should know. */
  readonly notes: readonly string[]
}

/**
 * @param path - a file that `--json` wrote, or a folder of them: several runs of the same are repeats
 * @throws {FormatError} `E_RECORD_...` for a file that holds something else, `E_COMPARE_EMPTY` for no run at all
 */
export async function readSide(path: string): Promise<Side> {
  const { placed, leftOut } = await placedRecordsAt([path])
  const { distinct, repeated } = distinctRecords(claimsOf(placed))
  const missed = [...leftOut, ...repeated.filter(isConflict).map((one) => ({ what: one.path, reason: one.reason }))]
  if (distinct.length === 0) throw nothingIn(path, missed)
  const notes = [...repeatNotes(path, repeated), ...partialNotes(path, distinct), ...leftOutNotes(missed)]
  return { name: path, cases: casesOf(distinct), notes }
}

const isConflict = ({ code }: Repeated<SingleRecord>): boolean => code === 'conflict'

/** What was met in a folder and is not compared: named beside it, a link would be a side of its own. */
export const leftOutNotes = (leftOut: readonly LeftOut[]): readonly string[] =>
  leftOut.map(({ what, reason }) => `${what} was left out: ${reason === LINK_NOT_FOLLOWED ? LINK_IN_SIDE : reason}`)

const LINK_IN_SIDE = 'a link, which is not followed: put what it leads to in its place to have it read'

function nothingIn(path: string, leftOut: readonly LeftOut[]): FormatError {
  const [first] = leftOutNotes(leftOut)
  return new FormatError(
    'E_COMPARE_EMPTY',
    `${path} holds no result to compare${first === undefined ? '' : `: ${first}`}`,
  )
}

function repeatNotes(name: string, repeated: readonly Repeated<SingleRecord>[]): readonly string[] {
  const [copies, replays] = (['duplicate', 'replayed'] as const).map(
    (wanted) => repeated.filter(({ code }) => code === wanted).length,
  )
  return [
    ...(copies ? [`${name}: ${counted(copies, 'run stands', 'runs stand')} there more than once and count once`] : []),
    ...(replays ? [`${name}: ${counted(replays, 'replay')} of a run that stands there too, which counts once`] : []),
  ]
}

function partialNotes(name: string, runs: readonly SingleRecord[]): readonly string[] {
  const partial = runs.filter(({ complete }) => !complete).length
  return partial === 0 ? [] : [`${name}: ${counted(partial, 'run')} did not come to the end; what was measured counts`]
}

function casesOf(runs: readonly SingleRecord[]): readonly Case[] {
  const named = new Map<string, SingleRecord[]>()
  for (const run of runs) {
    const name = caseName(run)
    named.set(name, [...(named.get(name) ?? []), run])
  }
  return [...named].map(([name, own]) => ({ name, runs: own })).sort((one, other) => (one.name < other.name ? -1 : 1))
}

function caseName(record: SingleRecord): string {
  const { name } = record.model
  if (record.kind === 'inspection') return `${name}, inspected at batch ${record.counts?.batchSize ?? 'free'}`
  const training = record.kind === 'training' ? ', training' : ''
  return `${name}, batch ${record.batchSize}, ${record.engine.name}${training}`
}
