/** The same model on several engines: one record for each, and how they compare, measured in turn. */
import { InterruptedError, UsageError } from '../src/core/errors.js'
import type { ComparisonRecord, InferenceRecord } from '../src/core/record.js'
import type { Session } from '../src/engines/engine.js'
import type { EngineName } from '../src/engines/engine-names.js'
import { comparisonRecord } from './comparison-record.js'
import { inferenceRecord } from './inference-record.js'
import {
  conditionsNow,
  type Found,
  meterNow,
  nothingFound,
  openBatch,
  protocolParts,
  type Run,
} from './measure-batch.js'
import { openRun } from './open-run.js'
import type { InferenceOptions } from './options.js'
import { outputsOf } from './output-agreement.js'
import { runPairedProtocol } from './paired-protocol.js'
import type { PreparedInputs } from './prepared-inputs.js'
import { realSurroundings, type Surroundings } from './surroundings.js'

/** Options of `compareEngines`. */
export interface ComparisonOptions extends Omit<InferenceOptions, 'engineName'> {
  /** At least two; the others are compared with the first. */
  readonly engineNames: readonly EngineName[]
}

/** What comparing came to. */
export interface ComparisonResult {
  /** For each batch size one per engine, in the order asked for. */
  readonly records: readonly InferenceRecord[]
  /** One per batch size. */
  readonly comparisons: readonly ComparisonRecord[]
}

/** An engine whose model is open. */
interface Opened {
  readonly run: Run
  readonly found: Found
  readonly session: Session
  readonly inputs: PreparedInputs
}

/**
 * Runs the engines in blocks of one window each, in an order that is drawn anew for each round from the recorded seed.
 *
 * @throws {UsageError} `E_COMPARISON` for fewer than two engines
 * @throws {EngineError} when an engine that was named is not there: nothing has been measured then
 * @throws what `benchmarkInference` throws
 */
export async function compareEngines(
  options: ComparisonOptions,
  surroundings: Surroundings = realSurroundings,
): Promise<ComparisonResult> {
  const { engineNames, ...others } = options
  if (engineNames.length < 2) throw new UsageError('E_COMPARISON', 'a comparison needs at least two engines')
  if (options.trace !== undefined) {
    throw new UsageError('E_COMPARISON', 'a trace is of one engine', { hint: 'leave out --trace, or name one engine' })
  }
  return openRun(others, surroundings, async (run, sizes) => {
    const runs = engineNames.map((name) => ownRun(run, name))
    const results: ComparisonResult[] = []
    for (const size of sizes) {
      results.push(await compareAt(runs, size))
      if (options.signal?.aborted === true) break
    }
    return {
      records: results.flatMap(({ records }) => records),
      comparisons: results.flatMap(({ comparisons }) => comparisons),
    }
  })
}

/** Each engine looks at every image itself, since its accuracy is its own; its options name it alone. */
function ownRun(run: Run, engineName: EngineName): Run {
  const facts = { ...run.facts, options: { ...run.facts.options, engineName } }
  return { ...run, facts, options: { ...run.options, engineName }, firstInputs: undefined }
}

async function compareAt(runs: readonly Run[], batchSize: number): Promise<ComparisonResult> {
  const opened: Opened[] = []
  try {
    for (const run of runs) opened.push(await open(run, batchSize))
    return await measureAll(opened, batchSize)
  } finally {
    for (const { session } of opened) await session.close()
  }
}

async function open(run: Run, batchSize: number): Promise<Opened> {
  const { clock, engineFor } = run.surroundings
  const engine = engineFor(run.model, run.options.engineName)
  const found = nothingFound(batchSize, clock.date(), engine.name)
  return { run, found, ...(await openBatch(run, engine, found)) }
}

async function measureAll(opened: readonly Opened[], batchSize: number): Promise<ComparisonResult> {
  const [first] = opened
  if (first === undefined) throw new InterruptedError()
  const { plan, facts, surroundings } = first.run
  const outputs = []
  for (const { inputs } of opened) outputs.push(await outputsOf(inputs.pool))
  const before = await conditionsNow(surroundings)
  const pools = opened.map(({ inputs }) => inputs.pool)
  const protocolStartedAt = surroundings.clock.date()
  const { measurements, order } = await runPairedProtocol(plan, protocolParts(first.run, batchSize), pools, facts.seed)
  const after = await conditionsNow(surroundings)
  const [failed] = measurements.filter(({ failure }) => failure !== undefined)
  if (measurements.every(({ windows }) => windows.length === 0)) throw failed?.failure ?? new InterruptedError()
  const conditions = before === undefined || after === undefined ? {} : { conditions: { before, after } }
  const records = opened.map(({ run, found }, index) =>
    inferenceRecord(
      { ...run.facts, meter: meterNow(run.meter) },
      {
        ...found,
        ...conditions,
        protocolStartedAt,
        measurement: measurements[index] ?? found.measurement,
        completedAt: surroundings.clock.date(),
      },
    ),
  )
  const comparison = comparisonRecord({ facts, batchSize, records, measurements, order, outputs })
  return { records, comparisons: [comparison] }
}
