/** Opens the trainer of a model, warms it up and takes it through its epochs. */
import { UsageError } from '../src/core/errors.js'
import type { Seconds } from '../src/core/units.js'
import type { Checkpoint } from '../src/training/checkpoint.js'
import { refuseEndlessWork } from './endless-work.js'
import { EpochFiles } from './epoch-files.js'
import { latestEpoch } from './epoch-record.js'
import { conditionsNow, countedModel } from './measure-batch.js'
import { refuseWhatCannotFit } from './memory-need.js'
import { type OpenedTrainer, openModelTrainer } from './open-model-trainer.js'
import type { TrainingRun } from './open-training-run.js'
import { PowerCurve } from './power-curve.js'
import { runEpochs } from './training-epochs.js'
import type { Found } from './training-found.js'
import type { TrainingMeasurement } from './training-measurement.js'
import type { TrainingDataset } from './training-options.js'
import { updatesOf } from './training-settings.js'
import type { TrainingTrace } from './training-trace.js'
import { warmUpTraining } from './warm-up-training.js'

/** What teaching needs beside the run. */
export interface Lesson {
  readonly data: TrainingDataset
  readonly checkpoint: Checkpoint | undefined
  readonly trace: TrainingTrace | undefined
  readonly start: Seconds
  readonly idleBefore: TrainingMeasurement['idleBefore'] | undefined
  readonly conditions: Awaited<ReturnType<typeof conditionsNow>>
}

/** Opens the trainer, warms up, runs the epochs. */
export async function teach(run: TrainingRun, found: Found, lesson: Lesson): Promise<void> {
  const { surroundings, options, settings } = run
  const { clock } = surroundings
  const { data, checkpoint, trace, idleBefore, conditions } = lesson
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
    await runLesson(opened, first, run, found, lesson)
  } finally {
    await trainer.close()
  }
}

/** @param first - epoch to begin with */
async function runLesson(
  { trainer }: OpenedTrainer,
  first: number,
  run: TrainingRun,
  found: Found,
  { data, trace, start }: Lesson,
): Promise<void> {
  const { options, settings, meter, facts, surroundings } = run
  const { clock } = surroundings
  const { measurement } = found
  const metered = meter.profilers.length === 0 ? undefined : meter
  const power = new PowerCurve(metered, clock, start)
  const files = new EpochFiles(trainer, options, { images: data.trainingCount, classes: data.classes.length }, clock)
  const samplerBefore = metered?.samplerCpuSeconds()
  power.begin()
  const { stopReason, failure, warnings } = await runEpochs({
    ...{ trainer, data, first, last: settings.epochs, target: options.untilAccuracy, clock, start, power },
    ...{ meter: metered, recorder: measurement.latencies, signal: options.signal, onProgress: options.onProgress },
    onPart: (part) => {
      measurement.parts.push(part)
      trace?.part(part)
      const row = part.name === 'epoch' ? latestEpoch(found, facts.footprint) : undefined
      if (row?.epoch === part.epoch) options.onEpoch?.(row)
    },
    keep: (epoch) => files.keep(epoch),
  })
  await power.end()
  const samplerAfter = metered?.samplerCpuSeconds()
  if (samplerBefore !== undefined && samplerAfter !== undefined) {
    measurement.samplerCpuSeconds = samplerAfter - samplerBefore
  }
  found.saving = files.seconds
  found.files = files.written
  measurement.stopReason = stopReason
  measurement.power = power.samples
  measurement.warnings = [...measurement.warnings, ...warnings]
  if (failure !== undefined) measurement.failure = failure
}

async function openFor(run: TrainingRun, found: Found, data: TrainingDataset): Promise<OpenedTrainer> {
  const { model, settings, options, loss, surroundings, facts } = run
  const { clock } = surroundings
  const inputShapes = run.data.inputShapes ?? options.inputShapes
  await countBeforeTraining(run, found, inputShapes)
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
    memoryBytes: await freeMemory(surroundings),
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

/** Counts of the batch that the file fixes, where it fixes one. */
async function countBeforeTraining(
  { model, data, facts }: TrainingRun,
  found: Found,
  inputShapes: TrainingRun['data']['inputShapes'],
): Promise<void> {
  const { fileBatch = found.batchSize } = data
  const sizes = fileBatch === found.batchSize ? { inputShapes, batchSize: fileBatch } : { batchSize: fileBatch }
  const { layers: _, ...counted } = await countedModel(model, sizes)
  Object.assign(found, counted)
  if (found.counts !== undefined) {
    refuseEndlessWork(found.counts)
    refuseWhatCannotFit(found.counts, facts.host)
  }
}

/** Memory that nothing uses, bytes; `undefined` where the system does not tell. */
async function freeMemory(surroundings: TrainingRun['surroundings']): Promise<number | undefined> {
  const { memoryBytes, usedMemoryBytes } = (await conditionsNow(surroundings)) ?? {}
  return memoryBytes === undefined || usedMemoryBytes === undefined ? undefined : memoryBytes - usedMemoryBytes
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
