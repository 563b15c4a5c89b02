/** Names of the records of a report, no two alike: who reads of several runs of one model must know which is which. */
import type { InferenceRecord, ResultRecord } from '../../core/record.js'
import { groupedBy } from '../leaderboard/grouped-by.js'
import { type Html, html, nameOf, nameText } from '../pages/html.js'

/** What tells records of the same name apart, the plainest first. */
const MARKS: readonly ((record: ResultRecord) => string)[] = [
  (record) => ('engine' in record ? record.engine.name : ''),
  (record) => ('engine' in record ? `${record.engine.name} ${record.engine.version}` : ''),
  ({ startedAt }) => momentOf(startedAt, 'minutes'),
  ({ startedAt }) => momentOf(startedAt, 'seconds'),
]

/**
 * @param titleOf - the heading of a record, or its row
 * @returns for each record what its name needs behind it, e.g. `, 2025-03-01 10:00`; nothing for a name that is the only one
 */
export function distinctions<Listed extends ResultRecord>(
  records: readonly Listed[],
  titleOf: (record: Listed) => string,
): ReadonlyMap<ResultRecord, string> {
  const groups = groupedBy(records, (record) => titleOf(record).toLowerCase())
  return new Map([...groups.values()].flatMap((alike) => (alike.length === 1 ? [] : told(alike))))
}

/** By the first mark that no two share; by their places where each mark is shared. */
function told(alike: readonly ResultRecord[]): readonly (readonly [ResultRecord, string])[] {
  const mark = MARKS.find(
    (markOf) => new Set(alike.map((record) => markOf(record).toLowerCase())).size === alike.length,
  )
  const started = (record: ResultRecord) => momentOf(record.startedAt, 'minutes')
  return alike.map((record, index) => [record, `, ${mark?.(record) ?? `${started(record)}, run ${index + 1}`}`])
}

/** e.g. `2025-03-01 10:00`. */
const momentOf = (date: string, until: 'minutes' | 'seconds'): string =>
  date.slice(0, until === 'minutes' ? 16 : 19).replace('T', ' ')

/** Rows of runs beside each other: the model, the batch, the engine, and what else it takes to tell them apart. */
export function runNames(runs: readonly InferenceRecord[]): ReadonlyMap<ResultRecord, string> {
  const nameOf = ({ model, batchSize, engine }: InferenceRecord) => `${model.name}, batch ${batchSize}, ${engine.name}`
  const apart = distinctions(runs, nameOf)
  return new Map(runs.map((run) => [run, `${nameOf(run)}${apart.get(run) ?? ''}`]))
}

/** Heading of the section of a record, without what tells it from others. */
export const headingOf = (record: ResultRecord): string => `${nameText(subjectOf(record))}${restOf(record)}`

const subjectOf = (record: ResultRecord): string =>
  record.kind === 'comparison' ? record.competitors.map(({ name }) => name).join(', ') : record.model.name

function restOf(record: ResultRecord): string {
  if (record.kind === 'inspection') return ', counted in the file'
  if (record.kind === 'training') return ', trained'
  return `, batch ${record.batchSize}${record.kind === 'comparison' ? ': in turn' : ''}`
}

/** The same on a page, where the name of a file is kept from running into what is beside it. */
export const headingPart = (record: ResultRecord, apart = ''): Html =>
  html`${nameOf(subjectOf(record))}${restOf(record)}${apart}`
