/** A training on a page: what each epoch cost and what the model had learnt by its end. */
import type { TrainingRecord } from '../../core/record.js'
import { drawCharts } from '../charts/draw-charts.js'
import { trainingCharts } from '../charts/training-charts.js'
import { type Html, html } from '../pages/html.js'
import { longText } from '../pages/long-text.js'
import { freeFormTable } from '../pages/record-facts.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { pageTable } from '../pages/table.js'
import { trainingRows } from '../training-quantities.js'
import { EPOCH_HEAD, epochCells } from './epoch-cells.js'
import { modelTable } from './model-table.js'
import { headingPart } from './run-names.js'
import { trainingTiles } from './training-tiles.js'

/** @returns a section headed by `place.anchor` */
export async function trainingSection(record: TrainingRecord, place: SectionPlace): Promise<Html> {
  const { engine, batchSize } = record
  return html`<section class="record" aria-labelledby="${place.anchor}">
<h2 id="${place.anchor}">${headingPart(record, place.apart)}</h2>
<div class="lead">${longText(`${engine.name} ${engine.version} on ${engine.executionProvider}, batches of ${batchSize}`)}</div>
${trainingTiles(record)}
${recordNotes(record)}
${await drawCharts(trainingCharts(record), place)}
<h3>Figures</h3>
${figureTable(record)}
${epochTable(record)}
<details${place.isUnfolded && html` open`}><summary>Model, host, conditions and options</summary>
${modelTable(record)}
${freeFormTable('Settings', record.settings)}
${freeFormTable('Host', record.host)}
${freeFormTable('Conditions', record.conditions)}
${freeFormTable('Versions', record.versions)}
${freeFormTable('Options', record.options)}
</details>
</section>
`
}

function figureTable(record: TrainingRecord): Html {
  const rows = trainingRows(record).flatMap((group) =>
    group.map(([name, figure, source], index) => ({
      cells: [name.trim(), figure, source],
      isPart: name.startsWith(' '),
      isGroupStart: index === 0,
    })),
  )
  const caption = 'All figures, with their 95% intervals'
  return pageTable({ caption, head: ['Quantity', 'Figure', 'Source'], rows, numbers: [1] })
}

function epochTable({ epochs }: TrainingRecord): Html {
  const rows = epochs.map((epoch) => ({ cells: epochCells(epoch) }))
  const numbers = EPOCH_HEAD.map((_, index) => index).slice(1)
  return pageTable({ caption: 'Epochs of the training', head: EPOCH_HEAD, rows, numbers })
}
