/** MultiHeadAttention and GroupQueryAttention. @see https://keras.io/api/layers/attention_layers/multi_head_attention/ */
import { int, ints } from '../../../src/graph/attributes.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { allOf, causalMask, maskedSoftmax, windowMask } from './attention-mask.js'

/** Sizes of one layer; the weights come as query, key, gate, value, output, each a kernel and perhaps a bias. */
interface Heads {
  readonly query: number
  /** Heads of keys and values. */
  readonly shared: number
  readonly keySize: number
  readonly valueSize: number
  /** Axes of a sequence over which is attended. */
  readonly axes: readonly number[]
}

export const multiHeadAttention: LayerConverter = (call) => {
  const { config } = call
  const rank = (call.tensor('query', 0) ?? call.inputs[0])?.shape.length ?? 0
  const given = config.get('attention_axes')
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  const axes = list.map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)))
  if (axes.some((axis) => !Number.isInteger(axis) || axis < 1 || axis > rank - 2)) {
    throw call.refuse(`attention_axes is ${JSON.stringify(given)?.slice(0, 60)}`)
  }
  const count = config.size('num_heads')
  const keySize = config.size('key_dim')
  return convert(call, {
    query: count,
    shared: count,
    keySize,
    valueSize: config.size('value_dim', keySize),
    axes: axes.length > 0 ? axes : Array.from({ length: Math.max(0, rank - 2) }, (_, index) => index + 1),
  })
}

export const groupQueryAttention: LayerConverter = (call) => {
  const { config } = call
  const size = config.size('head_dim')
  const [query, shared] = [config.size('num_query_heads'), config.size('num_key_value_heads')]
  if (query % shared !== 0) throw call.refuse(`${shared} heads of keys do not divide ${query} of queries`)
  return convert(call, { query, shared, keySize: size, valueSize: size, axes: [1] })
}

function convert(call: LayerCall, heads: Heads): KerasTensor | readonly KerasTensor[] {
  const { config, graph } = call
  const [query, value, key] = inputsOf(call)
  const hasGate = config.flag('use_gate')
  const [keyAt, valueAt, outputAt] = hasGate ? [1, 3, 4] : [1, 2, 3]
  const queries = projected(call, query, heads, { at: 0, role: 'query', count: heads.query, size: heads.keySize })
  const keys = projected(call, key, heads, { at: keyAt, role: 'key', count: heads.shared, size: heads.keySize })
  const values = projected(call, value, heads, {
    at: valueAt,
    role: 'value',
    count: heads.shared,
    size: heads.valueSize,
  })
  const scaled = graph.node('Mul', [queries, graph.scalar(1 / Math.sqrt(heads.keySize))])
  const rank = query.shape.length + 2 - heads.axes.length
  const scores = call.node('MatMul', [scaled, transposed(call, keys, rank)])
  const wantsScores = call.argument('return_attention_scores') === true
  // Keras has two ways to compute this, which differ for queries that may attend to nothing.
  const givesZeros = call.context.kerasVersion >= 3 && (wantsScores || config.number('dropout', 0) > 0 || rank !== 4)
  const weights = maskedSoftmax(graph, scores, maskOf(call, heads, [query, value, key], rank), givesZeros)
  const product = separated(call, call.node('MatMul', [weights, values]), query.shape, heads)
  const gated = hasGate ? graph.node('Mul', [product, gateOf(call, query, heads)]) : product
  const output = outputOf(call, gated, query, heads, outputAt)
  return wantsScores ? [output, scoresOf(call, weights, query, key, heads)] : output
}

function inputsOf(call: LayerCall): readonly [KerasTensor, KerasTensor, KerasTensor] {
  const { graph } = call
  const [query, value] = [call.tensor('query', 0), call.tensor('value', 1)]
  if (query === undefined || value === undefined) throw call.refuse('it is called without a query and a value')
  const [first, second] = [
    graph.logical(masked(call, query, 'query_mask')),
    graph.logical(masked(call, value, 'value_mask')),
  ]
  const own = call.tensor('key', 2)
  return [first, second, own === undefined ? second : graph.logical(masked(call, own, 'key_mask'))]
}

