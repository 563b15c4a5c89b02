/** Models and engines that ran in turn, on a page: their ratios to the first. */
import type { ComparisonRecord, ResultRecord } from '../../core/record.js'
import { ratioCharts } from '../charts/comparison-charts.js'
import { drawCharts } from '../charts/draw-charts.js'
import { type Html, html, nameOf } from '../pages/html.js'
import { freeFormTable } from '../pages/record-facts.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { pageTable } from '../pages/table.js'
import { roundsText } from '../rounds-text.js'
import { COMPETITOR_HEAD, competitorRows, runOf } from './competitor-rows.js'
import { headingPart } from './run-names.js'
import { verdictParts } from './verdict-parts.js'

/**
 * @param others - other records of the file: an older one holds those of the competitors there
 */
export async function comparisonSection(
  record: ComparisonRecord,
  others: readonly ResultRecord[],
  place: SectionPlace,
): Promise<Html> {
  const all = [...record.records, ...others]
  const runs = record.competitors.flatMap((competitor) => runOf(competitor, all) ?? [])
  return html`<section class="record" aria-labelledby="${place.anchor}">
<h2 id="${place.anchor}">${headingPart(record, place.apart)}</h2>
<p class="lead">${roundsText(record)}, in an order drawn anew for each (seed ${record.seed}) and then taken backwards; ratios to ${nameOf(record.baseline)}, below 1 is less</p>
${competitorTable(record, all)}
${verdictParts(record)}${await drawCharts(ratioCharts(record, runs), place)}
${recordNotes(record)}
<details${place.isUnfolded && html` open`}><summary>Versions and options</summary>
${freeFormTable('Versions', record.versions)}
${freeFormTable('Options', record.options)}
</details>
</section>
`
}

function competitorTable(record: ComparisonRecord, all: readonly ResultRecord[]): Html {
  const rows = competitorRows(record, all).map((cells) => ({ cells }))
  return pageTable({
    caption: 'Competitors, with their 95% intervals',
    head: COMPETITOR_HEAD,
    rows,
    numbers: [1, 2, 3, 4, 5],
  })
}
