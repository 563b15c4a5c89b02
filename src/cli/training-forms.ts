/** Records of trainings in the forms that can be asked for. */
import type { TrainingRecord } from '../core/record.js'
import type { TableChoice } from './inference-forms.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/** @param settings - of the table */
export function trainingForms(
  records: readonly TrainingRecord[],
  settings: TableChoice,
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(records),
    csv: async () => (await import('../results/record-csv.js')).trainingCsv(records),
    table: () => tableOf(records, settings, terminal),
  }
}

async function tableOf(
  records: readonly TrainingRecord[],
  { explain, plot, color }: TableChoice,
  terminal: Terminal,
): Promise<string> {
  const { trainingText } = await import('../results/training-table.js')
  const view = plotViewOf(terminal, color !== false)
  const { width, style } = view
  const parts = records.map((record) => trainingText(record, width, style))
  if (plot === true) parts.push((await import('../results/plot/record-plots.js')).recordPlots(records, view))
  if (explain === true) {
    const { trainingExplanation } = await import('../results/training-explanation.js')
    parts.push(...records.map((record) => trainingExplanation(record, width, style)))
  }
  return parts.join('\n')
}
