/** Records of comparisons in the forms that can be asked for. */
import type { ComparisonRecord, InferenceRecord } from '../core/record.js'
import type { PlotView } from '../results/plot/plot-view.js'
import { printable } from '../results/printable.js'
import { detailsOf, type TableChoice } from './inference-forms.js'
import type { ResultForms } from './output-choice.js'
import { plotViewOf, type Terminal } from './terminal.js'

/**
 * @param comparisons - one per batch size
 * @param settings - of the table
 */
export function comparisonForms(
  comparisons: readonly ComparisonRecord[],
  settings: TableChoice,
  terminal: Terminal,
): ResultForms {
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(comparisons),
    csv: async () =>
      (await import('../results/record-csv.js')).inferenceCsv(comparisons.flatMap(({ records }) => records)),
    table: async () => {
      const { comparisonText } = await import('../results/comparison-text.js')
      const view = plotViewOf(terminal, settings.color !== false)
      const records = comparisons.flatMap((comparison) => comparison.records)
      const details = await detailsOf(comparisons, records, settings, view, (record) =>
        titleOf(record, comparisons, view),
      )
      return [comparisonText(comparisons, view), ...details].join('\n')
    },
  }
}

function titleOf({ id }: InferenceRecord, comparisons: readonly ComparisonRecord[], { style }: PlotView): string {
  const own = comparisons.flatMap(({ competitors }) => competitors).find(({ record }) => record === id)
  return `${style('strong', printable(own?.name ?? ''))}\n`
}
