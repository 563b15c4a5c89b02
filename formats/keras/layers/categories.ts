/** Layers that prepare features of tables: CategoryEncoding, Discretization, IntegerLookup. */
import { int } from '../../../src/graph/attributes.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { memoryInitializer } from '../../../src/graph/memory-initializer.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { numbersOf } from './core.js'

/** CategoryEncoding: whole numbers to one-hot, multi-hot or counted vectors. */
export const categoryEncoding: LayerConverter = (call) => {
  const [input] = call.inputs
  if (input === undefined) throw call.refuse('it is called without a tensor')
  const weights = call.tensor('count_weights', 1)
  return encoded(call, call.graph.logical(input), call.config.size('num_tokens'), 'multi_hot', weights)
}

/** Discretization: the number of bounds that a value reaches. */
export const discretization: LayerConverter = (call) => {
  const { graph } = call
  const bounds = numbersOf(call.config.get('bin_boundaries'))
  if (bounds === undefined) throw call.refuse('it has no bin_boundaries')
  const input = graph.cast(graph.logical(call.input), 'float32')
  const spread = graph.node('Unsqueeze', [input.name, graph.builder.constant([-1])])
  const reached = graph.node('GreaterOrEqual', [spread, graph.floats(bounds)])
  const whole = graph.node('Cast', [reached], { to: int(7) })
  const name = call.node('ReduceSum', [whole, graph.builder.constant([-1])], { keepdims: int(0) })
  return encoded(call, { ...input, name, dtype: 'int64' }, bounds.length + 1, 'int')
}

/** IntegerLookup with the vocabulary in its config: places in it, unknown numbers before them. */
export const integerLookup: LayerConverter = (call) => {
  const { config, graph } = call
  const words = numbersOf(config.get('vocabulary'))
  if (words === undefined) throw call.refuse('its vocabulary stands beside the model, not in its config')
  const [unknown, hasMask] = [config.size('num_oov_indices', 1, 0), config.get('mask_token') !== undefined]
  if (unknown !== 1 || hasMask || config.flag('invert'))
    throw call.refuse('num_oov_indices, mask_token or invert is set')
  const input = graph.cast(graph.logical(call.input), 'int64')
  const spread = graph.node('Unsqueeze', [input.name, graph.builder.constant([-1])])
  const isWord = graph.node('Cast', [graph.node('Equal', [spread, wholeNumbers(call, words)])], { to: int(7) })
  const places = graph.builder.constant(words.map((_, index) => index + 1))
  const product = graph.node('Mul', [isWord, places])
  const name = call.node('ReduceSum', [product, graph.builder.constant([-1])], { keepdims: int(0) })
  return encoded(call, { ...input, name }, words.length + 1, 'int')
}

function wholeNumbers({ graph }: LayerCall, numbers: readonly number[]): string {
  const { builder } = graph
  const elements = BigInt64Array.from(numbers, (number) => BigInt(Math.trunc(number)))
  return builder.addInitializer(memoryInitializer(builder.uniqueName('constant'), elements, [numbers.length]))
}

/** The modes in which such layers give their numbers. */
function encoded(
  call: LayerCall,
  input: KerasTensor,
  classes: number,
  fallback: string,
  weights?: KerasTensor,
): KerasTensor {
  const { config, graph } = call
  const mode = config.text('output_mode') ?? fallback
  if (config.flag('sparse')) throw call.refuse('its output is sparse')
  if (mode === 'int') return wholeOutput(call, input)
  if (!['one_hot', 'multi_hot', 'binary', 'count'].includes(mode)) throw call.refuse(`output_mode is ${mode}`)
  const indices = graph.cast(input, 'int64')
  const attributes = { axis: int(-1) }
  const hot = call.node('OneHot', [indices.name, graph.builder.constant(classes), graph.floats([0, 1])], attributes)
  const all = { ...input, name: hot, dtype: 'float32' as const, mask: undefined }
  const { shape } = input
  if (mode === 'one_hot') {
    if (shape.at(-1) !== 1 || shape.length < 2) return call.made(hot, [...shape, classes], all)
    const thin = graph.node('Squeeze', [hot, graph.builder.constant([-2])])
    return call.made(thin, [...shape.slice(0, -1), classes], all)
  }
  const column = weights && graph.node('Unsqueeze', [graph.logical(weights).name, graph.builder.constant([-1])])
  const weighted = column === undefined ? hot : graph.node('Mul', [hot, column])
  const reduce = mode === 'count' ? 'ReduceSum' : 'ReduceMax'
  const name = graph.node(reduce, [weighted, graph.builder.constant([-2])], { keepdims: int(0) })
  return call.made(name, [...shape.slice(0, -1), classes], all)
}

/** Indices are int64, or what the layer's dtype says. */
function wholeOutput(call: LayerCall, input: KerasTensor): KerasTensor {
  const given = call.config.get('dtype')
  const dtype: DataType = given === 'int32' ? 'int32' : 'int64'
  return call.graph.cast({ ...input, mask: undefined }, dtype)
}
