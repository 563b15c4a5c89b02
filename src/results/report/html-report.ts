/** A report as one page that stands alone: figures, charts, conditions, doubts and the records themselves. */
import type { ResultRecord } from '../../core/record.js'
import { besideEachOther } from '../charts/comparison-charts.js'
import { drawCharts } from '../charts/draw-charts.js'
import { distinctions } from '../distinctions.js'
import { fileNameOf } from '../pages/file-name.js'
import { foreign, type Html, html } from '../pages/html.js'
import { pageText } from '../pages/page.js'
import { rawDataLink } from '../pages/raw-data.js'
import type { SectionPlace } from '../pages/section-place.js'
import { comparisonSection } from './comparison-section.js'
import { inferenceSection } from './inference-section.js'
import { inspectionSection } from './inspection-section.js'
import type { ReportOptions } from './report-formats.js'
import { days, titleOf, versionsOf, withRuns } from './report-order.js'
import { headingOf } from './run-names.js'
import { trainingSection } from './training-section.js'

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
  const all = withRuns(records)
  const apart = distinctions(all, headingOf)
  for (const [index, record] of all.entries()) {
    const place = { anchor: `record-${index + 1}`, isUnfolded: isForPaper, apart: apart.get(record) }
    sections.push(await sectionOf(record, all, place))
  }
  return pageText({
    title: name,
    lead: html`${days(records)}, measured by greenbench ${foreign(versionsOf(records))}`,
    main: html`${await overview(all, isForPaper)}${sections}
<section class="no-print"><h2>Data</h2>${rawDataLink(records, `${fileNameOf(name)}.json`)}</section>`,
    colophon: html`Written by greenbench ${version}. Intervals are 95%. <strong>measured</strong>: by a clock or a sensor; <strong>modelled</strong>: by a formula.`,
    isLight: isForPaper,
  })
}

/** All runs beside each other, where there are several. */
async function overview(records: readonly ResultRecord[], isUnfolded: boolean): Promise<Html> {
  const runs = records.filter((record) => record.kind === 'inference')
  const charts = besideEachOther(runs)
  if (charts.length === 0) return html``
  return html`<section aria-labelledby="overview"><h2 id="overview">All runs</h2>
${await drawCharts(charts, { anchor: 'overview', isUnfolded })}</section>
`
}

function sectionOf(record: ResultRecord, all: readonly ResultRecord[], place: SectionPlace): Promise<Html> {
  if (record.kind === 'inference') return inferenceSection(record, place)
  if (record.kind === 'comparison') return comparisonSection(record, all, place)
  if (record.kind === 'training') return trainingSection(record, place)
  return inspectionSection(record, place)
}
