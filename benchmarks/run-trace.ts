/** Writes what a run finds out into a trace as it goes; `replay` makes the record from it again. */
import { TraceFile } from '../profilers/trace-file.js'
import { MeasurementError } from '../src/core/errors.js'
import type { InferenceRecord } from '../src/core/record.js'
import type { Conditions } from './conditions.js'
import type { Footprint } from './footprint.js'
import type { IdleBaseline } from './idle-baseline.js'
import type { BatchFacts, RunFacts } from './inference-record.js'
import { LatencyRecorder } from './latency-recorder.js'
import type { MeasuredWindow } from './protocol.js'
import { type EventOf, TRACE_VERSION } from './trace-events.js'
import { greenbenchVersion } from './versions.js'
import type { WarmUp } from './warm-up.js'

/** Latencies in one line at most; more are thinned evenly. */
const MOST_LATENCIES = 512

/**
 * Begins a trace; one that stood there is overwritten.
 *
 * @throws {MeasurementError} `E_TRACE_WRITE` when it cannot be written
 */
export function startTrace(path: string, startedAt: Date): TraceFile {
  try {
    const file = TraceFile.create(path)
    const start: EventOf<'start'> = {
      type: 'start',
      traceVersion: TRACE_VERSION,
      greenbench: greenbenchVersion(),
      startedAt: startedAt.toISOString(),
    }
    file.write(start)
    return file
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MeasurementError('E_TRACE_WRITE', `cannot write the trace ${path}: ${reason}`, { cause })
  }
}

/** Writes what holds for all batch sizes. */
export function traceRun(file: TraceFile, facts: RunFacts): void {
  const { meter, host, footprint, options, ...others } = facts
  const { series: _, ...shown } = footprint
  file.write({
    type: 'run',
    ...others,
    host: { ...host },
    footprint: shown,
    options: { ...options },
    profilers: meter?.profilers ?? [],
    refusals: meter?.refusals ?? [],
    warnings: meter?.warnings ?? [],
  })
}

/** Lines of one batch size. */
export class BatchTrace {
  readonly #file: TraceFile
  readonly #batch: number
  #recent = new LatencyRecorder(MOST_LATENCIES)

  readonly #run: number | undefined

  /**
   * @param batch - counts the batch sizes of the run from 0, in a comparison those of all competitors
   * @param run - place of the competitor among those of a comparison
   */
  constructor(file: TraceFile, batch: number, run?: number) {
    this.#file = file
    this.#batch = batch
    this.#run = run
  }

  begin(batchSize: number, startedAt: Date, cooldown: number): void {
    this.#write('batch', { run: this.#run, batchSize, startedAt: startedAt.toISOString(), cooldown })
  }

  ready(facts: ReadyFacts, footprint: Footprint, conditions?: Conditions): void {
    const { engine, prepare, counts, layers, missingCounts, inputs, warnings, protocolStartedAt } = facts
    const { pool: _, warnings: inputWarnings = [], ...known } = inputs ?? { pool: undefined }
    const start = protocolStartedAt ?? facts.startedAt
    this.#write('ready', {
      ...{ engine, prepare, counts, layers, missingCounts, ...known, conditions },
      warnings: [...warnings, ...inputWarnings],
      protocolStartedAt: start.toISOString(),
      intensities: intensities(footprint, start, new Date(start.getTime() + DAY_MILLISECONDS)),
    })
  }

  idle(position: 'before' | 'after', { seconds, cpuShare, energy, partWatts, warnings }: IdleBaseline): void {
    this.#write('idle', { position, seconds, cpuShare, energyAt: energy?.startedAt, partWatts, warnings })
  }

  warmUp({ seconds, batches, isSteady, warnings }: WarmUp): void {
    this.#write('warmup', { seconds, batches, isSteady, warnings })
  }

  /** Takes a latency, seconds; it is written with the next line of latencies. */
  add(latency: number): void {
    this.#recent.add(latency)
  }

  /** Writes the latencies taken since the last time. */
  latencies(): void {
    const { count, total, shortest, longest, every, samples } = this.#recent
    if (count === 0) return
    this.#write('latencies', { count, total, shortest, longest, every, values: [...samples] })
    this.#recent = new LatencyRecorder(MOST_LATENCIES)
  }

  window({ energy, ...window }: MeasuredWindow): void {
    this.latencies()
    this.#write('window', { ...window, energyAt: energy?.startedAt })
  }

  /** @param run - with the sensors as they were when the record was made */
  done(batch: BatchFacts, record: InferenceRecord, { meter, footprint }: RunFacts): void {
    const { completedAt, measurement, conditions, warnings, protocolStartedAt = batch.startedAt } = batch
    const { stopReason, samplerCpuSeconds, loopCpuSeconds, use, warnings: measurementWarnings } = measurement
    const { id, latency, throughput, samples } = record
    this.#write('done', {
      id,
      completedAt: completedAt.toISOString(),
      ...{ stopReason, samplerCpuSeconds, loopCpuSeconds, use, measurementWarnings, warnings },
      conditions: conditions?.after,
      ...{ latency, throughput, latencySeconds: samples.latencySeconds, latencyEvery: samples.latencyEvery },
      sampling: meter?.sampling() ?? [],
      meterWarnings: meter?.warnings ?? [],
      intensities: intensities(footprint, protocolStartedAt, completedAt),
    })
  }

  #write(type: string, facts: Readonly<Record<string, unknown>>): void {
    this.#file.write({ type, batch: this.#batch, ...facts })
  }
}

type ReadyFacts = Omit<BatchFacts, 'completedAt' | 'measurement'>

const DAY_MILLISECONDS = 24 * 3600 * 1000

/** Figures by time, where they change with it; those of a table by hour are known for the day ahead. */
export function intensities({ series }: Footprint, start: Date, end: Date): EventOf<'done'>['intensities'] {
  return series()
    ?.between(start, end)
    .map((stretch) => ({ from: stretch.start.toISOString(), gramsPerKwh: stretch.value }))
}

/** A recorder that also hands each latency to a trace. */
export class TracedLatencies extends LatencyRecorder {
  readonly #trace: Pick<BatchTrace, 'add'>

  constructor(trace: Pick<BatchTrace, 'add'>) {
    super()
    this.#trace = trace
  }

  override add(latency: number): void {
    super.add(latency)
    this.#trace.add(latency)
  }
}
