/** Records as a file for other programs. */
import type { ResultRecord } from '../../core/record.js'
import type { LeftOut } from '../left-out.js'
import { inferenceCsv, layerCsv, trainingCsv } from '../record-csv.js'
import { recordsToJson } from '../record-file.js'
import { exportablesOf } from './exportable.js'

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

/** Kinds of records by what their rows are, the first that is there makes the file: they have no columns in common. */
const ROWS = [
  ['inference', 'runs'],
  ['training', 'epochs'],
  ['inspection', 'layers'],
] as const

function csvFile(records: readonly ResultRecord[]): ExportFile {
  const { exported, leftOut: comparisons } = exportablesOf(records)
  const single = exported.map(({ record }) => record)
  const [first, rows] = ROWS.find(([kind]) => single.some((record) => record.kind === kind)) ?? ROWS[0]
  const others = single.filter(({ kind }) => kind !== first)
  const reason = `a table of ${rows} has no columns for it`
  const leftOut = others.map(({ kind, model }) => ({ what: `the ${kind} of ${model.name}`, reason }))
  return { text: CSV_TABLES[first](single), leftOut: [...comparisons, ...leftOut] }
}

const CSV_TABLES: Readonly<Record<(typeof ROWS)[number][0], (records: readonly ResultRecord[]) => string>> = {
  inference: (records) => inferenceCsv(records.filter((record) => record.kind === 'inference')),
  training: (records) => trainingCsv(records.filter((record) => record.kind === 'training')),
  inspection: (records) => layerCsv(records.filter((record) => record.kind === 'inspection')),
}
