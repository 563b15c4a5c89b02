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
import type { DataType } from '../graph/data-type.js'
import { isFloat } from '../graph/data-type.js'
import type { Initializer, ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { dtypeOf, shapeOf } from '../operators/known-value.js'
import type { GraphTrace } from '../operators/trace.js'
import { toCurrentOpset } from './current-opset.js'
import { differentiate } from './differentiate.js'
import { Emitter, type Sizes } from './emitter.js'
import { writeForward } from './forward.js'
import { gradientRule } from './gradients/table.js'
import { type LossOptions, targetOf, writeLoss } from './loss.js'
import { findPrediction } from './prediction.js'
import { settleBranches } from './settle-branches.js'
import { inTrainingMode, type RunningStatistic, type TrainingMode } from './training-mode.js'
import { unrollRecurrent } from './unroll.js'
import { weightsOf } from './weights.js'

/** What the step is made for. */
export interface TrainingGraphOptions extends InputBindings, TrainingMode {
  readonly loss: LossOptions
  /** Output to train; the first when left out. */
  readonly output?: string
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
export interface TrainingGraph {
  /** Inputs: those of the model, the target, weights, statistics. Outputs: loss, prediction, gradients, statistics. */
  readonly graph: ModelGraph
  /** Name, type and sizes of the input that holds the labels. */
  readonly target: { readonly name: string; readonly dtype: DataType; readonly shape: Sizes }
  /** Name of the scalar output. */
  readonly loss: string
  /** The model's own output that is trained, e.g. to count right answers. */
  readonly output: string
  readonly weights: readonly TrainedWeight[]
  readonly statistics: readonly TrainedStatistic[]
}

/**
 * @param model - its weights are not read; of the result only small constants are
 * @throws {UnsupportedError} `E_GRADIENT_MISSING`, `E_GRADIENT_SETTING`, `E_TRAINING_SHAPE`, `E_TRAINING_TYPE`,
 *   `E_TRAINING_OPSET`, `E_NO_WEIGHTS` for a model that cannot be trained, by name of what stands in the way
 */
export function buildTrainingGraph(model: ModelGraph, options: TrainingGraphOptions): TrainingGraph {
  const { model: prepared, statistics } = prepare(model, options)
  const { main: trace } = inferTypes(prepared, options)
  const moved = new Set(statistics.map(({ name }) => name))
  const candidates = weightsOf(trace).filter(({ name }) => !moved.has(name) && options.isTrained?.(name) !== false)
  const builder = new GraphBuilder(prepared.main.name)
  defineValues(builder, prepared, trace, new Set([...moved, ...candidates.map(({ name }) => name)]))
  const emit = new Emitter(builder, 'training')
  const { output, ...step } = writeStep(prepared, trace, emit, options, candidates)
  const weights = candidates.flatMap((initializer) => {
    const gradient = step.gradients.get(initializer.name)
    return gradient === undefined ? [] : [{ name: initializer.name, gradient, initializer }]
  })
  if (weights.length === 0) throw noWeights(output)
  const initializers = prepared.main.initializers
  const kept = statistics.flatMap((statistic) => {
    const initializer = initializers.get(statistic.name)
    return initializer === undefined ? [] : [{ ...statistic, initializer }]
  })
  const names = [step.loss, output, ...weights.map(({ gradient }) => gradient), ...kept.map(({ updated }) => updated)]
  for (const name of new Set(names)) builder.output(name)
  const { main } = builder.build()
  const graph = { ...prepared, main, metadata: new Map(), producer: { name: 'greenbench', version: '' } }
  return { graph, target: step.target, loss: step.loss, output, weights, statistics: kept }
}

/** The same model in the form that the gradient rules know. */
function prepare(model: ModelGraph, options: TrainingGraphOptions): ReturnType<typeof inTrainingMode> {
  const current = toCurrentOpset(settleBranches(model, options), options)
  return inTrainingMode(unrollRecurrent(current, options), options)
}

/** Inputs with their fixed sizes, then initializers; those that training changes are inputs too. */
function defineValues(
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
  model: ModelGraph,
  trace: GraphTrace,
  emit: Emitter,
  options: TrainingGraphOptions,
  candidates: readonly Initializer[],
) {
  const saved = writeForward(trace, emit, gradientRule)
  const output = options.output ?? model.main.outputs[0]?.name ?? ''
  const [dtype, sizes] = outputType(trace, output)
  const wanted = targetOf(options.loss, sizes, dtype)
  const target = { name: emit.builder.input(emit.name('target'), wanted.dtype, wanted.shape), ...wanted }
  const found = findPrediction(trace, output, options.loss)
  const isReshaped = found.name !== output && found.sizes.join() !== sizes.join()
  const prediction = isReshaped ? emit.reshape(found.name, sizes) : found.name
  const { loss, gradient } = writeLoss(options.loss, { emit, prediction, sizes, dtype, target: target.name })
  const seed = isReshaped ? emit.reshape(gradient, found.sizes) : gradient
  const names = new Set(candidates.map(({ name }) => name))
  const gradients = differentiate({ trace, emit, ruleOf: gradientRule, saved }, new Map([[found.name, seed]]), names)
  return { output, target, loss, gradients }
}

function outputType(trace: GraphTrace, output: string): readonly [DataType, Sizes] {
  const value = trace.values.get(output)
  const [dtype, shape] = [dtypeOf(value), shapeOf(value)]
  const isFixed = shape?.every((size): size is number => typeof size === 'number') === true
  if (dtype !== undefined && isFloat(dtype) && isFixed) return [dtype, shape]
  throw new UnsupportedError('E_TRAINING_SHAPE', `output "${output}" has no fixed floating-point shape to train`, {
    hint: 'give every input of the model a fixed shape, and name an output of floating-point numbers',
  })
}

function noWeights(output: string): UnsupportedError {
  return new UnsupportedError('E_NO_WEIGHTS', `output "${output}" depends on no weight that can be trained`, {
    hint: 'train a model whose weights are floating-point initializers',
  })
}