/** A mask among the arguments goes before the one that came with the tensor. */
function masked(call: LayerCall, tensor: KerasTensor, name: string): KerasTensor {
  const mask = call.tensor(name)
  return mask === undefined ? tensor : { ...tensor, mask: call.graph.cast(mask, 'bool').name }
}

interface Projection {
  /** Its place among the weights. */
  readonly at: number
  readonly role: string
  readonly count: number
  readonly size: number
}

/** `[N, ...sequence, features]` to `[N, ...sequence, heads * size]`. */
function product(call: LayerCall, input: KerasTensor, { at, role, count, size }: Projection): string {
  const hasBias = call.config.flag('use_bias', true)
  const [first, features] = [hasBias ? 2 * at : at, call.sizeOf(input.shape, -1)]
  const joined = { shape: [features, count * size] }
  const kernel = call.weight(first, `${role}/kernel`, [features, count, size], { arrangement: joined })
  const made = call.node('MatMul', [input.name, kernel])
  if (!hasBias) return made
  const bias = call.weight(first + 1, `${role}/bias`, [count, size], { arrangement: { shape: [count * size] } })
  return call.graph.node('Add', [made, bias])
}

/** `[N, ...others, heads, steps, size]`: heads that queries share are repeated. */
function projected(call: LayerCall, input: KerasTensor, heads: Heads, projection: Projection): string {
  const { graph } = call
  const { builder } = graph
  const rank = input.shape.length
  const kept = Array.from({ length: rank - 1 }, () => 0)
  const sizes = builder.constant([...kept, projection.count, projection.size])
  const split = graph.node('Reshape', [product(call, input, projection), sizes])
  const repeats = heads.query / projection.count
  const indices = Array.from({ length: heads.query }, (_, head) => Math.floor(head / repeats))
  const repeated =
    repeats === 1 ? split : graph.node('Gather', [split, builder.constant(indices)], { axis: int(rank - 1) })
  const turned = graph.node('Transpose', [repeated], { perm: ints(attentionOrder(rank, heads)) })
  if (heads.axes.length === 1) return turned
  const before = Array.from({ length: rank - heads.axes.length }, () => 0)
  return graph.node('Reshape', [turned, builder.constant([...before, -1, projection.size])])
}

/** From `[N, ...sequence, heads, size]`: the axes that are not attended over, heads, those that are, size. */
function attentionOrder(rank: number, { axes }: Heads): number[] {
  const others = Array.from({ length: rank - 1 }, (_, axis) => axis).filter((axis) => !axes.includes(axis))
  return [...others, rank - 1, ...axes, rank]
}

function transposed({ graph }: LayerCall, keys: string, rank: number): string {
  const order = Array.from({ length: rank }, (_, axis) => axis)
  return graph.node('Transpose', [keys], { perm: ints([...order.slice(0, -2), rank - 1, rank - 2]) })
}

/** Back to `[N, ...sequence, heads, size]`. */
function separated(call: LayerCall, name: string, shape: KerasShape, heads: Heads): string {
  const { graph } = call
  const rank = shape.length
  const order = attentionOrder(rank, heads)
  const back = order.map((_, axis) => order.indexOf(axis))
  const before = Array.from({ length: rank - heads.axes.length }, () => 0)
  const sizes = heads.axes.length === 1 ? [] : heads.axes.map((axis) => call.sizeOf(shape, axis))
  const split =
    sizes.length === 0
      ? name
      : graph.node('Reshape', [name, graph.builder.constant([...before, ...sizes, heads.valueSize])])
  return graph.node('Transpose', [split], { perm: ints(back) })
}

function gateOf(call: LayerCall, query: KerasTensor, heads: Heads): string {
  const projection = { at: 2, role: 'gate', count: heads.query, size: heads.valueSize }
  const gate = call.graph.node('Sigmoid', [product(call, query, projection)])
  const kept = query.shape.slice(1).map(() => 0)
  return call.graph.node('Reshape', [gate, call.graph.builder.constant([...kept, heads.query, heads.valueSize])])
}

