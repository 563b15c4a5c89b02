/** How competitors compare that were measured in turn: ratios to the first of them, and the differences of every two. */
import { randomUUID } from 'node:crypto'
import { GreenbenchError } from '../src/core/errors.js'
import { pairedRatio } from '../src/core/paired-ratio.js'
import type { ComparisonRecord, InferenceRecord } from '../src/core/record.js'
import { SCHEMA_VERSION } from '../src/core/schema-version.js'
import type { Warning } from '../src/core/warning.js'
import { differencesOf, ranksOf } from './competitor-differences.js'
import type { Dropout } from './dropout.js'
import type { RunFacts } from './inference-record.js'
import { type Outputs, relativeDifference } from './output-agreement.js'
import {
  type Block,
  type BlockFigure,
  joulesPerBatch,
  type PairedMeasurement,
  pairsOf,
  secondsPerBatch,
} from './paired-protocol.js'
import { ownVersions } from './versions.js'

/** What the measurement gave; lists are in the order of the competitors, of which the first is what others are compared with. */
export interface ComparisonFacts extends Pick<PairedMeasurement, 'blocks' | 'order'> {
  /** Of any competitor: what they have in common. */
  readonly facts: Pick<RunFacts, 'seed' | 'options'>
  readonly batchSize: number
  readonly names: readonly string[]
  readonly records: readonly InferenceRecord[]
  readonly outputs: readonly Outputs[]
  readonly dropouts: readonly Dropout[]
}

type Row = ComparisonRecord['competitors'][number]

/** Differences of float32 sums in another order stay below this share. */
const AGREEMENT = 1e-3

/** @returns a record that fits the schema, complete or not */
export function comparisonRecord(found: ComparisonFacts): ComparisonRecord {
  const { facts, batchSize, names, records, order, dropouts } = found
  const differences = differencesOf(found)
  const { ranks, rankedBy } = ranksOf(names, differences)
  const competitors = names.map((_, index) => rowOf(found, index, ranks[index]))
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'comparison',
    id: randomUUID(),
    startedAt: records[0]?.startedAt ?? new Date().toISOString(),
    completedAt: records.at(-1)?.completedAt ?? new Date().toISOString(),
    complete: records.every(({ complete }) => complete),
    batchSize,
    baseline: names[0] ?? '',
    ...(rankedBy === undefined ? {} : { rankedBy }),
    competitors,
    differences: [...differences],
    failed: [...dropouts.map(reasonOf)],
    order: order.map((turns) => turns.map((turn) => names[turn] ?? '')),
    seed: facts.seed,
    missing: competitors.flatMap(missingOf),
    warnings: disagreements(found),
    versions: ownVersions(),
    options: { ...facts.options },
    records: [...records],
  }
}

function reasonOf({ name, cause }: Dropout): ComparisonRecord['failed'][number] {
  const message = cause instanceof Error ? cause.message : String(cause)
  const hint = cause instanceof GreenbenchError ? cause.hint : undefined
  return { name, reason: hint === undefined ? message : `${message}; ${hint}` }
}

function rowOf(found: ComparisonFacts, index: number, rank: number | undefined): Row {
  const { names, records, blocks, batchSize } = found
  const own = blocks[index] ?? []
  const record = records[index]
  const ratio = (figure: BlockFigure) => pairedRatio(pairsOf(own, blocks[0] ?? [], figure))
  const time = index === 0 ? undefined : ratio(secondsPerBatch)
  const energy = index === 0 ? undefined : ratio(joulesPerBatch)
  const difference = outputDifference(found, index)
  return {
    name: names[index] ?? '',
    model: record?.model.name ?? '',
    engine: record?.engine.name ?? '',
    record: record?.id ?? '',
    ...(rank === undefined ? {} : { rank }),
    blocks: own.map((block) => blockOf(block, batchSize)),
    ...(time === undefined ? {} : { timeRatio: { ...time } }),
    ...(energy === undefined ? {} : { energyRatio: { ...energy } }),
    ...(difference === undefined || !Number.isFinite(difference) ? {} : { outputDifference: difference }),
  }
}

/** Only the same model owes the same outputs. */
function outputDifference({ records, outputs }: ComparisonFacts, index: number): number | undefined {
  const twin = twinOf(records, index)
  return twin === undefined ? undefined : relativeDifference(outputs[index] ?? new Map(), outputs[twin] ?? new Map())
}

function twinOf(records: readonly InferenceRecord[], index: number): number | undefined {
  const digest = records[index]?.model.sha256
  const twin = records.findIndex(({ model }) => digest !== undefined && model.sha256 === digest)
  return twin < 0 || twin >= index ? undefined : twin
}

function blockOf(block: Block, batchSize: number): Row['blocks'][number] {
  const joules = joulesPerBatch(block)
  return {
    batches: block.reduce((sum, { batches }) => sum + batches, 0),
    secondsPerBatch: secondsPerBatch(block) ?? 0,
    ...(joules === undefined ? {} : { joulesPerInference: joules / batchSize }),
  }
}

function missingOf({ name, timeRatio, energyRatio, blocks }: Row, index: number): ComparisonRecord['missing'] {
  if (index === 0) return []
  const lack = (isLacking: boolean, field: string, reason: string) => (isLacking ? [{ field, reason }] : [])
  const few = `${name}: fewer than two rounds`
  const hasEnergy = blocks.some(({ joulesPerInference }) => joulesPerInference !== undefined)
  const reason = hasEnergy ? few : 'nothing measured the energy'
  return [
    ...lack(timeRatio === undefined, `competitors.${index}.timeRatio`, few),
    ...lack(energyRatio === undefined, `competitors.${index}.energyRatio`, reason),
  ]
}

function disagreements(found: ComparisonFacts): Warning[] {
  return found.names.flatMap((name, index) => {
    const difference = outputDifference(found, index)
    if (difference === undefined || difference <= AGREEMENT) return []
    const by = Number.isFinite(difference)
      ? `by ${(difference * 100).toPrecision(2)}% of the largest`
      : 'in name, type, size or whole numbers'
    const other = found.names[twinOf(found.records, index) ?? 0]
    return [
      {
        code: 'W_OUTPUTS_DIFFER',
        message: `outputs of ${name} differ ${by} from those of ${other}`,
        hint: 'the engines may not compute the same; leave one of them out',
      },
    ]
  })
}
