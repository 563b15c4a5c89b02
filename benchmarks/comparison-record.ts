/** How engines compare that were measured in turn: ratios to the first of them, with their intervals. */
import { randomUUID } from 'node:crypto'
import { type PairedRatio, pairedRatio } from '../src/core/paired-ratio.js'
import type { ComparisonRecord, InferenceRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import type { Warning } from '../src/core/warning.js'
import type { RunFacts } from './inference-record.js'
import { type Outputs, relativeDifference } from './output-agreement.js'
import { secondsPerBatch } from './paired-protocol.js'
import type { MeasuredWindow, Measurement } from './protocol.js'
import { ownVersions } from './versions.js'

/** What the measurement gave. */
export interface ComparisonFacts {
  readonly facts: RunFacts
  readonly batchSize: number
  /** One per engine, the first is what the others are compared with. */
  readonly records: readonly InferenceRecord[]
  readonly measurements: readonly Measurement[]
  readonly order: readonly (readonly number[])[]
  readonly outputs: readonly Outputs[]
}

type Row = ComparisonRecord['engines'][number]

/** Differences of float32 sums in another order stay below this share. */
const AGREEMENT = 1e-3

/** @returns a record that fits the schema, complete or not */
export function comparisonRecord(found: ComparisonFacts): ComparisonRecord {
  const { facts, batchSize, records, order } = found
  const names = records.map(({ engine }) => engine.name)
  const rows = records.map((record, index) => rowOf(found, record, index))
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'comparison',
    id: randomUUID(),
    startedAt: records[0]?.startedAt ?? new Date().toISOString(),
    completedAt: records.at(-1)?.completedAt ?? new Date().toISOString(),
    complete: records.every(({ complete }) => complete),
    model: facts.model,
    batchSize,
    baseline: names[0] ?? '',
    engines: rows,
    order: order.map((turns) => turns.map((turn) => names[turn] ?? '')),
    seed: facts.seed,
    missing: rows.flatMap(missingOf),
    warnings: rows.flatMap(disagreement),
    versions: ownVersions(),
    options: { ...facts.options },
  }
}

function rowOf({ measurements, batchSize, outputs }: ComparisonFacts, record: InferenceRecord, index: number): Row {
  const own = measurements[index]?.windows ?? []
  const base = measurements[0]?.windows ?? []
  const time = index === 0 ? undefined : ratioOf(own, base, secondsPerBatch)
  const energy = index === 0 ? undefined : ratioOf(own, base, joulesPerBatch)
  const difference = index === 0 ? undefined : relativeDifference(outputs[index] ?? new Map(), outputs[0] ?? new Map())
  return {
    name: record.engine.name,
    version: record.engine.version,
    executionProvider: record.engine.executionProvider,
    threads: record.engine.threads,
    record: record.id,
    blocks: own.map((window) => blockOf(window, batchSize)),
    ...(time === undefined ? {} : { timeRatio: { ...time } }),
    ...(energy === undefined ? {} : { energyRatio: { ...energy } }),
    ...(difference === undefined || !Number.isFinite(difference) ? {} : { outputDifference: difference }),
  }
}

type PerBatch = (window: MeasuredWindow | undefined) => number

const ratioOf = (
  own: readonly MeasuredWindow[],
  base: readonly MeasuredWindow[],
  figure: PerBatch,
): PairedRatio | undefined => pairedRatio(own.map((window, round) => [figure(window), figure(base[round])]))

const joulesPerBatch: PerBatch = (window) =>
  window?.energy?.joules === undefined || window.batches === 0 ? 0 : window.energy.joules / window.batches

function blockOf(window: MeasuredWindow, batchSize: number): Row['blocks'][number] {
  const joules = joulesPerBatch(window)
  return {
    batches: window.batches,
    secondsPerBatch: secondsPerBatch(window),
    ...(joules === 0 ? {} : { joulesPerInference: joules / batchSize }),
  }
}

function missingOf({ name, timeRatio, energyRatio, blocks }: Row, index: number): ComparisonRecord['missing'] {
  if (index === 0) return []
  const lack = (isLacking: boolean, field: string, reason: string) => (isLacking ? [{ field, reason }] : [])
  const few = `${name}: fewer than two rounds`
  const hasEnergy = blocks.some(({ joulesPerInference }) => joulesPerInference !== undefined)
  return [
    ...lack(timeRatio === undefined, `engines.${index}.timeRatio`, few),
    ...lack(energyRatio === undefined, `engines.${index}.energyRatio`, hasEnergy ? few : 'nothing measured the energy'),
  ]
}

function disagreement({ name, outputDifference: difference }: Row, index: number): Warning[] {
  if (index === 0 || (difference !== undefined && difference <= AGREEMENT)) return []
  const by =
    difference === undefined
      ? 'in name, type, size or whole numbers'
      : `by ${(difference * 100).toPrecision(2)}% of the largest`
  return [
    {
      code: 'W_OUTPUTS_DIFFER',
      message: `outputs of ${name} differ ${by} from those of the first engine`,
      hint: 'the engines may not compute the same; leave one of them out',
    },
  ]
}
