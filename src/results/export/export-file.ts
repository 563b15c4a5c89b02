/** Records as a file for other programs. */
import type { ResultRecord } from '../../core/record.js'
import { inferenceCsv, layerCsv } from '../record-csv.js'
import { recordsToJson } from '../record-file.js'
import { exportablesOf, type LeftOut } from './exportable.js'

/** A whole file, and the records that are not in it. */
export interface ExportFile {
  readonly text: string
  readonly leftOut: readonly LeftOut[]
}

/** What makes a file for each target that is one. */
export const FILE_EXPORTS: Readonly<
  Record<'csv' | 'json' | 'prometheus', (records: readonly ResultRecord[]) => Promise<ExportFile>>
> = {
  csv: async (records) => csvFile(records),
  json: async (records) => ({ text: recordsToJson(records), leftOut: [] }),
  prometheus: async (records) => {
    const { prometheusFile } = await import('./prometheus.js')
    const { exported, leftOut } = exportablesOf(records)
    const file = await prometheusFile(exported)
    return { ...file, leftOut: [...leftOut, ...file.leftOut] }
  },
}

/** Runs, trainings and layers have no columns in common: where there are runs, they make the file. */
function csvFile(records: readonly ResultRecord[]): ExportFile {
  const { exported, leftOut: comparisons } = exportablesOf(records)
  const single = exported.map(({ record }) => record)
  const runs = single.filter((record) => record.kind === 'inference')
  const inspections = single.filter((record) => record.kind === 'inspection')
  const isOfRuns = runs.length > 0
  const others = single.filter(({ kind }) => kind !== (isOfRuns ? 'inference' : 'inspection'))
  const reason = `a table of ${isOfRuns ? 'runs' : 'layers'} has no columns for it`
  const leftOut = others.map(({ kind, model }) => ({ what: `the ${kind} of ${model.name}`, reason }))
  const text = isOfRuns ? inferenceCsv(runs) : layerCsv(inspections)
  return { text, leftOut: [...comparisons, ...leftOut] }
}
