/** A report as one page that stands alone: figures, charts, conditions, doubts and the records themselves. */
import type { ResultRecord } from '../../core/record.js'
import { foreign, type Html, html } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { fileNameOf, rawDataLink } from '../pages/raw-data.js'
import { shortened } from '../printable.js'
import { comparisonSection } from './comparison-section.js'
import { inferenceSection } from './inference-section.js'
import { inspectionSection } from './inspection-section.js'
import type { ReportOptions } from './report-formats.js'
import { trainingSection } from './training-section.js'

/** Names in the title before the rest is only counted. */
const NAMES_IN_TITLE = 3
const TITLE_CHARACTERS = 80

/**
 * @param options - `isForPaper`: light, and everything unfolded
 * @returns HTML that loads nothing and runs no script
 */
export async function htmlReport(
  records: readonly ResultRecord[],
  { title, version, isForPaper = false }: ReportOptions & { readonly isForPaper?: boolean },
): Promise<string> {
  const name = title ?? titleOf(records)
  const sections: Html[] = []
  for (const record of records) sections.push(await sectionOf(record, records, isForPaper))
  return pageText({
    title: name,
    lead: html`${days(records)}, measured by greenbench ${foreign(versionsOf(records))}`,
    main: html`${sections}
<section class="no-print"><h2>Data</h2>${rawDataLink(records, `${fileNameOf(name)}.json`)}</section>`,
    colophon: html`Written by greenbench ${version}. Intervals are 95%. <strong>measured</strong>: by a clock or a sensor; <strong>modelled</strong>: by a formula.`,
    isLight: isForPaper,
  })
}

function sectionOf(record: ResultRecord, all: readonly ResultRecord[], isUnfolded: boolean): Promise<Html> {
  if (record.kind === 'inference') return inferenceSection(record, isUnfolded)
  if (record.kind === 'comparison') return comparisonSection(record, all, isUnfolded)
  if (record.kind === 'training') return trainingSection(record, isUnfolded)
  return inspectionSection(record, isUnfolded)
}

/** e.g. `resnet18, squeezenet and 3 more`. */
function titleOf(records: readonly ResultRecord[]): string {
  const names = [...new Set(records.map(({ model }) => model.name))]
  const more = names.length - NAMES_IN_TITLE
  const shown = names.slice(0, NAMES_IN_TITLE).map((name) => shortened(name, TITLE_CHARACTERS))
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** e.g. `2025-03-01` or `2025-03-01 to 2025-03-04`. */
function days(records: readonly ResultRecord[]): string {
  const sorted = records.map(({ startedAt }) => startedAt.slice(0, 10)).sort()
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)]
  return first === last ? first : `${first} to ${last}`
}

const versionsOf = (records: readonly ResultRecord[]): string =>
  [...new Set(records.map(({ versions }) => versions.greenbench ?? 'unknown'))].join(', ')
