/** Records of timed runs in the forms that can be asked for. */
import type { InferenceRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** @param settings - `explain` adds what the intervals are made of to the table */
export function inferenceForms(
  records: readonly InferenceRecord[],
  settings: { readonly explain?: boolean | undefined; readonly color?: boolean | undefined },
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
  { explain, color }: Parameters<typeof inferenceForms>[1],
  terminal: Terminal,
): Promise<string> {
  const { inferenceText } = await import('../results/inference-table.js')
  const view = [widthOf(terminal), styleOf(terminal, 'stdout', color !== false)] as const
  const table = inferenceText(records, ...view)
  if (explain !== true) return table
  const { explanationText } = await import('../results/explanation.js')
  return `${table}\n${records.map((record) => explanationText(record, ...view)).join('\n')}`
}
