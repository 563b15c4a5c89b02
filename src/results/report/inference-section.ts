/** One timed run on a page: what matters most in tiles, all figures in a table, then why they are what they are. */
import type { InferenceRecord } from '../../core/record.js'
import { drawCharts } from '../charts/draw-charts.js'
import { inferenceCharts } from '../charts/record-charts.js'
import { type QuantityRow, quantityRows } from '../inference-quantities.js'
import { type Html, html } from '../pages/html.js'
import { longText } from '../pages/long-text.js'
import { freeFormTable } from '../pages/record-facts.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { type PageRow, pageTable } from '../pages/table.js'
import { inferenceTiles } from './inference-tiles.js'
import { modelTable } from './model-table.js'
import { headingPart } from './run-names.js'
import { settingOf } from './setting.js'

/** @returns a section headed by `place.anchor` */
export async function inferenceSection(record: InferenceRecord, place: SectionPlace): Promise<Html> {
  return html`<section class="record" aria-labelledby="${place.anchor}">
<h2 id="${place.anchor}">${headingPart(record, place.apart)}</h2>
<div class="lead">${longText(settingOf(record))}</div>
${inferenceTiles(record)}
${recordNotes(record)}
${await drawCharts(inferenceCharts(record), place)}
<h3>Figures</h3>
${figureTable(record)}
${conditionsOf(record, place.isUnfolded)}
</section>
`
}

function figureTable(record: InferenceRecord): Html {
  const rows = quantityRows([record]).flatMap((group) => group.map(pageRowOf))
  return pageTable({
    caption: 'All figures, with their 95% intervals',
    head: ['Quantity', 'Figure', 'Source'],
    rows,
    numbers: [1],
  })
}

function pageRowOf({ name, cells: [cell = 'not known'], source }: QuantityRow, index: number): PageRow {
  return { cells: [name.trim(), cell, source], isPart: name.startsWith(' '), isGroupStart: index === 0 }
}

function conditionsOf(record: InferenceRecord, isUnfolded: boolean): Html {
  return html`<details${isUnfolded && html` open`}><summary>Model, host, conditions and options</summary>
${modelTable(record)}
${freeFormTable('Host', record.host)}
${freeFormTable('Conditions', record.conditions)}
${freeFormTable('Versions', record.versions)}
${freeFormTable('Options', record.options)}
</details>`
}
