/** What tells records of the same name apart: who reads of several runs of one model must know which is which. */
import type { ResultRecord } from '../core/record.js'
import { groupedBy } from './leaderboard/grouped-by.js'

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
