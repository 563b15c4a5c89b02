/** One side of a comparison: the runs of a file or a folder, each once, by what they are runs of. */
import { FormatError } from '../../core/errors.js'
import { counted } from '../count-text.js'
import type { SingleRecord } from '../gate/metric.js'
import type { LeftOut } from '../left-out.js'
import { inferencesOf, recordsAt } from '../read-record.js'

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
  const { records, leftOut } = await recordsAt([path])
  const single = records.flatMap((record): readonly SingleRecord[] =>
    record.kind === 'comparison' ? inferencesOf([record]) : [record],
  )
  if (single.length === 0) throw nothingIn(path, leftOut)
  const runs = [...new Map(single.map((record) => [record.id, record])).values()]
  const notes = [...notesOf(path, single.length - runs.length, runs), ...linkNotes(leftOut)]
  return { name: path, cases: casesOf(runs), notes }
}

/** Links that were met in a folder: named beside it, each would be a side of its own. */
export const linkNotes = (leftOut: readonly LeftOut[]): readonly string[] =>
  leftOut.map(({ what }) => `${what} was left out: ${LINK_IN_SIDE}`)

const LINK_IN_SIDE = 'a link, which is not followed: put what it leads to in its place to have it read'

function nothingIn(path: string, leftOut: readonly LeftOut[]): FormatError {
  const [first] = linkNotes(leftOut)
  return new FormatError(
    'E_COMPARE_EMPTY',
    `${path} holds no result to compare${first === undefined ? '' : `: ${first}`}`,
  )
}

function notesOf(name: string, doubles: number, runs: readonly SingleRecord[]): readonly string[] {
  const partial = runs.filter(({ complete }) => !complete).length
  return [
    ...(doubles === 0
      ? []
      : [`${name}: ${counted(doubles, 'run stands', 'runs stand')} there more than once and count once`]),
    ...(partial === 0 ? [] : [`${name}: ${counted(partial, 'run')} did not come to the end; what was measured counts`]),
  ]
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
