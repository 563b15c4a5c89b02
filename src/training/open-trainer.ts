/** Opens a training: makes its graphs, reads the weights, opens the sessions. */
import type { Model } from '../../formats/format.js'
import { UnsupportedError, UsageError } from '../core/errors.js'
import { refuseUnknownOptions } from '../core/known-options.js'
import { type ChannelBlock, channelBlock } from '../engines/channel-block.js'
import { type InPlaceSession, openInPlace } from '../engines/in-place.js'
import { loadOnnxRuntime } from '../engines/onnxruntime-library.js'
import type { ModelGraph } from '../graph/graph.js'
import { buildEvaluationGraph } from './evaluation-graph.js'
import { fingerprintOf } from './fingerprint.js'
import { GraphTrainer, type TrainerParts } from './graph-trainer.js'
import { Labels } from './labels.js'
import type { LossOptions } from './loss.js'
import { chooseLoss } from './loss-choice.js'
import { estimatePeakBytes, memoryOfMachine, refuseWhatCannotFit } from './memory-estimate.js'
import { optimizerOf } from './optimizers/index.js'
import { type PreparedModel, prepareModel } from './preparation/prepare-model.js'
import { learningRateAt } from './schedule.js'
import { StateBuffers } from './state-buffers.js'
import { buildStepGraphs, type StepGraphOptions, type StepGraphs } from './step-graph.js'
import type { TrainerOptions } from './trainer-options.js'

const OPTION_NAMES: Readonly<Record<keyof TrainerOptions, true>> = {
  ...{ inputShapes: true, batchSize: true, optimizer: true, schedule: true, seed: true, threads: true, loss: true },
  ...{ output: true, classes: true, fromScratch: true, accumulate: true, batchNormalization: true },
  ...{ runningVariance: true, isTrained: true, memoryBytes: true, signal: true },
}

/**
 * Opens a model for training. Close the trainer to give its memory back.
 *
 * @throws {UnsupportedError} `E_NO_GRAPH`, and what `buildTrainingGraph` says of a model that cannot be trained
 * @throws {UsageError} for options that make no sense
 */
export async function openTrainer(
  model: Pick<Model, 'name' | 'graph' | 'format'>,
  options: TrainerOptions,
): Promise<GraphTrainer> {
  refuseUnknownOptions(options, OPTION_NAMES, { whose: 'a trainer', code: 'E_TRAINER_OPTION' })
  learningRateAt(options.schedule, 0)
  const batchNormalization = options.batchNormalization ?? 'batch'
  const prepared = prepareModel(graphOf(model), { ...options, batchNormalization })
  const graph = prepared.trained
  const settings = settingsOf(graph, options, await channelBlock(await loadOnnxRuntime()))
  const { accumulate, loss } = settings
  const graphs = buildStepGraphs(graph, settings)
  const peakBytes = peakBytesOf(graph, settings, graphs)
  refuseWhatCannotFit(peakBytes, options.batchSize, options.memoryBytes ?? memoryOfMachine())
  const evaluation = buildEvaluationGraph(graph, settings, new Set(graphs.evaluated), graphs.weights)
  const labels = new Labels(graphs, loss.kind)
  const sessions = await openSessions(model.name, graphs, evaluation.graph, options)
  try {
    return new GraphTrainer({
      model: prepared.saved,
      graphs,
      evaluation,
      sessions,
      labels,
      accumulate,
      buffers: buffersOf(graphs, prepared.first, sessions.step),
      optimizer: optimizerOf(options.optimizer),
      schedule: options.schedule,
      seed: options.seed,
      fingerprint: fingerprintOf(graph, fingerprinted(options, loss)),
      notes: prepared.notes,
      ...(settings.channelBlock === undefined ? {} : { channelBlock: settings.channelBlock }),
      peakBytes,
    })
  } catch (cause) {
    await closeAll(Object.values(sessions))
    throw cause
  }
}

async function closeAll(sessions: readonly InPlaceSession[]): Promise<void> {
  for (const session of sessions) await session.close()
}

function settingsOf(graph: ModelGraph, options: TrainerOptions, block: ChannelBlock | undefined) {
  const accumulate = checkedCount('accumulate', options.accumulate ?? 1)
  return {
    ...options,
    accumulate,
    accumulates: accumulate > 1,
    loss: options.loss ?? { kind: chooseLoss(graph, options, options.output) },
    rowWeights: true,
    batchNormalization: options.batchNormalization ?? 'batch',
    runningVariance: options.runningVariance ?? runningVarianceOf(graph),
    ...(block === undefined ? {} : { channelBlock: block }),
  } as const
}

/** Sizes on blocked channels depend on the processor, and are not always known: those of the plain graph are. */
function peakBytesOf(
  graph: ModelGraph,
  { channelBlock: _, ...settings }: StepGraphOptions,
  { step }: StepGraphs,
): number {
  const estimate = estimatePeakBytes(step)
  return Number.isNaN(estimate) ? estimatePeakBytes(buildStepGraphs(graph, settings).step) : estimate
}

/**
 * PyTorch and TensorFlow's fused operator divide the variance of a batch by one less than its number of values before the
 * running one follows it; ONNX and Keras 3 do not.
 */
function runningVarianceOf({ producer }: ModelGraph): 'population' | 'unbiased' {
  return ['pytorch', 'tensorflow', 'tf2onnx'].includes(producer.name) ? 'unbiased' : 'population'
}

/** Without the schedule: a training may be resumed to go on for longer. */
function fingerprinted(options: TrainerOptions, loss: LossOptions): unknown {
  const { batchSize, optimizer, seed, output, accumulate = 1, batchNormalization = 'batch', runningVariance } = options
  return { batchSize, optimizer, seed, output, accumulate, batchNormalization, runningVariance, loss }
}

/** One input, for the images. */
function graphOf({ graph, name, format }: Pick<Model, 'name' | 'graph' | 'format'>): ModelGraph {
  if (graph?.main.inputs.length === 1) return graph
  if (graph !== undefined) {
    const names = graph.main.inputs.map((input) => input.name).join(', ')
    throw new UnsupportedError('E_TRAINING_INPUT', `${name} has the inputs ${names}, training feeds one alone`)
  }
  throw new UnsupportedError('E_NO_GRAPH', `${name} (${format}) has no graph to train`, {
    hint: 'its format must give a graph, or bring a trainer of its own',
  })
}

function checkedCount(what: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new UsageError('E_TRAINING_OPTION', `${what} is ${count}, expected a whole number, at least 1`)
}

async function openSessions(
  name: string,
  { step, update }: StepGraphs,
  evaluation: ModelGraph,
  { threads, signal }: TrainerOptions,
): Promise<TrainerParts['sessions']> {
  const engine = { threads, ...(signal === undefined ? {} : { signal }) }
  const opened: InPlaceSession[] = []
  const open = async (graph: ModelGraph) => {
    const session = await openInPlace(name, graph, engine)
    opened.push(session)
    return session
  }
  try {
    return {
      step: await open(step.graph),
      evaluation: await open(evaluation),
      ...(update === undefined ? {} : { update: await open(update.graph) }),
    }
  } catch (cause) {
    await closeAll(opened)
    throw cause
  }
}

function buffersOf({ step, update }: StepGraphs, first: PreparedModel['first'], session: InPlaceSession): StateBuffers {
  const values = [...step.moved, ...(update?.moved ?? [])]
  return new StateBuffers(values, first, (name, tensor) => session.share(name, tensor))
}
