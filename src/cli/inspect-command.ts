/** `greenbench inspect <model>`: what can be told from the file alone. */
import { inspectModel } from '../../benchmarks/inspection.js'
import { ModelFactory } from '../../formats/factory.js'
import type { InspectionRecord } from '../core/record.js'
import { EXIT } from './failure.js'
import { inputShapes, openOptions } from './model-input.js'
import type { Settings } from './option-definition.js'
import { INSPECT_OPTIONS } from './options/inspect-options.js'
import { checkOutputs, type ResultForms, showResult } from './output-choice.js'
import type { GivenValues } from './program.js'
import { readOptions } from './read-options.js'
import { fileSources, modelSources } from './sources.js'
import { plotViewOf, type Terminal } from './terminal.js'

/** @returns the exit code */
export async function inspectCommand(path: string, given: GivenValues, terminal: Terminal): Promise<number> {
  const { settings } = await readOptions(INSPECT_OPTIONS, given, terminal)
  const limits = settings.failIf === undefined ? undefined : await import('./limits.js')
  const gate = limits?.readLimits(settings, 'inspection', terminal)
  await checkOutputs(settings, [...modelSources([path]), ...fileSources(settings.plugin ?? [])])
  const formats = await formatsWith(settings.plugin)
  const model = await formats.open(path, openOptions(settings))
  const layers =
    settings.layers === true || settings.top !== undefined || settings.csv !== undefined || settings.plot === true
  const options = { model, layers, inputShapes: inputShapes(model, settings.input), hash: settings.hash === true }
  const records: InspectionRecord[] = []
  for (const batchSize of settings.batch ?? [1]) records.push(await inspectModel({ ...options, batchSize }))
  await showResult(settings, formsOf(records, settings, terminal), terminal)
  return limits === undefined || gate === undefined ? EXIT.success : limits.keepLimits(gate, records, terminal)
}

async function formatsWith(plugins: readonly string[] | undefined): Promise<ModelFactory> {
  if (plugins === undefined) return ModelFactory.withPredefinedFormats()
  const { loadPlugins } = await import('../../benchmarks/plugins.js')
  return (await loadPlugins(plugins)).formats
}

function formsOf(
  records: readonly InspectionRecord[],
  { top, color, layers, plot }: Settings<typeof INSPECT_OPTIONS>,
  terminal: Terminal,
): ResultForms {
  const isWithLayers = layers === true || top !== undefined
  return {
    json: async () => (await import('../results/record-file.js')).recordsToJson(records),
    csv: async () => (await import('../results/record-csv.js')).layerCsv(records),
    table: async () => {
      const { inspectionText } = await import('../results/inspection-table.js')
      const view = plotViewOf(terminal, color !== false)
      const tables = records
        .map(({ layers: all, ...record }) => (isWithLayers && all !== undefined ? { ...record, layers: all } : record))
        .map((record) => inspectionText(record, top === undefined ? view : { ...view, top }))
      const plots = plot === true ? [(await import('../results/plot/record-plots.js')).recordPlots(records, view)] : []
      return [...tables, ...plots].join('\n')
    },
  }
}
