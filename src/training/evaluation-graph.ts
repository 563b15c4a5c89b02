/** Makes the graph that tells loss and scores of a model as it is at inference, with its weights as inputs. */
import { GraphBuilder } from '../graph/builder.js'
import type { ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { toCurrentOpset } from './current-opset.js'
import { Emitter } from './emitter.js'
import { copyNode } from './rewrite.js'
import { settleBranches } from './settle-branches.js'
import { defineValues } from './training-graph.js'
import { inInferenceMode } from './training-mode.js'
import { type TargetOptions, type WrittenTarget, writeTarget } from './write-target.js'

/** The graph, and the names of what goes in and comes out. */
export interface EvaluationGraph extends WrittenTarget {
  /** Inputs: those of the model, the target, what `changing` names. Outputs: loss, prediction. */
  readonly graph: ModelGraph
}

/**
 * @param changing - names of initializers that become inputs: weights and running statistics
 * @throws {UnsupportedError} `E_TRAINING_SHAPE`, `E_TRAINING_OPSET`
 */
export function buildEvaluationGraph(
  model: ModelGraph,
  options: TargetOptions & InputBindings,
  changing: ReadonlySet<string>,
): EvaluationGraph {
  const prepared = inInferenceMode(toCurrentOpset(settleBranches(model, options), options))
  const { main: trace } = inferTypes(prepared, options)
  const builder = new GraphBuilder(prepared.main.name)
  defineValues(builder, prepared, trace, changing)
  for (const { node } of trace.nodes) copyNode(builder, node)
  const { seed: _, from: __, ...target } = writeTarget(trace, new Emitter(builder, 'evaluation'), options)
  builder.output(target.loss).output(target.output)
  return { ...target, graph: { ...prepared, main: builder.build().main, metadata: new Map() } }
}
