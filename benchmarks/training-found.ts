/** What a training has found out so far, which grows while it goes on. */
import { LatencyRecorder } from './latency-recorder.js'
import type { TrainingRun } from './open-training-run.js'
import { TracedLatencies } from './run-trace.js'
import { GRADIENT_GRAPH, type TrainingMeasurement } from './training-measurement.js'
import type { TrainingDataset } from './training-options.js'
import type { TrainingPart } from './training-part.js'
import type { TrainingFacts } from './training-record.js'
import { settingsRecord } from './training-settings.js'
import type { TrainingTrace } from './training-trace.js'

/** What is known so far: what fails leaves what came before it. */
export type Found = { -readonly [Name in keyof Omit<TrainingFacts, 'measurement'>]: TrainingFacts[Name] } & {
  measurement: { -readonly [Name in keyof TrainingMeasurement]: TrainingMeasurement[Name] } & {
    latencies: LatencyRecorder
    parts: TrainingPart[]
  }
}

/** @returns the facts of a training before its first look at the data */
export function nothingFound(run: TrainingRun, trace: TrainingTrace | undefined): Found {
  const { settings, options, data, loss } = run
  const now = run.surroundings.clock.date()
  return {
    startedAt: now,
    completedAt: now,
    protocolStartedAt: now,
    engine: { name: GRADIENT_GRAPH, version: 'unknown', executionProvider: 'cpu', threads: 0, options: {} },
    batchSize: settings.batchSize,
    settings: settingsRecord(settings, { loss, augment: options.augment }),
    data: { ...dataFacts(data), training: data.trainingCount, validation: 0, skipped: [], skippedCount: 0 },
    prepare: 0,
    saving: 0,
    counts: undefined,
    missingCounts: [],
    files: {},
    target: options.untilAccuracy,
    measurement: {
      warmupSeconds: 0,
      parts: [],
      latencies: trace === undefined ? new LatencyRecorder() : new TracedLatencies(trace),
      power: [],
      stopReason: 'run failed',
      warnings: [],
    },
    warnings: [],
  }
}

/** What does not change when the images are decoded. */
export const dataFacts = ({ description, classes }: Pick<TrainingDataset, 'description' | 'classes'>) => ({
  description,
  classes: [...classes],
})
