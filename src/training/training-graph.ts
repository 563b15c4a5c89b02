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
import { GraphBuilder } from '../graph/builder.js'
import type { Initializer, ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import type { GraphTrace } from '../operators/trace.js'
import { toCurrentOpset } from './current-opset.js'
import { differentiate } from './differentiate.js'
import { Emitter } from './emitter.js'
import { writeForward } from './forward.js'
import { gradientRule } from './gradients/table.js'
import { settleBranches } from './settle-branches.js'
import { inTrainingMode, type RunningStatistic, type TrainingMode } from './training-mode.js'
import { unrollRecurrent } from './unroll.js'
import { weightsOf } from './weights.js'
import { type TargetOptions, type WrittenTarget, writeTarget } from './write-target.js'

/** What the step is made for. */
export interface TrainingGraphOptions extends InputBindings, TrainingMode, TargetOptions {
  /** Which weights to train, by name; all when left out. */
  readonly isTrained?: (weight: string) => boolean
}

/** A weight: an input of the graph, with an output for its gradient. */
export interface TrainedWeight {
  /** Name of the input, and of the initializer that holds the first values. */
  readonly name: string
  /** Name of the output. */
  readonly gradient: string
  readonly initializer: Initializer
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
  const { model: prepared, statistics, ...dropout } = prepare(model, options)
  const { main: trace } = inferTypes(prepared, options)
  const moved = new Set(statistics.map(({ name }) => name))
  const candidates = weightsOf(trace).filter(({ name }) => !moved.has(name) && options.isTrained?.(name) !== false)
  const builder = new GraphBuilder(prepared.main.name)
  defineValues(builder, prepared, trace, new Set([...moved, ...candidates.map(({ name }) => name)]))
  const emit = new Emitter(builder, 'training')
  const { gradients, ...step } = writeStep(trace, emit, options, candidates)
  const weights = candidates.flatMap((initializer) => {
    const gradient = gradients.get(initializer.name)
    return gradient === undefined ? [] : [{ name: initializer.name, gradient, initializer }]
  })
  if (weights.length === 0) throw noWeights(step.output)
  const kept = statistics.flatMap((statistic) => {
    const initializer = prepared.main.initializers.get(statistic.name)
    return initializer === undefined ? [] : [{ ...statistic, initializer }]
  })
  return {
    ...step,
    ...dropout,
    emit,
    weights,
    statistics: kept,
    finish: (outputs) => finish(prepared, builder, outputs),
  }
}

function finish(prepared: ModelGraph, builder: GraphBuilder, outputs: Iterable<string>): ModelGraph {
  for (const name of new Set(outputs)) builder.output(name)
  return { ...prepared, main: builder.build().main, metadata: new Map(), producer: { name: 'greenbench', version: '' } }
}

/** The same model in the form that the gradient rules know. */
function prepare(model: ModelGraph, options: TrainingGraphOptions): ReturnType<typeof inTrainingMode> {
  const current = toCurrentOpset(settleBranches(model, options), options)
  return inTrainingMode(unrollRecurrent(current, options), options, options)
}

/** Inputs with their fixed sizes, then initializers; those that training changes are inputs too. */
export function defineValues(
  builder: GraphBuilder,
  model: ModelGraph,
  trace: GraphTrace,
  changing: ReadonlySet<string>,
): void {
  for (const { name } of model.main.inputs) builder.inputOfType(name, trace.inputs.get(name)?.type)
  for (const initializer of model.main.initializers.values()) {
    if (changing.has(initializer.name)) builder.input(initializer.name, initializer.dtype, initializer.shape)
    else builder.addInitializer(initializer)
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

function noWeights(output: string): UnsupportedError {
  return new UnsupportedError('E_NO_WEIGHTS', `output "${output}" depends on no weight that can be trained`, {
    hint: 'train a model whose weights are floating-point initializers',
  })
}
