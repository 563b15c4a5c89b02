/** Records of timed runs in the forms that can be asked for. */
import type { InferenceRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/** What is shown with the table. */
interface TableChoice {
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
  { explain, plot, color }: TableChoice,
  terminal: Terminal,
): Promise<string> {
  const { inferenceText } = await import('../results/inference-table.js')
  const view = plotViewOf(terminal, color !== false)
  const { width, style } = view
  const parts = [inferenceText(records, width, style)]
  if (plot === true) parts.push((await import('../results/plot/record-plots.js')).recordPlots(records, view))
  if (explain === true) {
    const { explanationText } = await import('../results/explanation.js')
    parts.push(...records.map((record) => explanationText(record, width, style)))
  }
  return parts.join('\n')
}
