/** Competitors at one batch size: all are open at once, run in turn, and each gets a record. */
import { InterruptedError } from '../src/core/errors.js'
import type { ComparisonRecord } from '../src/core/record.js'
import type { Session } from '../src/engines/engine.js'
import { batchSizes } from './batch-sizes.js'
import { comparisonRecord } from './comparison-record.js'
import type { Competitor } from './competitors.js'
import { type Dropout, droppable } from './dropout.js'
import { inferenceRecord } from './inference-record.js'
import {
  conditionsNow,
  type Found,
  failureWarning,
  meterNow,
  nothingFound,
  openBatch,
  protocolParts,
} from './measure-batch.js'
import { bytesToRun } from './memory-need.js'
import type { Machine } from './open-run.js'
import { type Outputs, outputsOf } from './output-agreement.js'
import { type PairedMeasurement, runPairedProtocol } from './paired-protocol.js'
import type { PreparedInputs } from './prepared-inputs.js'
import { BatchTrace } from './run-trace.js'

/** A competitor whose model is open. */
interface Opened {
  readonly competitor: Competitor
  readonly found: Found
  readonly session: Session
  readonly inputs: PreparedInputs
  readonly outputs: Outputs
  readonly trace: BatchTrace | undefined
}

/**
 * @param earlier - competitors that could not even be opened
 * @throws what keeps every competitor from being measured, or ends the run
 */
export async function compareAt(
  machine: Machine,
  competitors: readonly Competitor[],
  batchSize: number,
  earlier: readonly Dropout[],
): Promise<ComparisonRecord> {
  const opened: Opened[] = []
  const dropouts = [...earlier]
  try {
    for (const [place, competitor] of competitors.entries()) {
      await open(competitor, batchSize, opened, traceOf(machine, place))
        .then((own) => opened.push(own))
        .catch((cause: unknown) => dropouts.push({ name: competitor.name, cause: droppable(cause) }))
    }
    if (opened.length === 0) throw dropouts.at(earlier.length)?.cause ?? new InterruptedError()
    return await measureAll(machine, opened, batchSize, dropouts)
  } finally {
    for (const { session } of opened) await session.close()
  }
}

/** Lines are numbered in the order in which they begin, whatever becomes of those before. */
function traceOf(machine: Machine, place: number): BatchTrace | undefined {
  return machine.trace && new BatchTrace(machine.trace, machine.begun++, place)
}

async function open(
  competitor: Competitor,
  batchSize: number,
  before: readonly Opened[],
  trace: BatchTrace | undefined,
): Promise<Opened> {
  const { run } = competitor
  const { clock, engineFor } = run.surroundings
  batchSizes([batchSize], run.source.fixedBatch)
  const engine = engineFor(run.model, run.options.engineName)
  const found = nothingFound(batchSize, clock.date(), engine.name)
  trace?.begin(batchSize, found.startedAt, 0)
  const taken = before.reduce((sum, { found: { counts } }) => sum + (counts === undefined ? 0 : bytesToRun(counts)), 0)
  const { session, inputs } = await openBatch(run, engine, found, taken)
  try {
    return { competitor, found, session, inputs, outputs: await outputsOf(inputs.pool), trace }
  } catch (cause) {
    await session.close()
    throw cause
  }
}

async function measureAll(
  machine: Machine,
  opened: readonly Opened[],
  batchSize: number,
  dropouts: readonly Dropout[],
): Promise<ComparisonRecord> {
  const [first] = opened
  if (first === undefined) throw new InterruptedError()
  const { surroundings, plan } = machine
  const { run } = first.competitor
  const before = await conditionsNow(surroundings)
  const protocolStartedAt = surroundings.clock.date()
  const pools = opened.map(({ inputs, found, trace }) => {
    trace?.ready({ ...found, protocolStartedAt }, run.facts.footprint, before)
    return { pool: inputs.pool, ...(trace === undefined ? {} : { trace }) }
  })
  const measured = await runPairedProtocol(plan, protocolParts(run, batchSize), pools, run.facts.seed)
  const after = await conditionsNow(surroundings)
  refuseNothing(measured)
  const conditions = before === undefined || after === undefined ? {} : { conditions: { before, after } }
  const records = opened.map((own, index) => recordOf(own, measured, index, { ...conditions, protocolStartedAt }))
  return comparisonRecord({
    facts: run.facts,
    batchSize,
    names: opened.map(({ competitor }) => competitor.name),
    records,
    ...measured,
    outputs: opened.map(({ outputs }) => outputs),
    dropouts,
  })
}

/** @throws the failure of the first, when no competitor ran a single batch */
function refuseNothing({ measurements }: PairedMeasurement): void {
  if (measurements.some(({ windows }) => windows.length > 0)) return
  throw measurements.find(({ failure }) => failure !== undefined)?.failure ?? new InterruptedError()
}

function recordOf(
  { competitor: { run }, found, trace }: Opened,
  { measurements }: PairedMeasurement,
  index: number,
  common: Pick<Found, 'conditions' | 'protocolStartedAt'>,
) {
  const measurement = measurements[index] ?? found.measurement
  const { failure } = measurement
  const warnings = failure === undefined ? found.warnings : [failureWarning(failure), ...found.warnings]
  const facts = { ...run.facts, meter: meterNow(run.meter) }
  const batch = { ...found, ...common, warnings, measurement, completedAt: run.surroundings.clock.date() }
  const record = inferenceRecord(facts, batch)
  trace?.done(batch, record, facts)
  return record
}
