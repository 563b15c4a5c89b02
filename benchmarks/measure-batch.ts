/** Measures a model at one batch size: counts, session, inputs, protocol, record. */

import type { Model } from '../formats/format.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { TraceFile } from '../profilers/trace-file.js'
import { GreenbenchError, InterruptedError } from '../src/core/errors.js'
import type { InferenceRecord, LayerRecord } from '../src/core/record.js'
import { seconds } from '../src/core/units.js'
import type { Warning } from '../src/core/warning.js'
import type { Engine, EngineInfo, EngineOptions, Session } from '../src/engines/engine.js'
import type { Conditions } from './conditions.js'
import { NOT_COOLED } from './cool-down.js'
import { refuseEndlessWork } from './endless-work.js'
import { type BatchFacts, inferenceRecord, type RunFacts } from './inference-record.js'
import { LatencyRecorder } from './latency-recorder.js'
import { refuseWhatCannotFit } from './memory-need.js'
import { countModel, type ModelCountOptions, type ModelCounts } from './model-counts.js'
import type { InferenceOptions } from './options.js'
import type { InputSource, PreparedInputs } from './prepared-inputs.js'
import { type Measurement, type ProtocolParts, runProtocol } from './protocol.js'
import type { ProtocolPlan } from './protocol-plan.js'
import { BatchTrace } from './run-trace.js'
import type { StopReason } from './stop-reason.js'
import type { Surroundings } from './surroundings.js'

/** A run over one or more batch sizes. */
export interface Run {
  readonly facts: RunFacts
  readonly meter: EnergyMeter
  readonly model: Model
  readonly source: InputSource
  readonly plan: ProtocolPlan
  readonly options: InferenceOptions
  readonly surroundings: Surroundings
  /** Takes everything that is found out, as it is found out. */
  readonly trace?: TraceFile | undefined
  /** Batch sizes begun so far. */
  begun: number
  /** Of the first batch size, which looked at every image; set once that is done. */
  firstInputs: PreparedInputs | undefined
}

/** A record, and the error that kept it from being complete. */
export interface MeasuredBatch {
  readonly record: InferenceRecord
  readonly failure?: unknown
}

/** What is known of a batch size so far. */
export type Found = { -readonly [Name in keyof Omit<BatchFacts, 'completedAt'>]: BatchFacts[Name] }

/** Never throws: what fails ends in the record, with `failure` beside it. */
export async function measureBatch(run: Run, batchSize: number, cooled = NOT_COOLED): Promise<MeasuredBatch> {
  const { clock } = run.surroundings
  const engine = run.surroundings.engineFor(run.model, run.options.engineName)
  const found = nothingFound(batchSize, clock.date(), engine.name)
  found.cooldown = cooled.seconds
  found.warnings = cooled.warnings
  const trace = run.trace && new BatchTrace(run.trace, run.begun)
  run.begun++
  trace?.begin(batchSize, found.startedAt, cooled.seconds)
  let failure: unknown
  try {
    await findOut(run, engine, found, trace)
    failure = found.measurement.failure
  } catch (cause) {
    failure = cause
    found.measurement = nothingMeasured(cause instanceof InterruptedError ? 'interrupted' : 'run failed')
  }
  run.options.onProgress?.({ phase: 'finish', done: 1, total: 1 })
  const warnings = failure === undefined ? found.warnings : [failureWarning(failure), ...found.warnings]
  const facts = { ...found, warnings, completedAt: clock.date() }
  const meter = meterNow(run.meter)
  const record = inferenceRecord({ ...run.facts, meter }, facts)
  trace?.done(facts, record, { ...run.facts, meter })
  return failure === undefined ? { record } : { record, failure }
}

/** Sensors go on being read while the record is made. */
export function meterNow(meter: EnergyMeter): NonNullable<RunFacts['meter']> {
  const { profilers, refusals, warnings } = meter
  const taken = meter.sampling()
  return { profilers, refusals, warnings, sampling: () => taken }
}

async function findOut(run: Run, engine: Engine, found: Found, trace: BatchTrace | undefined): Promise<void> {
  const { plan, surroundings } = run
  const { session, inputs } = await openBatch(run, engine, found)
  try {
    const conditions = await conditionsNow(surroundings)
    found.protocolStartedAt = surroundings.clock.date()
    trace?.ready(found, run.facts.footprint, conditions)
    const parts = { ...protocolParts(run, found.batchSize), pool: inputs.pool }
    found.measurement = await runProtocol(plan, trace === undefined ? parts : { ...parts, trace })
    const after = await conditionsNow(surroundings)
    if (conditions !== undefined && after !== undefined) found.conditions = { before: conditions, after }
  } finally {
    await session.close()
  }
}

/**
 * Fills `found` step by step, so that a step that fails leaves those before it; the session is open at its end.
 *
 * @param beside - bytes that models need which are open already
 */
