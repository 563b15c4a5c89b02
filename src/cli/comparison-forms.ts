/** Records of comparisons in the forms that can be asked for. */
import type { ComparisonRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { styleOf, type Terminal, widthOf } from './terminal.js'

/** @param comparisons - one per batch size */
export function comparisonForms(
  comparisons: readonly ComparisonRecord[],
  { color }: { readonly color?: boolean | undefined },
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(comparisons),
    csv: async () =>
      (await import('../results/record-csv.js')).inferenceCsv(comparisons.flatMap(({ records }) => records)),
    table: async () => {
      const { comparisonText } = await import('../results/comparison-text.js')
      const { isUnicodeTerminal } = await import('../results/plot/plot-view.js')
      const style = styleOf(terminal, 'stdout', color !== false)
      const isUnicode = isUnicodeTerminal(terminal.environment)
      return comparisonText(comparisons, { width: widthOf(terminal), style, isUnicode })
    },
  }
}
