/** Records as other programs take them: which run it was, and its figures. */
import type { ResultRecord } from '../../core/record.js'
import type { LeftOut } from '../left-out.js'
import { COUNTED_FIGURES } from './counted-figures.js'
import { figuresOf, type PresentFigure } from './figures.js'
import { INFERENCE_FIGURES } from './inference-figures.js'
import { TRAINING_FIGURES } from './training-figures.js'

/** One record for another program. */
export interface Exportable {
  readonly record: Exclude<ResultRecord, { readonly kind: 'comparison' }>
  /** What tells this run from others, by names in snake case. */
  readonly labels: Readonly<Record<string, string>>
  readonly figures: readonly PresentFigure[]
}

/** @returns the records in their order, those that a comparison holds in its place */
export function exportablesOf(records: readonly ResultRecord[]): {
  readonly exported: readonly Exportable[]
  readonly leftOut: readonly LeftOut[]
} {
  const exported = records
    .flatMap((record): Exportable['record'][] => (record.kind === 'comparison' ? record.records : [record]))
    .map(exportableOf)
  const leftOut = records
    .filter((record) => record.kind === 'comparison')
    .map(({ competitors }) => ({
      what: `the comparison of ${competitors.map(({ name }) => name).join(', ')}`,
      reason: 'its competitors have records of their own',
    }))
  return { exported, leftOut }
}

function exportableOf(record: Exportable['record']): Exportable {
  const { model, kind } = record
  const file = { kind, model: model.name, format: model.format }
  if (kind === 'inspection') {
    const batch = record.counts?.batchSize
    const labels = { ...file, ...(batch === undefined ? {} : { batch_size: String(batch) }) }
    return { record, labels, figures: figuresOf(record, COUNTED_FIGURES) }
  }
  const { engine, batchSize } = record
  const run = {
    ...file,
    batch_size: String(batchSize),
    engine: engine.name,
    engine_version: engine.version,
    execution_provider: engine.executionProvider,
    threads: String(engine.threads),
  }
  if (kind === 'inference') {
    return { record, labels: { ...run, input: record.input.kind }, figures: figuresOf(record, INFERENCE_FIGURES) }
  }
  const { optimizer, loss } = record.settings
  return { record, labels: { ...run, optimizer, loss }, figures: figuresOf(record, TRAINING_FIGURES) }
}
