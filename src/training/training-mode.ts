/** Turns operators that behave in another way while a model is trained: batch normalisation and dropout. */
import { int } from '../graph/attributes.js'
import type { ModelGraph, Node } from '../graph/graph.js'
import type { Emitter } from './emitter.js'
import { rewriteGraph } from './rewrite.js'

/** How a model is to be trained. */
export interface TrainingMode {
  /** `batch`: statistics of each batch, running ones updated; `frozen`: the file's statistics, as at inference. */
  readonly batchNormalization: 'batch' | 'frozen'
  /** Seed of the elements that Dropout drops; each node has its own, counted up from it. */
  readonly seed: number
}

/** A running statistic: the value before a step and the one after it. */
export interface RunningStatistic {
  /** Name of the initializer. */
  readonly name: string
  readonly updated: string
}

/** @param model - in the form of `toCurrentOpset` */
export function inTrainingMode(
  model: ModelGraph,
  mode: TrainingMode,
): { readonly model: ModelGraph; readonly statistics: readonly RunningStatistic[] } {
  const statistics = new Map<string, string>()
  const rewritten = rewriteGraph(model, 'mode', (node, emit, index) => {
    if (node.domain !== '') return false
    if (node.operator === 'Dropout') return dropsElements(node, emit, mode.seed + index)
    if (node.operator !== 'BatchNormalization' || mode.batchNormalization === 'frozen') return false
    if (!node.inputs.slice(3, 5).every((name) => model.main.initializers.has(name))) return false
    batchStatistics(node, emit, statistics)
    return true
  })
  return { model: rewritten, statistics: [...statistics].map(([name, updated]) => ({ name, updated })) }
}

function dropsElements(node: Node, emit: Emitter, seed: number): boolean {
  const [input = '', ratio = ''] = node.inputs
  const isOn = emit.builder.initializer(emit.name('isTraining'), Uint8Array.of(1), [], { dtype: 'bool' })
  emit.ops('Dropout', [input, ratio, isOn], node.outputs, { seed: int(seed) })
  return true
}

/**
 * @param statistics - what each statistic is after the nodes so far: a second node of the same statistics goes on from
 *   there
 */
function batchStatistics(node: Node, emit: Emitter, statistics: Map<string, string>): void {
  const [x = '', scale = '', bias = '', ...running] = node.inputs
  const [y = ''] = node.outputs
  const before = running.map((name) => statistics.get(name) ?? name)
  const after = running.map((_, index) => emit.name(`${y}_running_${index}`))
  emit.ops('BatchNormalization', [x, scale, bias, ...before], [y, ...after], {
    ...Object.fromEntries(node.attributes),
    training_mode: int(1),
  })
  for (const [index, name] of running.entries()) statistics.set(name, after[index] ?? '')
}
