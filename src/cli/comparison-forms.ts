/** Records of several engines in the forms that can be asked for. */
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** @param result - a record for each engine, and how they compare */
export function comparisonForms(
  result: { readonly records: readonly InferenceRecord[]; readonly comparisons: readonly ComparisonRecord[] },
  { color }: { readonly color?: boolean | undefined },
  terminal: Terminal,
): ResultForms {
  const { records, comparisons } = result
  const view = [widthOf(terminal), styleOf(terminal, 'stdout', color !== false)] as const
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson([...records, ...comparisons]),
    csv: async () => (await import('../results/record-csv.js')).inferenceCsv(records),
    table: async () => (await import('../results/comparison-text.js')).comparisonText(comparisons, records, ...view),
  }
}
