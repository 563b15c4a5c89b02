/** What a model costs to run, measured at one batch size after the other. */
import { InterruptedError } from '../src/core/errors.js'
import type { InferenceRecord } from '../src/core/record.js'
import { type CoolDown, coolDown, NOT_COOLED } from './cool-down.js'
import { measureBatch, type Run } from './measure-batch.js'
import { openRun } from './open-run.js'
import type { InferenceOptions } from './options.js'
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
  return openRun(options, surroundings, measureAll)
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
