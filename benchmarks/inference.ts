/** What a model costs to run: opens it, finds its inputs and sensors, and measures it at each batch size. */
import { ModelFactory } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { TraceFile } from '../profilers/trace-file.js'
import { InterruptedError, UsageError } from '../src/core/errors.js'
import type { InferenceRecord } from '../src/core/record.js'
import { batchSizes } from './batch-sizes.js'
import { chooseInputs } from './choose-inputs.js'
import type { Clock } from './clock.js'
import { type CoolDown, coolDown, NOT_COOLED } from './cool-down.js'
import { openFootprint } from './footprint.js'
import { measureBatch, type Run } from './measure-batch.js'
import { describeModel } from './model-record.js'
import type { InferenceOptions } from './options.js'
import { DEFAULTS, planProtocol } from './protocol-plan.js'
import { recordedOptions } from './recorded-options.js'
import { startTrace, traceRun } from './run-trace.js'
import { realSurroundings, type Surroundings } from './surroundings.js'

/**
 * Measures latency, throughput, energy and CO2 of a model, one batch size after the other.
 *
 * The engine blocks the thread while a batch runs. An abort ends the run after the batch in which it happens; what was
 * measured until then is returned with `complete: false`.
 *
 * @param surroundings - clock, engine and sensors; this machine's when left out
 * @returns one record per batch size, in the order asked for; after an interrupt those that were begun
 * @throws {UsageError} for options, a model and images that do not go together; nothing has been measured then
 * @throws {ProfilerError} when a profiler that was named is not available
 * @throws {FormatError | UnsupportedError} when the model cannot be read or run at the first batch size
 * @throws {MeasurementError} `E_TRACE_WRITE` when the trace cannot be begun
 * @throws {InterruptedError} when the signal aborts before anything is measured
 */
export async function benchmarkInference(
  options: InferenceOptions,
  surroundings: Surroundings = realSurroundings,
): Promise<InferenceRecord[]> {
  planProtocol(options, undefined)
  checkedSeed(options.seed)
  throwIfAborted(options.signal)
  const { model, load } = await openModel(options, surroundings.clock)
  const source = await chooseInputs(model, options, surroundings.clock)
  const sizes = batchSizes(options.batchSizes, source.fixedBatch)
  for (const size of sizes) source.shapes(size)
  await using footprint = await openFootprint(options, () => surroundings.clock.date())
  const described = await describeModel(model, { hash: true, signal: options.signal })
  const host = await surroundings.readHost()
  using trace = options.trace === undefined ? undefined : startTrace(options.trace, surroundings.clock.date())
  await using meter = await openSensors(options, surroundings, trace)
  const plan = planProtocol(options, meter)
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
  if (trace !== undefined) traceRun(trace, facts)
  // Awaited here, so that the sensors stay open until it is done.
  const run = { facts, meter, model, source, plan, options, surroundings, trace, begun: 0, firstInputs: undefined }
  return await measureAll(run, sizes)
}

/** A failure before anything was measured is thrown; later ones end in the record of their batch size. */
async function measureAll(run: Run, sizes: readonly number[]): Promise<InferenceRecord[]> {
  const records: InferenceRecord[] = []
  const celsius = sizes.length > 1 ? await celsiusNow(run) : undefined
  for (const size of sizes) {
    const cooled = records.length === 0 ? NOT_COOLED : await coolDownAfter(run, celsius)
    const { record, failure } = await measureBatch(run, size, cooled)
    const isEmpty = record.samples.latencySeconds.length === 0
    if (isEmpty && records.length === 0) throw failure ?? new InterruptedError()
    records.push(record)
    if (run.options.signal?.aborted) break
  }
  return records
}

const celsiusNow = ({ surroundings }: Run): Promise<number | undefined> =>
  surroundings.readConditions().then(
    ({ celsius }) => celsius,
    () => undefined,
  )

function coolDownAfter(run: Run, celsius: number | undefined): Promise<CoolDown> {
  const { plan, options, surroundings } = run
  return coolDown(plan.cooldown, celsius, {
    clock: surroundings.clock,
    readCelsius: () => celsiusNow(run),
    signal: options.signal,
    onWait: (done) => options.onProgress?.({ phase: 'cooldown', done, total: plan.cooldown }),
  })
}

async function openModel(
  { model, loadDuration, formats, signal, onProgress }: InferenceOptions,
  clock: Clock,
): Promise<{ readonly model: Model; readonly load?: number }> {
  if (typeof model !== 'string') return loadDuration === undefined ? { model } : { model, load: loadDuration }
  onProgress?.({ phase: 'load', done: 0, total: 1 })
  const before = clock.now()
  const factory = formats ?? ModelFactory.withPredefinedFormats()
  const opened = await factory.open(model, signal === undefined ? {} : { signal })
  return { model: opened, load: clock.now() - before }
}

function openSensors(
  options: InferenceOptions,
  surroundings: Surroundings,
  trace: TraceFile | undefined,
): Promise<EnergyMeter> {
  const { profilerRegistry, profilers, samplingInterval, cpuTdp, gpus, powerLog } = options
  return surroundings.openMeter({
    profilers: profilers ?? ['auto'],
    ...(profilerRegistry === undefined ? {} : { registry: profilerRegistry }),
    ...(trace === undefined ? {} : { trace }),
    ...(samplingInterval === undefined ? {} : { samplingInterval }),
    ...(cpuTdp === undefined ? {} : { cpuTdp }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(powerLog === undefined ? {} : { powerLog }),
  })
}

/** The generator takes 32 bits; a seed that loses some would not be the one that the record names. */
function checkedSeed(seed: number = DEFAULTS.seed): number {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed
  throw new UsageError('E_SEED', `the seed is ${seed}, expected a whole number from 0 to ${2 ** 32 - 1}`)
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InterruptedError()
}
