/** An inspection on a page: what the file holds and what each part of it costs. */
import type { InspectionRecord } from '../../core/record.js'
import { drawCharts } from '../charts/draw-charts.js'
import { layerChart, operatorChart } from '../charts/record-charts.js'
import { type Html, html } from '../pages/html.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { pageTable } from '../pages/table.js'
import { COUNT, formatExact, formatPlain } from '../quantity.js'
import { modelTable } from './model-table.js'
import { headingPart } from './run-names.js'

/** @returns a section headed by `place.anchor` */
export async function inspectionSection(record: InspectionRecord, place: SectionPlace): Promise<Html> {
  return html`<section class="record" aria-labelledby="${place.anchor}">
<h2 id="${place.anchor}">${headingPart(record, place.apart)}</h2>
${modelTable(record)}
${recordNotes(record)}
${await drawCharts([layerChart(record.layers), operatorChart(record)], place)}
<details${place.isUnfolded && html` open`}><summary>Operators</summary>
${operatorTable(record)}
</details>
</section>
`
}

function operatorTable({ operators }: InspectionRecord): Html {
  const count = (value: number | undefined) => (value === undefined ? 'not known' : formatPlain(value, COUNT))
  const rows = operators.map(({ operator, count: uses, macs, otherOperations, parameters = 0 }) => ({
    cells: [operator, formatExact(uses), formatExact(parameters), count(macs), count(otherOperations)],
  }))
  const head = ['Operator', 'Uses', 'Parameters', 'MACs', 'Other operations']
  return pageTable({ caption: 'Operators of the model', head, rows, numbers: [1, 2, 3, 4] })
}
