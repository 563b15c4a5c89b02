/** Records of comparisons in the forms that can be asked for. */
import type { ComparisonRecord } from '../core/record.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/**
 * @param comparisons - one per batch size
 * @param settings - `plot` adds charts of each run
 */
export function comparisonForms(
  comparisons: readonly ComparisonRecord[],
  { plot, color }: { readonly plot?: boolean | undefined; readonly color?: boolean | undefined },
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(comparisons),
    csv: async () =>
      (await import('../results/record-csv.js')).inferenceCsv(comparisons.flatMap(({ records }) => records)),
    table: async () => {
      const { comparisonText } = await import('../results/comparison-text.js')
      const view = plotViewOf(terminal, color !== false)
      const table = comparisonText(comparisons, view)
      if (plot !== true) return table
      const { recordPlots } = await import('../results/plot/record-plots.js')
      return `${table}\n${recordPlots(comparisons, view)}`
    },
  }
}
