/** Records of trainings in the forms that can be asked for. */
import type { TrainingRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/** @returns forms that are made when they are asked for */
export function trainingForms(
  records: readonly TrainingRecord[],
  { plot, color }: { readonly plot?: boolean | undefined; readonly color?: boolean | undefined },
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(records),
    csv: async () => (await import('../results/record-csv.js')).trainingCsv(records),
    table: async () => {
      const { trainingText } = await import('../results/training-table.js')
      const view = plotViewOf(terminal, color !== false)
      const tables = records.map((record) => trainingText(record, view.width, view.style))
      if (plot === true) tables.push((await import('../results/plot/record-plots.js')).recordPlots(records, view))
      return tables.join('\n')
    },
  }
}
