/** Turns operators that behave in another way while a model is trained: batch normalisation and dropout. */
import { int } from '../graph/attributes.js'
import type { ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { writeMask } from './dropout-mask.js'
import { ForwardView } from './gradient-rule.js'
import { rewriteGraph } from './rewrite.js'

/** How a model is to be trained. */
export interface TrainingMode {
  /** `batch`: statistics of each batch, running ones updated; `frozen`: the file's statistics, as at inference. */
  readonly batchNormalization: 'batch' | 'frozen'
  /**
   * What the running variance follows: the variance of the batch divided by its number of values (`population`, as ONNX and
   * Keras define it) or by one less (`unbiased`, as PyTorch does). `population` when left out.
   */
  readonly runningVariance?: 'population' | 'unbiased'
}

/** A running statistic: the value before a step and the one after it. */
export interface RunningStatistic {
  /** Name of the initializer. */
  readonly name: string
  readonly updated: string
}

/** A model as it is trained. */
export interface ModelInTraining {
  readonly model: ModelGraph
  readonly statistics: readonly RunningStatistic[]
  /** Name of the input that decides what Dropout drops, uint32 `[2]`; present where something is dropped. */
  readonly dropoutKey?: string
}

/** What the nodes so far have led to. */
interface Pass {
  readonly mode: TrainingMode
  readonly statistics: Map<string, string>
  dropoutKey?: string
  /** Elements of all masks. */
  masked: number
}

/**
 * @param model - in the form of `toCurrentOpset`
 * @param bindings - sizes of free input dimensions
 */
export function inTrainingMode(model: ModelGraph, mode: TrainingMode, bindings: InputBindings = {}): ModelInTraining {
  const { main } = inferTypes(model, bindings)
  const pass: Pass = { mode, statistics: new Map(), masked: 0 }
  const rewritten = rewriteGraph(model, 'mode', (node, emit, index) => {
    const trace = main.nodes[index]
    if (node.domain !== '' || trace === undefined) return false
    if (node.operator === 'Dropout') return dropsElements(new ForwardView(trace, emit), pass)
    if (node.operator !== 'BatchNormalization' || mode.batchNormalization === 'frozen') return false
    if (!node.inputs.slice(3, 5).every((name) => model.main.initializers.has(name))) return false
    batchStatistics(new ForwardView(trace, emit), pass)
    return true
  })
  const statistics = [...pass.statistics].map(([name, updated]) => ({ name, updated }))
  const { dropoutKey } = pass
  return { model: rewritten, statistics, ...(dropoutKey === undefined ? {} : { dropoutKey }) }
}

function dropsElements(view: ForwardView, pass: Pass): boolean {
  const { emit } = view
  const ratio = view.input(1) === '' ? 0.5 : (view.setting(1)[0] ?? 0.5)
  if (ratio <= 0 || ratio >= 1) return false
  pass.dropoutKey ??= emit.builder.input(emit.name('dropoutKey'), 'uint32', [2])
  const sizes = view.sizes(0)
  const plan = { key: pass.dropoutKey, sizes, ratio, dtype: view.computesIn, start: pass.masked }
  const { isKept, factors } = writeMask(emit, plan)
  emit.ops('Mul', [view.input(0), factors], [view.output()])
  if (view.output(1) !== '') emit.ops('Identity', [isKept], [view.output(1)])
  pass.masked += sizes.reduce((product, size) => product * size, 1)
  return true
}

/** A second node of the same statistics goes on from what they are after the first. */
function batchStatistics(view: ForwardView, { mode, statistics }: Pass): void {
  const { emit } = view
  const [x = '', scale = '', bias = '', ...running] = view.node.inputs
  const before = running.map((name) => statistics.get(name) ?? name)
  const after = running.map((_, index) => emit.name(`${view.output()}_running_${index}`))
  emit.ops('BatchNormalization', [x, scale, bias, ...before], [view.output(), ...after], {
    ...Object.fromEntries(view.node.attributes),
    training_mode: int(1),
  })
  const [mean = '', variance = ''] = after
  const followed = mode.runningVariance === 'unbiased' ? unbiased(view, before[1] ?? '', variance) : variance
  for (const [index, name] of running.entries()) statistics.set(name, index === 0 ? mean : followed)
}

/** With `after` = m * before + (1 - m) * variance: the same with the variance times n / (n - 1). */
function unbiased(view: ForwardView, before: string, after: string): string {
  const { emit } = view
  const sizes = view.sizes(0)
  const count = sizes.reduce((product, size) => product * size, 1) / (sizes[1] ?? 1)
  if (count < 2) return after
  const kept = emit.mul(before, view.scalar(view.float('momentum', 0.9)))
  return emit.add(kept, emit.mul(emit.sub(after, kept), view.scalar(count / (count - 1))))
}
