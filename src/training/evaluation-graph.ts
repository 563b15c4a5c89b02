/** Makes the graph that tells loss and scores of a model as it is at inference, with its weights as inputs. */
import { GraphBuilder } from '../graph/builder.js'
import type { ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import type { NodeTrace } from '../operators/trace.js'
import { toCurrentOpset } from './current-opset.js'
import { Emitter } from './emitter.js'
import { writeForward } from './forward.js'
import { gradientRule } from './gradients/table.js'
import { atInference } from './inference-mode.js'
import { settleBranches } from './settle-branches.js'
import { defineValues, finishGraph, type TrainedWeight, type TrainingGraphOptions } from './training-graph.js'
import { type TargetOptions, type WrittenTarget, writeTarget } from './write-target.js'

/** The graph, and the names of what goes in and comes out. */
export interface EvaluationGraph extends WrittenTarget {
  /** Inputs: those of the model, the target, what `changing` names. Outputs: loss, prediction. */
  readonly graph: ModelGraph
}

/**
 * @param changing - names of initializers that become inputs: weights and running statistics
 * @param weights - those of them that may be stored in blocks, as the training stores them
 * @throws {UnsupportedError} `E_TRAINING_SHAPE`, `E_TRAINING_OPSET`
 */
export function buildEvaluationGraph(
  model: ModelGraph,
  options: TargetOptions & InputBindings & Pick<TrainingGraphOptions, 'channelBlock'>,
  changing: ReadonlySet<string>,
  weights: readonly TrainedWeight[] = [],
): EvaluationGraph {
  const prepared = toCurrentOpset(settleBranches(atInference(model), options), options)
  const { main: trace } = inferTypes(prepared, options)
  const emit = new Emitter(new GraphBuilder(prepared.main.name), 'evaluation')
  const layouts = weights.flatMap(({ name, layout }) => (layout === undefined ? [] : [[name, layout] as const]))
  if (options.channelBlock !== undefined) emit.useBlocks(options.channelBlock, new Map(layouts))
  defineValues(emit, prepared, trace, changing)
  writeForward(trace, emit, (node) => (runsOnBlocks(node) ? gradientRule(node) : undefined))
  const { seed: _, from: __, ...target } = writeTarget(trace, emit, options)
  const graph = finishGraph(prepared, emit, [target.loss, target.output])
  return { ...target, graph }
}

/** Operators that write another form of themselves on blocked channels; the others stay as they stand in the model. */
const runsOnBlocks = ({ node }: NodeTrace): boolean =>
  node.domain === '' && ['Conv', 'BatchNormalization', 'GlobalAveragePool'].includes(node.operator)
