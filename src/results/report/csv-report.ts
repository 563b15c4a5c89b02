/** A report as one table for all kinds of records: a row for each figure, part of the budget, condition, doubt and gap. */
import type { ResultRecord } from '../../core/record.js'
import { type CsvValue, toCsv } from '../csv.js'
import { type Exportable, exportablesOf } from '../export/exportable.js'
import { freeFormRows } from '../free-form-rows.js'
import { withRuns } from './report-order.js'

/** One row; what does not apply is absent. */
interface Row {
  readonly of: Exportable
  readonly part: 'figure' | 'budget' | 'host' | 'conditions' | 'versions' | 'options' | 'warning' | 'missing'
  readonly name: string
  readonly value?: number
  readonly low?: number | undefined
  readonly high?: number | undefined
  readonly unit?: string
  readonly restsOn?: string
  readonly text?: string
}

const COLUMNS: Readonly<Record<string, (row: Row) => CsvValue>> = {
  id: ({ of }) => of.record.id,
  kind: ({ of }) => of.record.kind,
  model: ({ of }) => of.record.model.name,
  batch_size: ({ of }) => of.labels.batch_size,
  engine: ({ of }) => of.labels.engine,
  started_at: ({ of }) => of.record.startedAt,
  complete: ({ of }) => of.record.complete,
  part: ({ part }) => part,
  name: ({ name }) => name,
  value: ({ value }) => value,
  low: ({ low }) => low,
  high: ({ high }) => high,
  unit: ({ unit }) => unit,
  rests_on: ({ restsOn }) => restsOn,
  text: ({ text }) => text,
}

/** @returns SI units, named in the column `unit`; relative half-widths for the budget */
export const csvReport = (records: readonly ResultRecord[]): string =>
  toCsv(exportablesOf(withRuns(records)).exported.flatMap(rowsOf), COLUMNS)

function rowsOf(of: Exportable): readonly Row[] {
  const { record, figures } = of
  const budget = record.kind === 'inspection' ? [] : (record.energy?.budget ?? [])
  return [
    ...figures.map(({ name, unit, figure, kind }) => ({
      of,
      part: 'figure' as const,
      name,
      ...figure,
      unit,
      restsOn: kind,
    })),
    ...budget.map(({ source, relative, of: whose = 'gross' }) => ({
      ...{ of, part: 'budget' as const, name: source, value: relative, unit: 'ratio', text: whose },
    })),
    ...freeFormParts(record).flatMap(([part, values]) =>
      freeFormRows(values).rows.map(([name, text]) => ({ of, part, name, text })),
    ),
    ...record.warnings.map(({ code, message, hint }) => ({
      ...{ of, part: 'warning' as const, name: code, text: `${message}; ${hint}` },
    })),
    ...record.missing.map(({ field, reason }) => ({ of, part: 'missing' as const, name: field, text: reason })),
  ]
}

function freeFormParts(record: Exportable['record']): readonly (readonly [Row['part'], unknown])[] {
  const { versions, options } = record
  const run =
    record.kind === 'inspection'
      ? []
      : ([
          ['host', record.host],
          ['conditions', record.conditions],
        ] as const)
  return [...run, ['versions', versions], ['options', options]]
}
