/** Measures a training: idle baseline, decoding, warm-up, epochs, idle baseline, record. */
import { InterruptedError, UsageError } from '../src/core/errors.js'
import type { TrainingRecord } from '../src/core/record.js'
import { type Seconds, seconds } from '../src/core/units.js'
import { type Checkpoint, readCheckpoint } from '../src/training/checkpoint.js'
import { conditionsNow, failureWarning, meterNow, protocolParts } from './measure-batch.js'
import type { TrainingRun } from './open-training-run.js'
import { idle } from './protocol.js'
import { teach } from './teach-model.js'
import { dataFacts, type Found, nothingFound } from './training-found.js'
import type { TrainingDataset } from './training-options.js'
import type { PassResult } from './training-part.js'
import { trainingRecord } from './training-record.js'
import { TrainingTrace } from './training-trace.js'
import { trainingWarnings } from './training-warnings.js'
import { beginWindow } from './window-energy.js'

/** @throws what keeps the first step from being made; later failures end in the record */
export async function measureTraining(run: TrainingRun): Promise<TrainingRecord> {
  const { options, surroundings } = run
  const checkpoint = options.resume === undefined ? undefined : readCheckpoint(options.resume)
  const trace = run.trace && new TrainingTrace(run.trace)
  const found = nothingFound(run, trace)
  trace?.begin(found)
  let failure: unknown
  try {
    await findOut(run, found, checkpoint, trace)
    failure = found.measurement.failure
  } catch (cause) {
    failure = cause
    found.measurement.stopReason = cause instanceof InterruptedError ? 'interrupted' : 'run failed'
  }
  const isBegun = found.measurement.parts.some(({ name, steps }) => name === 'training' && steps > 0)
  if (!isBegun) throw failure ?? (options.signal?.aborted === true ? new InterruptedError() : nothingGiven())
  options.onProgress?.({ phase: 'finish', done: 1, total: 1 })
  found.completedAt = surroundings.clock.date()
  const isStopped = found.measurement.stopReason === 'interrupted'
  const why = failure ?? (isStopped ? new InterruptedError() : undefined)
  const doubts = trainingWarnings(run, found)
  found.warnings = [...(why === undefined ? [] : [failureWarning(why)]), ...found.warnings, ...doubts]
  const facts = { ...run.facts, meter: meterNow(run.meter) }
  const record = trainingRecord(facts, found)
  trace?.done(found, record, facts)
  return record
}

const nothingGiven = (): UsageError =>
  new UsageError('E_DATASET', 'the data gave no batch to train on', {
    hint: 'training(epoch) must give at least one batch in each epoch',
  })

async function findOut(
  run: TrainingRun,
  found: Found,
  checkpoint: Checkpoint | undefined,
  trace: TrainingTrace | undefined,
): Promise<void> {
  const { surroundings, options, plan } = run
  const { clock } = surroundings
  const start = clock.now()
  found.protocolStartedAt = clock.date()
  const conditions = await conditionsNow(surroundings)
  const { measurement } = found
  const parts = protocolParts(run, found.batchSize)
  const idleBefore = await idle(plan, parts)
  if (idleBefore !== undefined) Object.assign(measurement, { idleBefore })
  const before = surroundings.readUse?.()
  const data = await decode(run, found, start)
  await teach(run, found, { data, checkpoint, trace, start, idleBefore, conditions })
  const isStopped = measurement.stopReason === 'interrupted' || measurement.stopReason === 'run failed'
  const after = surroundings.readUse?.()
  if (before !== undefined && after !== undefined) measurement.use = { before, after }
  const idleAfter = isStopped ? undefined : await idle(plan, parts)
  if (idleAfter !== undefined) {
    measurement.idleAfter = idleAfter
    trace?.idle('after', idleAfter)
  }
  const doubts = [idleBefore, idleAfter].flatMap((baseline) => baseline?.warnings ?? [])
  measurement.warnings = [...measurement.warnings, ...doubts]
  const last = await conditionsNow(surroundings)
  if (conditions !== undefined && last !== undefined) found.conditions = { before: conditions, after: last }
  options.onProgress?.({ phase: 'finish', done: 0, total: 1 })
}

/** Images that are kept in memory are decoded here, in a window of their own. */
async function decode(run: TrainingRun, found: Found, start: Seconds): Promise<TrainingDataset> {
  const { clock } = run.surroundings
  const endWindow = beginWindow(run.meter.profilers.length === 0 ? undefined : run.meter)
  const [startedAt, cpu] = [clock.now(), clock.cpu()]
  const data = await run.data.open()
  const taken = seconds(clock.now() - startedAt)
  const { energy, warnings } = await endWindow()
  const skipped = data.skipped?.()
  found.data = {
    ...dataFacts(data),
    training: data.trainingCount,
    validation: data.validationCount,
    skipped: (skipped?.skipped ?? []).map(({ name, reason }) => ({ name, reason })),
    skippedCount: skipped?.skippedCount ?? 0,
    ...(data.isCached === undefined ? {} : { isCached: data.isCached }),
  }
  if (data.isCached !== true) return data
  const images = data.trainingCount + data.validationCount
  const pass: PassResult = {
    ...NOTHING_PASSED,
    seconds: taken,
    images,
    dataSeconds: taken,
    cpuSeconds: clock.cpu() - cpu,
  }
  found.measurement.warnings = [...found.measurement.warnings, ...warnings]
  found.measurement.parts.push({
    ...pass,
    name: 'decoding',
    epoch: 0,
    startedAt: seconds(startedAt - start),
    ...(energy === undefined ? {} : { energy }),
  })
  return data
}

const NOTHING_PASSED: PassResult = {
  ...{ seconds: seconds(0), steps: 0, images: 0, loss: undefined, correct: 0, busySeconds: 0, dataSeconds: 0 },
  ...{ dataCpuSeconds: 0, cpuSeconds: 0, ownCpuSeconds: 0, losses: [], lossEvery: 1, isWhole: true },
}
