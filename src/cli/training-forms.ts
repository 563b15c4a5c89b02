/** Records of trainings in the forms that can be asked for. */
import type { TrainingRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** @returns forms that are made when they are asked for */
export function trainingForms(
  records: readonly TrainingRecord[],
  { color }: { readonly color?: boolean | undefined },
  terminal: Terminal,
): ResultForms {
  const view = [widthOf(terminal), styleOf(terminal, 'stdout', color !== false)] as const
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(records),
    csv: async () => (await import('../results/record-csv.js')).trainingCsv(records),
    table: async () => {
      const { trainingText } = await import('../results/training-table.js')
      return records.map((record) => trainingText(record, ...view)).join('\n')
    },
  }
}
