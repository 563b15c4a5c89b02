/** Writes what a training finds out into a trace as it goes; `replayTraining` makes the record from it again. */
import type { TraceFile } from '../profilers/trace-file.js'
import type { TrainingRecord } from '../src/core/record.js'
import type { Conditions } from './conditions.js'
import type { Footprint } from './footprint.js'
import type { IdleBaseline } from './idle-baseline.js'
import type { RunFacts } from './inference-record.js'
import { BatchTrace, intensities } from './run-trace.js'
import type { EventOf } from './trace-events.js'
import type { TrainingPart } from './training-part.js'
import type { TrainingFacts } from './training-record.js'

const DAY_MILLISECONDS = 24 * 3600 * 1000

const STEPS_IN_A_LINE = 256

/** Lines of one training; those that a batch size has too are written alike. */
export class TrainingTrace {
  readonly #file: TraceFile
  readonly #batch: BatchTrace
  #steps = 0

  constructor(file: TraceFile) {
    this.#file = file
    this.#batch = new BatchTrace(file, 0)
  }

  begin({ batchSize, startedAt }: Pick<TrainingFacts, 'batchSize' | 'startedAt'>): void {
    this.#batch.begin(batchSize, startedAt, 0)
  }

  idle(position: 'before' | 'after', baseline: IdleBaseline): void {
    this.#batch.idle(position, baseline)
  }

  /** Takes the latency of a step, seconds; some together make a line. */
  add(latency: number): void {
    this.#batch.add(latency)
    if (++this.#steps % STEPS_IN_A_LINE === 0) this.#batch.latencies()
  }

  ready(facts: TrainingFacts, footprint: Footprint, conditions: Conditions | undefined): void {
    const { engine, settings, data, prepare, counts, missingCounts, resumed, target, measurement } = facts
    const { protocolStartedAt: start, warnings } = facts
    const event = {
      type: 'training',
      ...{ engine, settings, data, prepare, counts, missingCounts, resumed, target, warnings },
      warmupSeconds: measurement.warmupSeconds,
      conditions: conditions as EventOf<'training'>['conditions'],
      protocolStartedAt: start.toISOString(),
      intensities: intensities(footprint, start, new Date(start.getTime() + DAY_MILLISECONDS)),
    }
    this.#file.write(event)
  }

  part({ energy, failure: _, ...part }: TrainingPart): void {
    this.#batch.latencies()
    this.#file.write({ type: 'part', ...part, losses: [...part.losses], energyAt: energy?.startedAt })
  }

  /** @param run - with the sensors as they were when the record was made */
  done(facts: TrainingFacts, record: TrainingRecord, { meter, footprint }: RunFacts): void {
    const { completedAt, measurement, conditions, warnings, protocolStartedAt, data, files, saving } = facts
    const { stopReason, samplerCpuSeconds, use, power, warnings: measurementWarnings } = measurement
    const { id, latency, throughput, samples } = record
    this.#file.write({
      type: 'trained',
      id,
      completedAt: completedAt.toISOString(),
      ...{ stopReason, samplerCpuSeconds, use, power: [...power], data, files, saving, measurementWarnings, warnings },
      conditions: conditions?.after,
      ...{ latency, throughput, latencySeconds: samples.latencySeconds, latencyEvery: samples.latencyEvery },
      sampling: meter?.sampling() ?? [],
      meterWarnings: meter?.warnings ?? [],
      intensities: intensities(footprint, protocolStartedAt, completedAt),
    })
  }
}
