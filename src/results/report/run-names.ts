/** Names of the records of a report, no two alike: who reads of several runs of one model must know which is which. */
import type { InferenceRecord, ResultRecord } from '../../core/record.js'
import { distinctions } from '../distinctions.js'
import { type Html, html, nameOf, nameText } from '../pages/html.js'

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
