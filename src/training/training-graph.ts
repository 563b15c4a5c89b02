/**
 * Makes the graph of a training step from a model: forward pass, loss and gradients, as operators that onnxruntime runs.
 *
 * onnxruntime-node registers no training operators, so the step is an ordinary graph. The model is prepared first: branches
 * that are known are settled (`settle-branches.ts`), operators are brought to one opset (`current-opset.ts`), sequences are
 * unrolled (`unroll.ts`), normalisation and dropout are set to training (`training-mode.ts`). Then the forward pass is
 * written with what the way back needs (`forward.ts`), the loss is fused with the last activation (`loss.ts`), and the walk
 * (`differentiate.ts`) asks the table (`gradients/`) for each node's own rule. Weights and running statistics are inputs,
 * their gradients and updated values outputs, all of fixed size, so that a caller can keep them in buffers of its own, or an
 * update can be written behind each gradient.
 */

import { UnsupportedError } from '../core/errors.js'
import type { ChannelBlock } from '../engines/channel-block.js'
import { GraphBuilder } from '../graph/builder.js'
import type { Initializer, ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import type { GraphTrace } from '../operators/trace.js'
import { BLOCKED_DOMAIN } from './blocked/blocked-values.js'
import { chooseBlockedWeights } from './blocked/choose-weights.js'
import { fuseBlocked } from './blocked/fuse.js'
import type { WeightLayout } from './blocked/weight-layout.js'
import { toCurrentOpset } from './current-opset.js'
import { differentiate } from './differentiate.js'
import { Emitter, type Sizes } from './emitter.js'
import { writeForward } from './forward.js'
import { gradientRule } from './gradients/table.js'
import { settleBranches } from './settle-branches.js'
import { inTrainingMode, type ModelInTraining, type RunningStatistic, type TrainingMode } from './training-mode.js'
import { unrollRecurrent } from './unroll.js'
import { weightsOf } from './weights.js'
import { type TargetOptions, type WrittenTarget, writeTarget } from './write-target.js'

/** What the step is made for. */
export interface TrainingGraphOptions extends InputBindings, TrainingMode, TargetOptions {
  /** Which weights to train, by name; all when left out. */
  readonly isTrained?: (weight: string) => boolean
  /**
   * Channels that the engine's blocked convolutions keep side by side on this machine (`channelBlock`); convolutions run
   * on plain channels when it is left out, as on every machine.
   */
  readonly channelBlock?: ChannelBlock
}

/** A weight: an input of the graph, with an output for its gradient. */
export interface TrainedWeight {
  /** Name of the input, and of the initializer that holds the first values. */
  readonly name: string
  /** Name of the output. */
  readonly gradient: string
  /** Of both. */
  readonly shape: Sizes
  readonly initializer: Initializer
  /** Where the elements of the initializer lie in both; absent where they lie as they are. */
  readonly layout?: WeightLayout
}

/** A running statistic: an input of the graph, with an output for its value after the step. */
export interface TrainedStatistic extends RunningStatistic {
  readonly initializer: Initializer
}

/** A training step and the names of what goes in and comes out. */
export interface TrainingGraph extends WrittenTarget {
  /** Inputs: those of the model, the target, weights, statistics. Outputs: loss, prediction, gradients, statistics. */
  readonly graph: ModelGraph
  readonly weights: readonly TrainedWeight[]
  readonly statistics: readonly TrainedStatistic[]
  /** Name of the input that decides what Dropout drops (`dropoutKey`), uint32 `[2]`; present where something is dropped. */
  readonly dropoutKey?: string
}

/** A training step that more can be written behind: its graph has no outputs yet. */
export interface TrainingDraft extends Omit<TrainingGraph, 'graph'> {
  readonly emit: Emitter
  /** Gives the outputs their names and ends the graph. */
  finish(outputs: Iterable<string>): ModelGraph
}

/**
 * @param model - its weights are not read; of the result only small constants are
 * @throws {UnsupportedError} `E_GRADIENT_MISSING`, `E_GRADIENT_SETTING`, `E_TRAINING_SHAPE`, `E_TRAINING_TYPE`,
 *   `E_TRAINING_OPSET`, `E_NO_WEIGHTS` for a model that cannot be trained, by name of what stands in the way
 */
export function buildTrainingGraph(model: ModelGraph, options: TrainingGraphOptions): TrainingGraph {
  const { emit: _, finish, ...draft } = draftTrainingStep(model, options)
  const gradients = draft.weights.map(({ gradient }) => gradient)
  const updated = draft.statistics.map((statistic) => statistic.updated)
  return { ...draft, graph: finish([draft.loss, draft.output, ...gradients, ...updated]) }
}

/** The same, to be gone on with. */
export function draftTrainingStep(model: ModelGraph, options: TrainingGraphOptions): TrainingDraft {
  const prepared = prepare(model, options)
  const { main: trace } = inferTypes(prepared.model, options)
  const moved = new Set(prepared.statistics.map(({ name }) => name))
  const candidates = weightsOf(trace).filter(({ name }) => !moved.has(name) && options.isTrained?.(name) !== false)
  const narrow = candidates.find(({ dtype }) => dtype !== 'float32' && dtype !== 'float64')
  if (narrow !== undefined) throw notWideEnough(narrow)
  const draft = draftStep(prepared, trace, options, candidates)
  if (draft.weights.length === candidates.length) return draft
  // What the output does not depend on is known only after the way back: it stays a constant of the graph.
  const trained = new Set(draft.weights.map(({ name }) => name))
  const reached = candidates.filter(({ name }) => trained.has(name))
  return draftStep(prepared, trace, options, reached)
}

/** @param candidates - inputs of the graph; those with a gradient are its weights */
function draftStep(
  { model, statistics, ...dropout }: ModelInTraining,
  trace: GraphTrace,
  options: TrainingGraphOptions,
  candidates: readonly Initializer[],
): TrainingDraft {
  const emit = new Emitter(new GraphBuilder(model.main.name), 'training')
  const layouts = useBlocks(emit, trace, candidates, options.channelBlock)
  defineValues(emit, model, trace, new Set([...statistics, ...candidates].map(({ name }) => name)))
  const { gradients, ...step } = writeStep(trace, emit, options, candidates)
  const weights = candidates.flatMap((initializer) => {
    const { name, shape } = initializer
    const [gradient, layout] = [gradients.get(name), layouts.get(name)]
    if (gradient === undefined) return []
    return [{ name, gradient, initializer, ...(layout === undefined ? { shape } : { shape: layout.stored, layout }) }]
  })
  if (weights.length === 0) throw noWeights(step.output)
  const kept = statistics.flatMap((statistic) => {
    const initializer = model.main.initializers.get(statistic.name)
    return initializer === undefined ? [] : [{ ...statistic, initializer }]
  })
  const finish = (outputs: Iterable<string>) => finishGraph(model, emit, outputs)
  return { ...step, ...dropout, emit, weights, statistics: kept, finish }
}

/** @returns the layouts of the weights that are stored in blocks */
function useBlocks(
  emit: Emitter,
  trace: GraphTrace,
  weights: readonly Initializer[],
  block: ChannelBlock | undefined,
): ReadonlyMap<string, WeightLayout> {
  if (block === undefined) return new Map()
  const layouts = chooseBlockedWeights(trace, emit, weights, block)
  emit.useBlocks(block, layouts)
  return layouts
}

/** Gives the outputs their names and ends the graph. */
export function finishGraph(prepared: ModelGraph, { builder, blocks }: Emitter, outputs: Iterable<string>): ModelGraph {
  blocks?.write(outputs)
  for (const name of new Set(outputs)) builder.output(name)
  const opsets = new Map([...prepared.opsets, ...(blocks === undefined ? [] : [[BLOCKED_DOMAIN, 1] as const])])
  const producer = { name: 'greenbench', version: '' }
  const { main } = builder.build()
  const fused = blocks === undefined ? main : fuseBlocked(main, (name) => blocks.isBlocked(name))
  return { ...prepared, opsets, main: fused, metadata: new Map(), producer }
}

/** The same model in the form that the gradient rules know. */
function prepare(model: ModelGraph, options: TrainingGraphOptions): ModelInTraining {
  const current = toCurrentOpset(settleBranches(model, options), options)
  return inTrainingMode(unrollRecurrent(current, options), options, options)
}

/** Inputs with their fixed sizes, then initializers; those that training changes are inputs too. */
export function defineValues(emit: Emitter, model: ModelGraph, trace: GraphTrace, changing: ReadonlySet<string>): void {
  const { builder, blocks } = emit
  for (const { name } of model.main.inputs) builder.inputOfType(name, trace.inputs.get(name)?.type)
  for (const initializer of model.main.initializers.values()) {
    const { name, dtype, shape } = initializer
    if (changing.has(name)) builder.input(name, dtype, blocks?.weights.get(name)?.stored ?? shape)
    else builder.addInitializer(initializer)
    if (shape.every((size) => size === 1)) emit.noteScalar(name)
  }
}

function writeStep(
  trace: GraphTrace,
  emit: Emitter,
  options: TrainingGraphOptions,
  candidates: readonly Initializer[],
) {
  const saved = writeForward(trace, emit, gradientRule)
  const { seed, from, ...step } = writeTarget(trace, emit, options)
  const names = new Set(candidates.map(({ name }) => name))
  const gradients = differentiate({ trace, emit, ruleOf: gradientRule, saved }, new Map([[from, seed]]), names)
  return { ...step, gradients }
}

function notWideEnough({ name, dtype }: Initializer): UnsupportedError {
  return new UnsupportedError(
    'E_TRAINING_TYPE',
    `training computes in float32 or float64, weight "${name}" is ${dtype}`,
    {
      hint: 'export the model in float32',
    },
  )
}

function noWeights(output: string): UnsupportedError {
  return new UnsupportedError('E_NO_WEIGHTS', `output "${output}" depends on no weight that can be trained`, {
    hint: 'train a model whose weights are floating-point initializers',
  })
}