export async function openBatch(
  run: Run,
  engine: Engine,
  found: Found,
  beside = 0,
): Promise<{ readonly session: Session; readonly inputs: PreparedInputs }> {
  const { options, surroundings } = run
  const inputShapes = run.source.shapes(found.batchSize)
  const { layers, ...counted } = await countedModel(run.model, { inputShapes, batchSize: found.batchSize })
  Object.assign(found, counted, { layers: costliest(layers) })
  if (found.counts !== undefined) {
    refuseEndlessWork(found.counts)
    refuseWhatCannotFit(found.counts, run.facts.host, beside)
  }
  options.onProgress?.({ phase: 'prepare', done: 0, total: 1 })
  const before = surroundings.clock.now()
  const session = await engine.load(run.model, engineOptions(options, found.batchSize))
  try {
    found.prepare = surroundings.clock.now() - before
    found.engine = session.info
    found.inputs = await prepared(run, session, found.batchSize)
    return { session, inputs: found.inputs }
  } catch (cause) {
    await session.close()
    throw cause
  }
}

/** What is known before anything is done. */
export function nothingFound(batchSize: number, startedAt: Date, name: string): Found {
  const engine = { ...UNKNOWN_ENGINE, name }
  const measurement = nothingMeasured('run failed')
  return { batchSize, startedAt, engine, prepare: 0, counts: undefined, missingCounts: [], measurement, warnings: [] }
}

const UNKNOWN_ENGINE: EngineInfo = { name: '', version: 'unknown', executionProvider: 'cpu', threads: 0, options: {} }

function nothingMeasured(stopReason: StopReason): Measurement {
  const warmUp = { seconds: seconds(0), batches: 0, isSteady: false, warnings: [] }
  return { warmUp, windows: [], latencies: new LatencyRecorder(2), stopReason, warnings: [] }
}

/** A model that cannot be counted can still be run. */
export async function countedModel(
  model: Model,
  sizes: ModelCountOptions,
): Promise<Pick<BatchFacts, 'counts' | 'missingCounts'> & Partial<Pick<ModelCounts, 'layers'>>> {
  try {
    const { counts, missing, layers } = await countModel(model, sizes)
    return { counts, missingCounts: missing, layers }
  } catch (cause) {
    if (!(cause instanceof GreenbenchError)) throw cause
    return { counts: undefined, missingCounts: [{ field: 'counts', reason: cause.message }] }
  }
}

/** Layers that a record keeps. */
const MOST_LAYERS = 20

/** @returns those with most multiply-accumulates, the largest first; `undefined` where no layer has any */
function costliest(layers: readonly LayerRecord[] = []): readonly LayerRecord[] | undefined {
  const counted = layers.filter(({ macs = 0 }) => macs > 0)
  if (counted.length === 0) return undefined
  return counted.sort((one, other) => (other.macs ?? 0) - (one.macs ?? 0)).slice(0, MOST_LAYERS)
}

function engineOptions({ engine, signal }: InferenceOptions, batchSize: number): EngineOptions {
  return { threads: 0, ...engine, batchSize, ...(signal === undefined ? {} : { signal }) }
}

/** Images, their accuracy and their times are those of the pass over all of them. */
async function prepared(run: Run, session: Session, batchSize: number): Promise<PreparedInputs> {
  const first = run.firstInputs
  const inputs = await run.source.prepare(session, batchSize, first === undefined)
  run.firstInputs ??= inputs
  return first === undefined ? inputs : { ...first, pool: inputs.pool }
}

/** What a measurement touches beside the batches that it runs. */
export function protocolParts(
  {
    meter,
    options,
    surroundings,
  }: Pick<Run, 'meter' | 'surroundings'> & { readonly options: Pick<InferenceOptions, 'signal' | 'onProgress'> },
  batchSize: number,
): Omit<ProtocolParts, 'pool'> {
  const { signal, onProgress } = options
  return {
    batchSize,
    clock: surroundings.clock,
    readUse: () => surroundings.readUse?.(),
    ...(meter.profilers.length === 0 ? {} : { meter }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
}

/** A machine that cannot tell its state is no reason to lose a measurement. */
export const conditionsNow = (surroundings: Surroundings): Promise<Conditions | undefined> =>
  surroundings.readConditions().catch(() => undefined)

/** @returns the failure as a doubt about the record that it left incomplete */
export function failureWarning(cause: unknown): Warning {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (cause instanceof InterruptedError) {
    return { code: 'W_INTERRUPTED', message: 'the run was interrupted', hint: 'what was measured until then is kept' }
  }
  const hint = cause instanceof GreenbenchError ? cause.hint : undefined
  return { code: 'W_RUN_FAILED', message, hint: hint ?? 'what was measured until then is kept' }
}
