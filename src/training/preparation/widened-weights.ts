/** Turns weights that a file stores in 16 bits and widens when it runs into float32 ones, in which training computes. */
import type { Initializer, ModelGraph } from '../../graph/graph.js'
import { memoryInitializer } from '../../graph/memory-initializer.js'
import { inferTypes } from '../../operators/infer.js'
import { dtypeOf } from '../../operators/known-value.js'
import { bfloat16ToNumber, halfToNumber } from '../../operators/small-constant.js'
import type { NodeTrace } from '../../operators/trace.js'
import { countOf } from '../state-buffers.js'
import { withoutUnread } from './unread.js'

/** A model with its weights as wide as it computes with them. */
export interface ModelWithWideWeights {
  readonly model: ModelGraph
  /** Those that were stored in 16 bits, by their new names: what the Cast called them. */
  readonly widened: ReadonlySet<string>
}

/** @returns the model itself where no 16-bit constant is cast to float32 */
export function withWideWeights(model: ModelGraph): ModelWithWideWeights {
  const stored = [...model.main.initializers.values()]
  if (!stored.some(({ dtype }) => dtype in NUMBERS)) return { model, widened: new Set() }
  const casts = new Set(inferTypes(model).main.nodes.flatMap((trace) => (isWidening(trace) ? [trace.node] : [])))
  const initializers = new Map(model.main.initializers)
  const widened = new Map<string, string>()
  const nodes = model.main.nodes.flatMap((node) => {
    const [name = '', wide = ''] = [node.inputs[0], node.outputs[0]]
    const initializer = model.main.initializers.get(name)
    if (!casts.has(node) || initializer === undefined) return [node]
    const known = widened.get(name)
    // A weight that is cast twice stays one weight.
    if (known !== undefined) return [{ ...node, operator: 'Identity', inputs: [known], attributes: new Map() }]
    widened.set(name, wide)
    initializers.set(wide, widen(wide, initializer))
    return []
  })
  const changed = withoutUnread({ ...model, main: { ...model.main, nodes, initializers } })
  return { model: changed, widened: new Set(widened.values()) }
}

const NUMBERS: Readonly<Record<string, (bits: number) => number>> = {
  float16: halfToNumber,
  bfloat16: bfloat16ToNumber,
}

const isWidening = ({ node, inputs, outputs }: NodeTrace): boolean =>
  node.domain === '' &&
  node.operator === 'Cast' &&
  (dtypeOf(inputs[0]) ?? '') in NUMBERS &&
  dtypeOf(outputs[0]) === 'float32'

function widen(name: string, { dtype, shape, data }: Initializer): Initializer {
  const bits = new Uint16Array(data.read().slice().buffer, 0, countOf(shape))
  return memoryInitializer(name, Float32Array.from(bits, NUMBERS[dtype]), shape)
}
