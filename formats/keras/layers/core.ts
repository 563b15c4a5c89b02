/** Dense, Embedding, activation layers, image preparation and everything that only acts in training. */
import { float, int, ints } from '../../../src/graph/attributes.js'
import { activate, clip, softmax, softmaxOver } from '../activations.js'
import { Fields } from '../fields.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { axesOf } from './axes.js'

/** Layers that do nothing at inference. */
export const identity: LayerConverter = (call) => call.input

/** Dense: over the last axis of any number of axes. */
export const dense: LayerConverter = (call) => {
  const { config } = call
  const ordered = call.graph.logical(call.input)
  const features = call.sizeOf(ordered.shape, -1)
  const units = config.size(['units', 'output_dim'])
  const kernel = call.weight(0, 'kernel', [features, units])
  const bias = config.flag('use_bias', config.flag('bias', true)) ? [call.weight(1, 'bias', [units])] : []
  const name = matrixProduct(call, ordered, kernel, bias)
  const made = call.made(name, [...ordered.shape.slice(0, -1), units], ordered)
  return activate(call, made, config.get('activation'))
}

function matrixProduct(call: LayerCall, input: KerasTensor, kernel: string, bias: readonly string[]): string {
  if (input.shape.length === 2) return call.node('Gemm', [input.name, kernel, ...bias])
  const product = call.node('MatMul', [input.name, kernel])
  return bias.length === 0 ? product : call.graph.node('Add', [product, ...bias])
}

/** Embedding: whole numbers to rows of a table. */
export const embedding: LayerConverter = (call) => {
  const { config, graph } = call
  const [rows, size] = [config.size('input_dim'), config.size('output_dim')]
  const table = call.weight(0, 'embeddings', [rows, size])
  const indices = graph.cast(graph.logical(call.inputs[0] ?? call.input), 'int64')
  const name = call.node('Gather', [table, indices.name], { axis: int(0) })
  const mask = config.flag('mask_zero') ? isNot(call, indices, graph.builder.constant(0)) : undefined
  return { name, dtype: 'float32', shape: [...indices.shape, size], layout: 'logical', mask }
}

/** ReversibleEmbedding: called with `reverse`, it gives a score for each row of the table. */
export const reversibleEmbedding: LayerConverter = (call) => {
  const { config, graph } = call
  const isTied = config.flag('tie_weights', true)
  if (call.argument('reverse', 1) !== true) {
    if (!isTied) call.keepUnread(1, 'reverse_embeddings')
    return embedding(call)
  }
  const [rows, size] = [config.size('input_dim'), config.size('output_dim')]
  const input = graph.logical(call.input)
  const kernel = isTied
    ? graph.node('Transpose', [call.weight(0, 'embeddings', [rows, size])], { perm: ints([1, 0]) })
    : call.weight(1, 'reverse_embeddings', [size, rows])
  const logits = call.made(call.node('MatMul', [input.name, kernel]), [...input.shape.slice(0, -1), rows], input)
  const cap = config.optionalNumber('logit_soft_cap')
  if (cap === undefined) return logits
  const bent = graph.elementwise(graph.withScalar('Div', logits, cap), 'Tanh')
  return graph.withScalar('Mul', bent, cap)
}

/** Masking: time steps whose features all have one value are skipped by the layers behind. */
export const masking: LayerConverter = (call) => {
  const { graph } = call
  const input = graph.logical(call.input)
  if (input.shape.length !== 3) throw call.refuse(`its input has ${input.shape.length} axes, expected 3`)
  const differs = graph.node(
    'Cast',
    [isNot(call, input, graph.scalar(call.config.number('mask_value', 0), input.dtype))],
    {
      to: int(1),
    },
  )
  const counts = graph.node('ReduceMax', [differs, graph.builder.constant([2])], { keepdims: int(1) })
  const name = call.node('Mul', [input.name, counts])
  const flat = graph.node('Squeeze', [counts, graph.builder.constant([2])])
  return { ...input, name, mask: graph.node('Cast', [flat], { to: int(9) }) }
}

function isNot({ graph }: LayerCall, tensor: KerasTensor, value: string): string {
  return graph.node('Not', [graph.node('Equal', [tensor.name, value])])
}

/** Activation. */
export const activation: LayerConverter = (call) => activate(call, call.input, call.config.get('activation'))

/** ReLU with its limits: `max_value`, `negative_slope`, `threshold`. */
export const relu: LayerConverter = (call) => {
  const { config, graph } = call
  const slope = config.optionalNumber('negative_slope') ?? 0
  const threshold = config.optionalNumber('threshold') ?? 0
  const highest = config.optionalNumber('max_value')
  if (threshold === 0 && slope === 0) return clip(call, call.input, 0, highest)
  const bent =
    threshold === 0
      ? graph.elementwise(call.input, 'LeakyRelu', { alpha: float(slope) })
      : bentAt(call, threshold, slope)
  return highest === undefined ? bent : minimum(call, bent, highest)
}