function outputOf(call: LayerCall, name: string, query: KerasTensor, heads: Heads, at: number): KerasTensor {
  const { config, graph } = call
  const given = config.get('output_shape') ?? call.sizeOf(query.shape, -1)
  const sizes = config.sizes('output_shape', Array.isArray(given) ? given.length : 1, [call.sizeOf(query.shape, -1)])
  const size = sizes.reduce((all, next) => all * next, 1)
  const features = heads.query * heads.valueSize
  const kept = query.shape.slice(1).map(() => 0)
  const flat = graph.node('Reshape', [name, graph.builder.constant([...kept, features])])
  const first = config.flag('use_bias', true) ? 2 * at : at
  const shape = [heads.query, heads.valueSize, ...sizes]
  const kernel = call.weight(first, 'output/kernel', shape, { arrangement: { shape: [features, size] } })
  const made = call.node('MatMul', [flat, kernel])
  const bias = (): string => call.weight(first + 1, 'output/bias', sizes, { arrangement: { shape: [size] } })
  const sum = config.flag('use_bias', true) ? graph.node('Add', [made, bias()]) : made
  const whole = sizes.length === 1 ? sum : graph.node('Reshape', [sum, graph.builder.constant([...kept, ...sizes])])
  return call.made(whole, [...query.shape.slice(0, -1), ...sizes], query)
}

function maskOf(
  call: LayerCall,
  heads: Heads,
  [query, value, key]: readonly KerasTensor[],
  rank: number,
): string | undefined {
  const { config, graph } = call
  if (query === undefined || value === undefined || key === undefined) return undefined
  const unsqueezed = (mask: string | undefined, axes: readonly number[]) =>
    mask && graph.node('Unsqueeze', [mask, graph.builder.constant(axes)])
  const own = call.tensor('attention_mask')
  const given = own && graph.cast(graph.logical(own), 'bool').name
  const found = [
    unsqueezed(query.mask, [2]),
    unsqueezed(value.mask, [1]),
    key === value ? undefined : unsqueezed(key.mask, [1]),
  ]
  const ofBatch = [given, ...found].filter((mask) => mask !== undefined)
  const width = config.optionalNumber('sliding_window')
  const square = [
    call.argument('use_causal_mask') === true ? causalMask(graph, query, value) : undefined,
    width === undefined ? undefined : windowMask(graph, query, value, width),
  ]
  const whole = allOf(graph, [...ofBatch, ...square])
  if (whole !== undefined && heads.axes.length > 1) throw call.refuse('it masks keys along several axes')
  if (whole === undefined || ofBatch.length === 0) return whole
  const ownRank = own?.shape.length ?? 3
  if (ownRank > 3 && ofBatch.length > 1) throw call.refuse('it joins masks of several ranks')
  const missing = Array.from({ length: rank - ownRank }, (_, index) => ownRank - 2 + index)
  return missing.length === 0 ? whole : unsqueezed(whole, missing)
}

/** `[N, ...others, heads, ...queries, ...keys]`. */
function scoresOf(call: LayerCall, weights: string, query: KerasTensor, key: KerasTensor, heads: Heads): KerasTensor {
  const others = query.shape.slice(0, -1).filter((_, axis) => !heads.axes.includes(axis))
  const ofAxes = (shape: KerasShape) => heads.axes.map((axis) => shape[axis])
  const shape = [...others, heads.query, ...ofAxes(query.shape), ...ofAxes(key.shape)]
  const from = { ...query, mask: undefined }
  if (heads.axes.length === 1) return call.made(weights, shape, from)
  const sizes = shape.map((size, axis) => (axis < others.length + 1 ? 0 : (size ?? -1)))
  return call.made(call.graph.node('Reshape', [weights, call.graph.builder.constant(sizes)]), shape, from)
}
