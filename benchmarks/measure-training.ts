/** Measures a training: idle baseline, decoding, warm-up, epochs, idle baseline, record. */
import { InterruptedError, UsageError } from '../src/core/errors.js'
import type { TrainingRecord } from '../src/core/record.js'
import { type Seconds, seconds } from '../src/core/units.js'
import { type Checkpoint, readCheckpoint } from '../src/training/checkpoint.js'
import { refuseEndlessWork } from './endless-work.js'
import { EpochFiles } from './epoch-files.js'
import { epochRecords } from './epoch-record.js'
import { LatencyRecorder } from './latency-recorder.js'
import { conditionsNow, countedModel, failureWarning, meterNow, protocolParts } from './measure-batch.js'
import { refuseWhatCannotFit } from './memory-need.js'
import { GRADIENT_GRAPH, type OpenedTrainer, openModelTrainer } from './open-model-trainer.js'
import type { TrainingRun } from './open-training-run.js'
import { PowerCurve } from './power-curve.js'
import { idle } from './protocol.js'
import { TracedLatencies } from './run-trace.js'
import { runEpochs } from './training-epochs.js'
import type { TrainingMeasurement } from './training-measurement.js'
import type { TrainingDataset } from './training-options.js'
import type { PassResult, TrainingPart } from './training-part.js'
import { type TrainingFacts, trainingRecord } from './training-record.js'
import { settingsRecord, updatesOf } from './training-settings.js'
import { TrainingTrace } from './training-trace.js'
import { trainingWarnings } from './training-warnings.js'
import { warmUpTraining } from './warm-up-training.js'
import { beginWindow } from './window-energy.js'

/** What is known so far: what fails leaves what came before it. */
type Found = { -readonly [Name in keyof Omit<TrainingFacts, 'measurement'>]: TrainingFacts[Name] } & {
  measurement: { -readonly [Name in keyof TrainingMeasurement]: TrainingMeasurement[Name] } & { parts: TrainingPart[] }
}

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
  if (!isBegun) throw failure ?? new InterruptedError()
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

function nothingFound(run: TrainingRun, trace: TrainingTrace | undefined): Found {
  const { settings, options, data, loss } = run
  const now = run.surroundings.clock.date()
  return {
    startedAt: now,
    completedAt: now,
    protocolStartedAt: now,
    engine: { name: GRADIENT_GRAPH, version: 'unknown', executionProvider: 'cpu', threads: 0, options: {} },
    batchSize: settings.batchSize,
    settings: settingsRecord(settings, { loss, augment: options.augment }),
    data: { ...dataFacts(data), training: data.trainingCount, validation: 0, skipped: [], skippedCount: 0 },
    prepare: 0,
    saving: 0,
    counts: undefined,
    missingCounts: [],
    files: {},
    target: options.untilAccuracy,
    measurement: {
      warmupSeconds: 0,
      parts: [],
      latencies: trace === undefined ? new LatencyRecorder() : new TracedLatencies(trace),
      power: [],
      stopReason: 'run failed',
      warnings: [],
    },
    warnings: [],
  }
}

