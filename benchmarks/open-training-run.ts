/** Everything that holds for a whole training: the model, its data, the sensors and the facts of the machine. */
import { existsSync, realpathSync } from 'node:fs'
import type { Model } from '../formats/format.js'
import type { LossKind } from '../formats/trainer.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import type { TraceFile } from '../profilers/trace-file.js'
import { UnsupportedError, UsageError } from '../src/core/errors.js'
import { checkedDataset, refuseOtherClasses } from './checked-dataset.js'
import { decoderVersions } from './choose-inputs.js'
import { type ListedData, listImageData } from './image-data.js'
import type { RunFacts } from './inference-record.js'
import { describeModel } from './model-record.js'
import { classCount, lossOf } from './open-model-trainer.js'
import { checkedSeed, openModel, throwIfAborted, withMachine } from './open-run.js'
import type { ProtocolPlan } from './protocol-plan.js'
import { recordedTrainingOptions } from './recorded-options.js'
import { traceRun } from './run-trace.js'
import type { Surroundings } from './surroundings.js'
import type { TrainingDataset, TrainingOptions } from './training-options.js'
import { type TrainingSettings, trainingSettings } from './training-settings.js'

/** A training that is about to be measured. */
export interface TrainingRun {
  readonly facts: RunFacts
  readonly model: Model
  readonly data: ListedData
  readonly settings: TrainingSettings
  readonly loss: LossKind
  readonly meter: EnergyMeter
  readonly plan: ProtocolPlan
  readonly options: TrainingOptions
  readonly surroundings: Surroundings
  readonly trace?: TraceFile | undefined
}

/**
 * Opens what a training needs, and closes the sensors when it is done.
 *
 * @throws what `benchmarkTraining` throws before it measures
 */
export async function openTrainingRun<Result>(
  given: Model | string,
  dataset: string | TrainingDataset,
  options: TrainingOptions,
  surroundings: Surroundings,
  use: (run: TrainingRun) => Promise<Result>,
): Promise<Result> {
  const { clock } = surroundings
  const asked = settingsFor(dataset, options)
  const seed = checkedSeed(options.seed)
  throwIfAborted(options.signal)
  const { model, load } = await openModel({ ...options, model: given }, clock)
  refuseWithoutGraph(model)
  refuseItsOwnFile(model, options)
  const loss = options.loss ?? lossOf(model, options, options.classes)
  refuseSmoothing(model, loss, asked)
  const data = await listData(model, dataset, options, { ...asked, seed })
  refuseWithoutUpdates(asked, data)
  const settings = { ...asked, batchSize: data.batchSize }
  const described = await describeModel(model, { hash: true, signal: options.signal })
  const versions = typeof dataset === 'string' ? await decoderVersions() : {}
  return withMachine(options, surroundings, (machine) => {
    const { host, meter, footprint, plan, trace } = machine
    const facts = {
      model: described,
      ...(load === undefined ? {} : { load }),
      input: { kind: 'images', description: data.description } as const,
      ...{ host, meter, footprint, versions, seed },
      options: recordedTrainingOptions(options, settings, plan),
    }
    if (trace !== undefined) traceRun(trace, facts)
    return use({ facts, model, data, settings, loss, meter, plan, options, surroundings, trace })
  })
}

function refuseWithoutGraph({ name, graph, createTrainer, whyNoGraph, wayToGraph }: Model): void {
  if (graph !== undefined || createTrainer !== undefined) return
  throw new UnsupportedError('E_NO_GRAPH', `${name} cannot be trained: ${whyNoGraph ?? 'its format gives no graph'}`, {
    hint:
      wayToGraph ??
      'save the whole model, not its weights alone; a format of your own may bring a trainer (docs/plugins.md)',
  })
}

/** A trainer of the format's own may smooth with any loss. */
function refuseSmoothing({ createTrainer }: Model, loss: LossKind, { labelSmoothing }: TrainingSettings): void {
  if (createTrainer !== undefined || loss === 'softmax-cross-entropy' || labelSmoothing === 0) return
  throw new UsageError('E_TRAINING', `label smoothing belongs to softmax-cross-entropy, not to ${loss}`, {
    hint: 'leave --label-smoothing out',
  })
}

function refuseWithoutUpdates(
  { epochs, accumulate }: TrainingSettings,
  { trainingCount, batchSize }: Pick<ListedData, 'trainingCount' | 'batchSize'>,
): void {
  const steps = epochs * Math.ceil(trainingCount / batchSize)
  if (steps >= accumulate) return
  throw new UsageError(
    'E_TRAINING',
    `an update takes ${accumulate} steps, and there are ${steps}: no weight would change`,
    {
      hint: `give --accumulate ${steps} or less, or more --epochs`,
    },
  )
}

/** Weights are read from the model's file when they are needed, also after it has been written over. */
function refuseItsOwnFile({ path }: Model, { save, checkpoint }: TrainingOptions): void {
  for (const target of [save, checkpoint]) {
    if (target === undefined || !existsSync(target) || !existsSync(path)) continue
    if (realpathSync(target) !== realpathSync(path)) continue
    throw new UsageError('E_OUTPUT_CHOICE', `${target} is the file of the model itself`, {
      hint: 'give the trained model a file of its own, e.g. --save trained.onnx',
    })
  }
}

/** Data of a program's own fixes the size of the batches. */
function settingsFor(dataset: string | TrainingDataset, options: TrainingOptions): TrainingSettings {
  if (typeof dataset === 'string') return trainingSettings(options)
  const { batchSize } = checkedDataset(dataset)
  if (options.batchSize !== undefined && options.batchSize !== batchSize) {
    throw new UsageError('E_BATCH_SIZE', `the data comes in batches of ${batchSize}, not of ${options.batchSize}`)
  }
  return trainingSettings({ ...options, batchSize })
}

async function listData(
  model: Model,
  dataset: string | TrainingDataset,
  options: TrainingOptions,
  settings: TrainingSettings & { readonly seed: number },
): Promise<ListedData> {
  if (typeof dataset === 'string') {
    return listImageData(model, dataset, options, { ...settings, outputs: classCount(model, options) })
  }
  const { classes, trainingCount, description, batchSize } = dataset
  refuseOtherClasses(dataset, options.classes ?? classCount(model, options))
  return { classes, trainingCount, description, batchSize, open: () => Promise.resolve(dataset) }
}
