/** Engines that ran the same model in turn, on a page: their ratios to the first. */
import type { ComparisonRecord, InferenceRecord, ResultRecord } from '../../core/record.js'
import { ratioCharts } from '../charts/comparison-charts.js'
import { drawCharts } from '../charts/draw-charts.js'
import { foreign, type Html, html } from '../pages/html.js'
import { freeFormTable } from '../pages/record-facts.js'
import { recordNotes } from '../pages/record-notes.js'
import type { SectionPlace } from '../pages/section-place.js'
import { pageTable } from '../pages/table.js'
import { formatFigure, JOULES, RATIO, SECONDS } from '../quantity.js'

type Engine = ComparisonRecord['engines'][number]

/**
 * @param all - the records of the engines, for their figures; they may be absent
 */
export async function comparisonSection(
  record: ComparisonRecord,
  all: readonly ResultRecord[],
  place: SectionPlace,
): Promise<Html> {
  const runs = record.engines.flatMap((engine) => runOf(engine, all) ?? [])
  return html`<section class="record" aria-labelledby="${place.anchor}">
<h2 id="${place.anchor}">${foreign(record.model.name)}, batch ${record.batchSize}: engines in turn</h2>
<p class="lead">${record.order.length} rounds, in an order drawn anew for each (seed ${record.seed}); ratios to ${foreign(record.baseline)}, below 1 is less</p>
${engineTable(record, all)}
${await drawCharts(ratioCharts(record, runs), place)}
${recordNotes(record)}
<details${place.isUnfolded && html` open`}><summary>Versions and options</summary>
${freeFormTable('Versions', record.versions)}
${freeFormTable('Options', record.options)}
</details>
</section>
`
}

function engineTable(record: ComparisonRecord, all: readonly ResultRecord[]): Html {
  const head = ['Engine', 'Latency, mean', 'Energy per inference', 'Time, ratio', 'Energy, ratio', 'Outputs differ by']
  const rows = record.engines.map((engine) => ({ cells: engineCells(engine, record, all) }))
  return pageTable({ caption: 'Engines, with their 95% intervals', head, rows, numbers: [1, 2, 3, 4, 5] })
}

function engineCells(engine: Engine, { baseline }: ComparisonRecord, all: readonly ResultRecord[]): string[] {
  const { latency, energy } = runOf(engine, all) ?? {}
  const isBaseline = engine.name === baseline
  return [
    `${engine.name} ${engine.version} on ${engine.executionProvider}`,
    latency ? formatFigure({ ...latency, value: latency.mean }, SECONDS) : 'not known',
    energy
      ? `${formatFigure({ ...energy.perInference, value: energy.perInference.joules }, JOULES)}, ${energy.kind}`
      : 'not known',
    ratioText(engine.timeRatio, isBaseline),
    ratioText(engine.energyRatio, isBaseline),
    differenceText(engine.outputDifference, isBaseline),
  ]
}

const ratioText = (ratio: Engine['timeRatio'], isBaseline: boolean): string =>
  isBaseline ? '1' : ratio === undefined ? 'not known' : formatFigure({ ...ratio, value: ratio.ratio }, RATIO)

function runOf(engine: Engine, all: readonly ResultRecord[]): InferenceRecord | undefined {
  const run = all.find(({ id }) => id === engine.record)
  return run?.kind === 'inference' ? run : undefined
}

function differenceText(difference: number | undefined, isBaseline: boolean): string {
  if (difference === undefined) return isBaseline ? '' : 'not known'
  return difference === 0 ? 'nothing' : difference.toExponential(0)
}
