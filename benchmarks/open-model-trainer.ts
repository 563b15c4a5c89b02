/** Opens what trains a model: the format's own trainer, or the gradient graph on onnxruntime. */
import type { Model } from '../formats/format.js'
import type { Trainer, TrainerSettings } from '../formats/trainer.js'
import type { EngineInfo } from '../src/engines/engine.js'
import { chooseLoss } from '../src/training/loss-choice.js'
import { openTrainer } from '../src/training/open-trainer.js'
import type { OptimizerOptions } from '../src/training/optimizers/index.js'
import { withConstantWeights } from '../src/training/preparation/constant-weights.js'
import { classesOf, withClasses } from '../src/training/preparation/new-head.js'
import type { Schedule } from '../src/training/schedule.js'
import type { TrainerOptions } from '../src/training/trainer-options.js'
import { GRADIENT_GRAPH } from './training-measurement.js'

/** A trainer, and what the record says of it. */
export interface OpenedTrainer {
  readonly trainer: Trainer
  readonly engine: EngineInfo
  /** What the user should know of how this model is trained. */
  readonly notes: readonly string[]
}

type Bindings = Pick<TrainerOptions, 'inputShapes'>

/** What only the gradient graph must be told. */
interface GraphOptions extends Bindings {
  /** Classes of a new last layer, where one was asked for. */
  readonly head?: number | undefined
  /** That a step may take, where that is known. */
  readonly memoryBytes?: number | undefined
}

/**
 * @throws {UnsupportedError} for a model that cannot be trained, by name of what stands in the way
 * @throws {UsageError} for settings that make no sense
 */
export async function openModelTrainer(
  model: Model,
  settings: TrainerSettings,
  { head, memoryBytes, ...bindings }: GraphOptions,
): Promise<OpenedTrainer> {
  if (model.createTrainer !== undefined) {
    const trainer = await model.createTrainer(settings)
    const info = { version: 'unknown', executionProvider: 'unknown', threads: settings.threads, options: {} }
    return { trainer, engine: { name: `${model.format} trainer`, ...info }, notes: [] }
  }
  const limits = {
    ...(head === undefined ? {} : { classes: head }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  }
  const trainer = await openTrainer(model, { ...graphSettings(settings), ...bindings, ...limits })
  return { trainer, engine: { ...trainer.engine, name: GRADIENT_GRAPH }, notes: trainer.notes }
}

/**
 * @param head - classes of a new last layer, where one was asked for
 * @returns the loss that the model's last activation stands for; cross-entropy where there is no graph to tell
 */
export function lossOf({ graph }: Model, bindings: Bindings, head: number | undefined): TrainerSettings['loss'] {
  if (graph === undefined) return 'softmax-cross-entropy'
  return chooseLoss(
    head === undefined ? graph : withClasses(withConstantWeights(graph).model, head, {}).model,
    shapesOf(bindings),
  )
}

/** @returns classes that the first output tells apart, a single score two; `undefined` where the size is free */
export function classCount(
  { graph, outputs }: Pick<Model, 'graph' | 'outputs'>,
  bindings: Bindings,
): number | undefined {
  const type = outputs[0]?.type
  const declared = type?.kind === 'tensor' ? type.shape?.[1] : undefined
  const told = graph === undefined ? undefined : classesOf(graph, shapesOf(bindings))
  const size = typeof declared === 'number' ? declared : told
  return typeof size === 'number' ? Math.max(2, size) : undefined
}

const shapesOf = ({ inputShapes }: Bindings): Bindings => (inputShapes === undefined ? {} : { inputShapes })

function graphSettings(settings: TrainerSettings): TrainerOptions {
  const { batchSize, seed, threads, accumulate, fromScratch, loss, labelSmoothing, signal } = settings
  return {
    ...{ batchSize, seed, threads, accumulate, fromScratch },
    optimizer: optimizerOptions(settings),
    schedule: scheduleOf(settings),
    loss: loss === 'softmax-cross-entropy' ? { kind: loss, labelSmoothing } : { kind: loss },
    ...(signal === undefined ? {} : { signal }),
  }
}

function optimizerOptions({ optimizer, momentum, nesterov, weightDecay }: TrainerSettings): OptimizerOptions {
  return optimizer === 'sgd' ? { kind: 'sgd', momentum, nesterov, weightDecay } : { kind: optimizer, weightDecay }
}

/** A third of the epochs, as is usual for steps, goes by between two of them. */
const STEPS = 3

function scheduleOf(settings: TrainerSettings): Schedule {
  const { schedule, learningRate: rate, updates, warmupUpdates: warmUp } = settings
  const rest = Math.max(1, updates - warmUp)
  if (schedule === 'step') return { kind: schedule, rate, warmUp, every: Math.max(1, Math.ceil(rest / STEPS)) }
  return schedule === 'cosine' ? { kind: schedule, rate, warmUp, updates: rest } : { kind: schedule, rate, warmUp }
}
