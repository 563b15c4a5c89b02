/** Records of timed runs in the forms that can be asked for. */
import type { InferenceRecord, ResultRecord } from '../core/record.js'
import type { PlotView } from '../results/plot/plot-view.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/** What is shown with the table. */
export interface TableChoice {
  /** What the intervals are made of. */
  readonly explain?: boolean | undefined
  /** Charts. */
  readonly plot?: boolean | undefined
  readonly color?: boolean | undefined
}

/** @param settings - of the table */
export function inferenceForms(
  records: readonly InferenceRecord[],
  settings: TableChoice,
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(records),
    csv: async () => (await import('../results/record-csv.js')).inferenceCsv(records),
    table: () => tableOf(records, settings, terminal),
  }
}

async function tableOf(
  records: readonly InferenceRecord[],
  settings: TableChoice,
  terminal: Terminal,
): Promise<string> {
  const { inferenceText } = await import('../results/inference-table.js')
  const view = plotViewOf(terminal, settings.color !== false)
  const tables = byCompetitor(records).map((own) => inferenceText(own, view.width, view.style))
  return [...tables, ...(await detailsOf(records, records, settings, view))].join('\n')
}

/** @returns records of one model on one engine together: a table is of one of them, at all its batch sizes */
function byCompetitor(records: readonly InferenceRecord[]): readonly (readonly InferenceRecord[])[] {
  const groups = new Map<string, InferenceRecord[]>()
  for (const record of records) {
    const { model, engine } = record
    const key = JSON.stringify([model.name, model.sha256, engine.name, engine.executionProvider])
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()]
}

/**
 * @param plotted - whose charts are drawn
 * @param records - whose intervals are explained
 * @param titleOf - line that stands above the explanation of a record
 * @returns what was asked for beside the table
 */
export async function detailsOf(
  plotted: readonly ResultRecord[],
  records: readonly InferenceRecord[],
  { explain, plot }: TableChoice,
  view: PlotView,
  titleOf: (record: InferenceRecord) => string = () => '',
): Promise<readonly string[]> {
  const plots = plot === true ? [(await import('../results/plot/record-plots.js')).recordPlots(plotted, view)] : []
  if (explain !== true) return plots
  const { explanationText } = await import('../results/explanation.js')
  return [...plots, ...records.map((record) => `${titleOf(record)}${explanationText(record, view.width, view.style)}`)]
}
