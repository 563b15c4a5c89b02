/** What a report is about and in which order, whatever its form. */
import type { ResultRecord } from '../../core/record.js'
import { shortened } from '../printable.js'

/** Names in the title before the rest is only counted. */
const NAMES_IN_TITLE = 3
const TITLE_CHARACTERS = 80

/** Comparisons first, then the runs inside them and all others, each once. */
export function withRuns(records: readonly ResultRecord[]): readonly ResultRecord[] {
  const comparisons = records.filter((record) => record.kind === 'comparison')
  const runs = [
    ...comparisons.flatMap((comparison) => comparison.records),
    ...records.filter(({ kind }) => kind !== 'comparison'),
  ]
  return [...comparisons, ...new Map(runs.map((run) => [`${run.kind} ${run.id}`, run])).values()]
}

/** e.g. `resnet18, squeezenet and 3 more`. */
export function titleOf(records: readonly ResultRecord[]): string {
  const names = [...new Set(records.flatMap(modelNames))]
  const more = names.length - NAMES_IN_TITLE
  const shown = names.slice(0, NAMES_IN_TITLE).map((name) => shortened(name, TITLE_CHARACTERS))
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const modelNames = (record: ResultRecord): string[] =>
  record.kind === 'comparison' ? record.competitors.map(({ model }) => model) : [record.model.name]

/** e.g. `2025-03-01` or `2025-03-01 to 2025-03-04`. */
export function days(records: readonly ResultRecord[]): string {
  const sorted = records.map(({ startedAt }) => startedAt.slice(0, 10)).sort()
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)]
  return first === last ? first : `${first} to ${last}`
}

/** Of the greenbench that measured. */
export const versionsOf = (records: readonly ResultRecord[]): string =>
  [...new Set(records.map(({ versions }) => versions.greenbench ?? 'unknown'))].join(', ')