/** `x` from the threshold on, `slope * (x - threshold)` below. */
function bentAt({ graph, input }: LayerCall, threshold: number, slope: number): KerasTensor {
  const below = graph.withScalar('Mul', graph.withScalar('Sub', input, threshold), slope)
  const isAbove = graph.withScalar('GreaterOrEqual', input, threshold)
  return { ...input, name: graph.node('Where', [isAbove.name, input.name, below.name]) }
}

function minimum({ graph }: LayerCall, tensor: KerasTensor, limit: number): KerasTensor {
  return { ...tensor, name: graph.node('Min', [tensor.name, graph.scalar(limit, tensor.dtype)]) }
}

/** LeakyReLU; Keras 2 calls the slope `alpha`. */
export const leakyRelu: LayerConverter = (call) => {
  const alpha = call.config.optionalNumber('negative_slope', 'alpha') ?? 0.3
  return call.graph.elementwise(call.input, 'LeakyRelu', { alpha: float(alpha) })
}

export const elu: LayerConverter = (call) =>
  call.graph.elementwise(call.input, 'Elu', { alpha: float(call.config.number('alpha', 1)) })

export const thresholdedRelu: LayerConverter = (call) =>
  call.graph.elementwise(call.input, 'ThresholdedRelu', { alpha: float(call.config.optionalNumber('theta') ?? 1) })

/** Softmax over one axis or several, over what a mask leaves. */
export const softmaxLayer: LayerConverter = (call) => {
  const { graph } = call
  const [input, mask] = [call.inputs[0] ?? call.input, call.tensor('mask', 1)]
  const axes = axesOf(call, input.shape.length)
  const [axis = -1] = axes
  const over = (tensor: KerasTensor) =>
    axes.length === 1 ? softmax(call, tensor, axis) : softmaxOver(call, tensor, axes)
  if (mask === undefined) return over(input)
  const ordered = graph.logical(input)
  const counts = graph.cast(graph.logical(mask), 'bool').name
  const lowest = graph.node('Where', [counts, ordered.name, graph.scalar(-3e38)])
  const made = over({ ...ordered, name: lowest })
  return { ...made, name: graph.node('Where', [counts, made.name, graph.scalar(0)]) }
}

/** PReLU: one slope per element, or shared over some axes. */
export const prelu: LayerConverter = (call) => {
  const ordered = call.graph.logical(call.input)
  const shared = call.config.get('shared_axes')
  const axes: readonly unknown[] = Array.isArray(shared) ? shared : []
  const shape = ordered.shape
    .slice(1)
    .map((_, index) => (axes.includes(index + 1) ? 1 : call.sizeOf(ordered.shape, index + 1)))
  return { ...ordered, name: call.node('PRelu', [ordered.name, call.weight(0, 'alpha', shape)]) }
}

/** Rescaling: `x * scale + offset`, both numbers or lists over the last axis. */
export const rescaling: LayerConverter = (call) => {
  const scaled = withNumbers(call, 'Mul', call.input, call.config.get('scale') ?? 1)
  return withNumbers(call, 'Add', scaled, call.config.get('offset') ?? 0)
}

function withNumbers(call: LayerCall, operator: 'Mul' | 'Add', tensor: KerasTensor, value: unknown): KerasTensor {
  const { graph } = call
  const input = tensor.dtype === 'float32' ? tensor : graph.cast(tensor, 'float32')
  if (typeof value === 'number') {
    return value === (operator === 'Mul' ? 1 : 0) ? input : graph.withScalar(operator, input, value)
  }
  const numbers = numbersOf(value)
  if (numbers === undefined) throw call.refuse(`${JSON.stringify(value)?.slice(0, 60)} is no number and no list`)
  const ordered = graph.logical(input)
  return { ...ordered, name: graph.node(operator, [ordered.name, graph.floats(numbers)]) }
}

/** @returns the numbers of a flat list, also one that stands alone in others; `undefined` for anything else */
export function numbersOf(value: unknown, depth = 0): number[] | undefined {
  if (typeof value === 'number') return [value]
  if (!Array.isArray(value)) {
    const isWrapped = typeof value === 'object' && value !== null && 'config' in value && depth < 4
    return isWrapped ? numbersOf(new Fields(value.config, 'a number').get('value'), depth + 1) : undefined
  }
  if (value.length === 1 && Array.isArray(value[0]) && depth < 8) return numbersOf(value[0], depth + 1)
  return value.every((entry) => typeof entry === 'number') ? value : undefined
}
