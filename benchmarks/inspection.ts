/** What a model file tells without being run: its signature and its counts. Weights are read for a digest only. */
import { randomUUID } from 'node:crypto'
import { ModelFactory } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import type { InspectionRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import { countModel } from './model-counts.js'
import { describeModel } from './model-record.js'
import { openOptions } from './open-options.js'
import type { InspectionOptions } from './options.js'
import { ownVersions } from './versions.js'

/**
 * Counts parameters, MACs, FLOPs and memory of a model from its file.
 *
 * @throws {FormatError} when the file is not a model, or broken
 * @throws {InterruptedError} when `signal` is aborted
 */
export async function inspectModel(options: InspectionOptions): Promise<InspectionRecord> {
  const startedAt = new Date().toISOString()
  const model = typeof options.model === 'string' ? await openModel(options.model, options) : options.model
  const { counts, operators, layers, missing } = await countModel(model, options)
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'inspection',
    id: randomUUID(),
    startedAt,
    completedAt: new Date().toISOString(),
    complete: true,
    model: await describeModel(model, { hash: options.hash === true, signal: options.signal }),
    ...(counts === undefined ? {} : { counts }),
    operators,
    ...(options.layers === true && layers !== undefined ? { layers: [...layers] } : {}),
    missing,
    warnings: [],
    versions: ownVersions(),
    options: optionsForRecord(options),
  }
}

function openModel(path: string, { formats, signal, inputShapes }: InspectionOptions): Promise<Model> {
  const factory = formats ?? ModelFactory.withPredefinedFormats()
  return factory.open(path, openOptions({ signal, inputShapes }))
}

function optionsForRecord({ inputShapes, batchSize, layers, hash }: InspectionOptions): Record<string, unknown> {
  return {
    batchSize: batchSize ?? 1,
    inputShapes: Object.fromEntries(inputShapes ?? []),
    layers: layers === true,
    hash: hash === true,
  }
}
