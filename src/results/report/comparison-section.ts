/** Models and engines that ran in turn, on a page: their ratios to the first. */
import type { ComparisonRecord, InferenceRecord, ResultRecord } from '../../core/record.js'
import { ratioCharts } from '../charts/comparison-charts.js'
import { drawCharts } from '../charts/draw-charts.js'
import { foreign, type Html, html } from '../pages/html.js'
import { freeFormTable } from '../pages/record-facts.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { pageTable } from '../pages/table.js'
import { formatFigure, JOULES, RATIO, SECONDS } from '../quantity.js'

type Competitor = ComparisonRecord['competitors'][number]

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
<h2 id="${place.anchor}">${foreign(record.competitors.map(({ name }) => name).join(', '))}, batch ${record.batchSize}: in turn</h2>
<p class="lead">${record.order.length} rounds, in an order drawn anew for each (seed ${record.seed}) and then taken backwards; ratios to ${foreign(record.baseline)}, below 1 is less</p>
${competitorTable(record, all)}
${await drawCharts(ratioCharts(record, runs), place)}
${recordNotes(record)}
<details${place.isUnfolded && html` open`}><summary>Versions and options</summary>
${freeFormTable('Versions', record.versions)}
${freeFormTable('Options', record.options)}
</details>
</section>
`
}

function competitorTable(record: ComparisonRecord, all: readonly ResultRecord[]): Html {
  const head = [
    'Competitor',
    'Latency, mean',
    'Energy per inference',
    'Time, ratio',
    'Energy, ratio',
    'Outputs differ by',
  ]
  const rows = record.competitors.map((competitor) => ({ cells: competitorCells(competitor, record, all) }))
  return pageTable({ caption: 'Competitors, with their 95% intervals', head, rows, numbers: [1, 2, 3, 4, 5] })
}

function competitorCells(
  competitor: Competitor,
  { baseline }: ComparisonRecord,
  all: readonly ResultRecord[],
): string[] {
  const run = runOf(competitor, all)
  const { latency, energy } = run ?? {}
  const isBaseline = competitor.name === baseline
  return [
    run === undefined ? competitor.name : `${competitor.name}: ${run.engine.name} ${run.engine.version}`,
    latency ? formatFigure({ ...latency, value: latency.mean }, SECONDS) : 'not known',
    energy
      ? `${formatFigure({ ...energy.perInference, value: energy.perInference.joules }, JOULES)}, ${energy.kind}`
      : 'not known',
    ratioText(competitor.timeRatio, isBaseline),
    ratioText(competitor.energyRatio, isBaseline),
    differenceText(competitor.outputDifference, isBaseline),
  ]
}

const ratioText = (ratio: Competitor['timeRatio'], isBaseline: boolean): string =>
  isBaseline ? '1' : ratio === undefined ? 'not known' : formatFigure({ ...ratio, value: ratio.ratio }, RATIO)

function runOf(competitor: Competitor, all: readonly ResultRecord[]): InferenceRecord | undefined {
  const run = all.find(({ id }) => id === competitor.record)
  return run?.kind === 'inference' ? run : undefined
}

function differenceText(difference: number | undefined, isBaseline: boolean): string {
  if (difference === undefined) return isBaseline ? '' : 'not known'
  return difference === 0 ? 'nothing' : difference.toExponential(0)
}
