/** Everything that holds for a whole run: the model, its inputs, the sensors and the facts of the machine. */
import { ModelFactory } from '../formats/factory.js'
import type { Model } from '../formats/format.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { TraceFile } from '../profilers/trace-file.js'
import { InterruptedError, UsageError } from '../src/core/errors.js'
import { batchSizes } from './batch-sizes.js'
import { chooseInputs } from './choose-inputs.js'
import type { Clock } from './clock.js'
import { openFootprint } from './footprint.js'
import type { Run } from './measure-batch.js'
import { describeModel } from './model-record.js'
import type { InferenceOptions } from './options.js'
import { DEFAULTS, planProtocol } from './protocol-plan.js'
import { recordedOptions } from './recorded-options.js'
import { startTrace, traceRun } from './run-trace.js'
import type { Surroundings } from './surroundings.js'

/**
 * Opens what a run needs, and closes the sensors when it is done.
 *
 * @param use - gets the run and the batch sizes, in the order asked for
 * @throws what `benchmarkInference` throws before it measures
 */
export async function openRun<Result>(
  options: InferenceOptions,
  surroundings: Surroundings,
  use: (run: Run, sizes: readonly number[]) => Promise<Result>,
): Promise<Result> {
  planProtocol(options, undefined)
  checkedSeed(options.seed)
  throwIfAborted(options.signal)
  const { model, load } = await openModel(options, surroundings.clock)
  const source = await chooseInputs(model, options, surroundings.clock)
  const sizes = batchSizes(options.batchSizes, source.fixedBatch)
  for (const size of sizes) source.shapes(size)
  // Whoever interrupts the run does not wait for a service either.
  const live = options.live && { signal: options.signal, ...options.live }
  await using footprint = await openFootprint({ ...options, live }, () => surroundings.clock.date())
  throwIfAborted(options.signal)
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
  return await use(run, sizes)
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
