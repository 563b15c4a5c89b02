/** Everything that holds for a whole run: models with their inputs, and the machine with its sensors. */
import { ModelFactory, type OpenOptions } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { TraceFile } from '../profilers/trace-file.js'
import { InterruptedError, UsageError } from '../src/core/errors.js'
import type { ModelRecord } from '../src/core/record.js'
import { batchSizes } from './batch-sizes.js'
import { chooseInputs } from './choose-inputs.js'
import type { Clock } from './clock.js'
import { type Footprint, openFootprint } from './footprint.js'
import type { HostFacts } from './host.js'
import type { Run } from './measure-batch.js'
import { describeModel } from './model-record.js'
import { openOptions } from './open-options.js'
import type { InferenceOptions, RunOptions } from './options.js'
import type { InputSource } from './prepared-inputs.js'
import { DEFAULTS, type ProtocolPlan, planProtocol } from './protocol-plan.js'
import { recordedOptions } from './recorded-options.js'
import { startTrace, traceRun } from './run-trace.js'
import type { Surroundings } from './surroundings.js'

/** A model that is open, and what it will run on. */
export interface Subject {
  readonly options: InferenceOptions
  readonly model: Model
  /** Seconds that opening it took; absent when the caller opened it and does not tell. */
  readonly load?: number
  readonly described: ModelRecord
  readonly source: InputSource
  /** In the order asked for. */
  readonly sizes: readonly number[]
}

/** The machine while it is measured. */
export interface Machine {
  readonly surroundings: Surroundings
  readonly host: HostFacts
  readonly meter: EnergyMeter
  readonly footprint: Footprint
  readonly plan: ProtocolPlan
  readonly trace: TraceFile | undefined
  /** Batch sizes begun so far in the trace of a comparison. */
  begun: number
}

/**
 * Opens what a run of one model needs, and closes the sensors when it is done.
 *
 * @param use - gets the run and the batch sizes, in the order asked for
 * @throws what `benchmarkInference` throws before it measures
 */
export async function openRun<Result>(
  options: InferenceOptions,
  surroundings: Surroundings,
  use: (run: Run, sizes: readonly number[]) => Promise<Result>,
): Promise<Result> {
  checkOptions(options)
  const subject = await openSubject(options, surroundings.clock)
  return withMachine(options, surroundings, async (machine) => {
    const run = runOn(machine, subject)
    if (machine.trace !== undefined) traceRun(machine.trace, run.facts)
    return use(run, subject.sizes)
  })
}

/** @throws {UsageError} for numbers that cannot be; {InterruptedError} when the run is over before it begins */
export function checkOptions(options: RunOptions): void {
  planProtocol(options, undefined)
  checkedSeed(options.seed)
  throwIfAborted(options.signal)
}

/** How a model is opened among several. */
export interface SubjectChoice {
  /** How the path is read. */
  readonly open?: OpenOptions
  /** Fixes free dimensions of the model: input name -> sizes. */
  readonly inputShapes?: (model: Model) => ReadonlyMap<string, readonly number[]>
}

/**
 * Opens a model and looks for its inputs; nothing is decoded yet.
 *
 * @throws what `benchmarkInference` throws of a model and its inputs
 */
export async function openSubject(given: InferenceOptions, clock: Clock, choice: SubjectChoice = {}): Promise<Subject> {
  const { model, load } = await openModel(given, clock, choice.open ?? {})
  const options = choice.inputShapes === undefined ? given : { ...given, inputShapes: choice.inputShapes(model) }
  const source = await chooseInputs(model, options, clock)
  const sizes = batchSizes(options.batchSizes, source.fixedBatch)
  for (const size of sizes) source.shapes(size)
  const described = await describeModel(model, { hash: true, signal: options.signal })
  return { options, model, ...(load === undefined ? {} : { load }), described, source, sizes }
}

/**
 * @param use - awaited here, so that the sensors stay open until it is done
 * @param leastWindows - as in `planProtocol`
 */
export async function withMachine<Result>(
  options: RunOptions,
  surroundings: Surroundings,
  use: (machine: Machine) => Promise<Result>,
  leastWindows?: number,
): Promise<Result> {
  // Whoever interrupts the run does not wait for a service either.
  const live = options.live && { signal: options.signal, ...options.live }
  await using footprint = await openFootprint({ ...options, live }, () => surroundings.clock.date())
  throwIfAborted(options.signal)
  const host = await surroundings.readHost()
  using trace = options.trace === undefined ? undefined : startTrace(options.trace, surroundings.clock.date())
  await using meter = await openSensors(options, surroundings, trace)
  return await use({
    surroundings,
    host,
    meter,
    footprint,
    plan: planProtocol(options, meter, leastWindows),
    trace,
    begun: 0,
  })
}

/** @returns the model on the machine, before its first batch */
export function runOn(machine: Machine, subject: Subject): Run {
  const { host, meter, footprint, plan, surroundings, trace } = machine
  const { options, model, load, described, source, sizes } = subject
  const facts = {
    model: described,
    ...(load === undefined ? {} : { load }),
    input: source.description,
    host,
    meter,
    footprint,
    options: recordedOptions(options, plan, sizes),
    versions: source.versions,
    seed: checkedSeed(options.seed),
  }
  return { facts, meter, model, source, plan, options, surroundings, trace, begun: 0, firstInputs: undefined }
}

/** @returns the model, and the seconds that opening it took where that is known */
export async function openModel(
  {
    model,
    loadDuration,
    formats,
    signal,
    inputShapes,
    onProgress,
  }: Pick<InferenceOptions, 'model' | 'loadDuration' | 'formats' | 'signal' | 'inputShapes' | 'onProgress'>,
  clock: Clock,
  open: OpenOptions = {},
): Promise<{ readonly model: Model; readonly load?: number }> {
  if (typeof model !== 'string') return loadDuration === undefined ? { model } : { model, load: loadDuration }
  onProgress?.({ phase: 'load', done: 0, total: 1 })
  const before = clock.now()
  const factory = formats ?? ModelFactory.withPredefinedFormats()
  const opened = await factory.open(model, { ...openOptions({ signal, inputShapes }), ...open })
  return { model: opened, load: clock.now() - before }
}

function openSensors(
  options: RunOptions,
  surroundings: Surroundings,
  trace: TraceFile | undefined,
): Promise<EnergyMeter> {
  const { profilerRegistry, profilers, samplingInterval, cpuTdp, gpus, powerLog, sensorRoot: root } = options
  return surroundings.openMeter({
    profilers: profilers ?? ['auto'],
    ...(profilerRegistry === undefined ? {} : { registry: profilerRegistry }),
    ...(trace === undefined ? {} : { trace }),
    ...(samplingInterval === undefined ? {} : { samplingInterval }),
    ...(cpuTdp === undefined ? {} : { cpuTdp }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(powerLog === undefined ? {} : { powerLog }),
    ...(root === undefined ? {} : { root }),
  })
}

/** The generator takes 32 bits; a seed that loses some would not be the one that the record names. */
export function checkedSeed(seed: number = DEFAULTS.seed): number {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed
  throw new UsageError('E_SEED', `the seed is ${seed}, expected a whole number from 0 to ${2 ** 32 - 1}`)
}

/** @throws {InterruptedError} */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InterruptedError()
}