const dataFacts = ({ description, classes }: Pick<TrainingDataset, 'description' | 'classes'>) => ({
  description,
  classes: [...classes],
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
  const before = surroundings.readUse?.()
  const samplerBefore = run.meter.samplerCpuSeconds()
  const { measurement } = found
  const parts = protocolParts(run, found.batchSize)
  const idleBefore = await idle(plan, parts)
  if (idleBefore !== undefined) Object.assign(measurement, { idleBefore })
  const data = await decode(run, found, start)
  await teach(run, found, { data, checkpoint, trace, start, idleBefore, conditions })
  const isStopped = measurement.stopReason === 'interrupted' || measurement.stopReason === 'run failed'
  const after = surroundings.readUse?.()
  const samplerAfter = run.meter.samplerCpuSeconds()
  if (before !== undefined && after !== undefined) measurement.use = { before, after }
  if (samplerBefore !== undefined && samplerAfter !== undefined) {
    measurement.samplerCpuSeconds = samplerAfter - samplerBefore
  }
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
  ...{ dataCpuSeconds: 0, cpuSeconds: 0, losses: [], lossEvery: 1, isWhole: true },
}

interface Lesson {
  readonly data: TrainingDataset
  readonly checkpoint: Checkpoint | undefined
  readonly trace: TrainingTrace | undefined
  readonly start: Seconds
  readonly idleBefore: TrainingMeasurement['idleBefore'] | undefined
  readonly conditions: Awaited<ReturnType<typeof conditionsNow>>
}

/** Opens the trainer, warms up, runs the epochs. */
async function teach(run: TrainingRun, found: Found, lesson: Lesson): Promise<void> {
  const { surroundings, options, settings, meter } = run
  const { clock } = surroundings
  const { data, checkpoint, trace, start, idleBefore, conditions } = lesson
  const opened = await openFor(run, found, data)
  const { trainer } = opened
  try {
    const first = checkpoint === undefined ? 1 : await resume(opened, checkpoint, run, found)
    options.onProgress?.({ phase: 'warmup', done: 0, total: settings.warmupSteps })
    found.measurement.warmupSeconds = await warmUpTraining(trainer, data, {
      first,
      steps: settings.warmupSteps,
      clock,
      signal: options.signal,
    })
    trace?.ready(found, run.facts.footprint, conditions)
    if (idleBefore !== undefined) trace?.idle('before', idleBefore)
    for (const part of found.measurement.parts) trace?.part(part)
    const metered = meter.profilers.length === 0 ? undefined : meter
    const power = new PowerCurve(metered, clock, start)
    const files = new EpochFiles(
      opened.trainer,
      options,
      { images: data.trainingCount, classes: data.classes.length },
      clock,
    )
    power.begin()
    const result = await runEpochs({
      ...{ trainer, data, first, last: settings.epochs, target: options.untilAccuracy, clock, start, power },
      meter: metered,
      recorder: found.measurement.latencies as LatencyRecorder,
      signal: options.signal,
      onProgress: options.onProgress,
      onPart: (part) => {
        found.measurement.parts.push(part)
        trace?.part(part)
        const row = part.name === 'epoch' ? epochRecords(found, run.facts.footprint).at(-1) : undefined
        if (row?.epoch === part.epoch) options.onEpoch?.(row)
      },
      keep: (epoch) => files.keep(epoch),
    })
    await power.end()
    Object.assign(found, { saving: files.seconds, files: files.written })
    const { stopReason, failure, warnings } = result
    Object.assign(found.measurement, {
      stopReason,
      power: power.samples,
      ...(failure === undefined ? {} : { failure }),
    })
    found.measurement.warnings = [...found.measurement.warnings, ...warnings]
  } finally {
    await trainer.close()
  }
}

async function openFor(run: TrainingRun, found: Found, data: TrainingDataset): Promise<OpenedTrainer> {
  const { model, settings, options, loss, surroundings, facts } = run
  const { clock } = surroundings
  const inputShapes = run.data.inputShapes ?? options.inputShapes
  Object.assign(found, await countedModel(model, { inputShapes, batchSize: found.batchSize }))
  if (found.counts !== undefined) {
    refuseEndlessWork(found.counts)
    refuseWhatCannotFit(found.counts, facts.host)
  }
  options.onProgress?.({ phase: 'prepare', done: 0, total: 1 })
  const before = clock.now()
  const trainerSettings = {
    ...settings,
    ...updatesOf(settings, data.trainingCount),
    ...{ loss, seed: facts.seed, classes: data.classes.length },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const opened = await openModelTrainer(model, trainerSettings, {
    ...(inputShapes === undefined ? {} : { inputShapes }),
    head: options.classes,
  })
  found.prepare = clock.now() - before
  found.engine = opened.engine
  found.warnings = opened.notes.map((message) => ({
    code: 'W_TRAINING',
    message,
    hint: 'docs/training.md tells what it means for the result',
  }))
  return opened
}

/** @returns the epoch to go on with */
async function resume(
  { trainer }: OpenedTrainer,
  { state, metadata }: Checkpoint,
  { settings, options, data }: TrainingRun,
  found: Found,
): Promise<number> {
  const [epoch, images, classes] = ['epoch', 'images', 'classes'].map((name) => Number(metadata.get(name)))
  if (images !== found.data.training || classes !== data.classes.length) {
    const was = `${images} images of ${classes} classes`
    throw new UsageError(
      'E_RESUME',
      `${options.resume} was trained on ${was}, here are ${found.data.training} of ${data.classes.length}`,
      {
        hint: 'resume with the images, the seed and the split that the training was started with',
      },
    )
  }
  if (epoch === undefined || !(epoch < settings.epochs)) {
    throw new UsageError('E_RESUME', `${options.resume} has ${epoch} epochs, and ${settings.epochs} are asked for`, {
      hint: `--epochs ${(epoch ?? 0) + settings.epochs} goes on for ${settings.epochs} more`,
    })
  }
  await trainer.restore(state)
  found.resumed = { epoch, updates: state.updates }
  return epoch + 1
}
