/** Records of many machines and models, and the runs that a leaderboard keeps of them. */
import type { InferenceRecord } from '../../src/core/record.js'
import type { LeaderboardRun } from '../../src/results/leaderboard/leaderboard.js'
import { runOf } from '../../src/results/leaderboard/run.js'
import { sampleInference, withPerInference } from './sample-records.js'

/** What sets one run apart from another. */
export interface RunFacts {
  readonly id?: string
  readonly model?: string
  readonly cpu?: string
  readonly batchSize?: number
  readonly joules?: number
  /** Half-width of the interval by the joules. */
  readonly relative?: number
  readonly top1?: number
  readonly path?: string
  readonly startedAt?: string
}

/** A measured record of an ImageNet classifier on a processor; change it freely. */
export function sampleRecord({
  id = 'run-1',
  model = 'resnet18',
  cpu = 'Example(R) CPU 1000',
  batchSize = 1,
  joules = 0.5,
  relative = 0.02,
  top1 = 0.7,
  startedAt = '2026-03-01T10:00:00.000Z',
}: RunFacts = {}): InferenceRecord {
  const perInference = { joules, low: joules * (1 - relative), high: joules * (1 + relative) }
  const record = withPerInference(sampleInference(), perInference)
  return {
    ...record,
    id,
    startedAt,
    batchSize,
    model: { ...record.model, name: model, sha256: sha256Of(model) },
    host: { cpu: { model: cpu, packages: 1, physicalCores: 4, logicalCpus: 8 }, memoryBytes: 16e9 },
    images: { count: 50_000, skipped: [], skippedCount: 0, classes: 1000 },
    accuracy: { top1, top5: Math.min(1, top1 + 0.1), count: 50_000 },
  }
}

/** The run that a leaderboard keeps of such a record. */
export function sampleRun(facts: RunFacts = {}): LeaderboardRun {
  const record = sampleRecord(facts)
  return runOf(record, { path: facts.path ?? `results/${record.id}.json`, sha256: sha256Of(record.id), index: 0 })
}

const sha256Of = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
