/**
 * Attention of the standard: Attention, rotary positions, linear attention and the caches they keep.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Attention.html
 */
import { add, floorDivide, multiply, type Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { countOf } from './shape/cost.js'
import { dimensionAt, hasInput } from './shape/inputs.js'
import { mismatch } from './shape/mismatch.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS, steps, sumOfCosts } from './shape/steps.js'

/** `x*cos - y*sin`: two products and a sum per rotated element. */
const ROTATION_STEPS = 3

export const attention: OperatorFamily = {
  Attention: { shape: attentionShape, cost: attentionCost, settingInputs: [3, 4, 5, 6] },
  RotaryEmbedding: { shape: sameAsInput(), cost: rotaryCost, nonTrainableInputs: [1, 2], settingInputs: [3] },
  TensorScatter: { shape: sameAsInput(), cost: 'free', settingInputs: [2] },
  LinearAttention: { shape: linearAttentionShape, cost: linearAttentionCost },
  CausalConvWithState: { shape: causalConvShape, cost: causalConvCost },
}

/** `ai.onnx.preview`: attention whose scores and probabilities go through sub-graphs. */
export const previewAttention: OperatorFamily = {
  FlexAttention: { shape: flexShape, cost: flexCost },
}

/** Sizes of the two products of an attention. */
export interface AttentionSizes {
  readonly batch: number
  readonly heads: number
  readonly queries: number
  readonly keys: number
  readonly headSize: number
  readonly valueSize: number
}

/**
 * `Q K^T` and `P V` over all pairs of positions; masked ones are computed and thrown away, so they count.
 *
 * @param stepsPerScore - besides softmax: scale, mask, soft cap
 */
export function scaledDotProduct(sizes: AttentionSizes, stepsPerScore: number): Cost {
  const scores = sizes.batch * sizes.heads * sizes.queries * sizes.keys
  return {
    macs: scores * (sizes.headSize + sizes.valueSize),
    other: scores * (SOFTMAX_STEPS + stepsPerScore),
  }
}

/** @returns the cost of rotating `elements`, of which `rotated` of every `headSize` take part */
export function rotationCost(elements: number, rotated: number, headSize: number): Cost {
  return steps(ROTATION_STEPS * elements * (headSize > 0 ? Math.min(rotated, headSize) / headSize : 1))
}

/** `[N, S, H*D]` or `[N, H, S, D]` as the latter. */
function headsFirst(shape: Shape | undefined, heads: number): Shape | undefined {
  const [batch, positions, width] = shape ?? []
  if (shape === undefined || shape.length === 4 || batch === undefined) return shape
  if (shape.length !== 3 || positions === undefined || width === undefined) return undefined
  if (heads === 0) throw mismatch('3-dimensional inputs need q_num_heads and kv_num_heads')
  return [batch, heads, positions, floorDivide(width, heads)]
}

function attentionShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const queries = headsFirst(context.shape(0), context.int('q_num_heads', 0))
  const values = headsFirst(context.shape(2), context.int('kv_num_heads', 0))
  const dtype = context.dtype(0)
  const [batch, heads, length] = queries ?? []
  const size = values?.[3]
  if (batch === undefined || heads === undefined || length === undefined) return [tensor(dtype, undefined)]
  const headSize = size ?? context.unknownDimension('head')
  const output =
    context.shape(0)?.length === 3 ? [batch, length, multiply(heads, headSize)] : [batch, heads, length, headSize]
  const presentKey = withPast(context, 1, 4)
  const keys = presentKey?.[2] ?? context.unknownDimension('keys')
  return [
    tensor(dtype, output),
    tensor(context.dtype(1), presentKey),
    tensor(context.dtype(2), withPast(context, 2, 5)),
    tensor(dtype, [batch, heads, length, keys]),
  ]
}

/** `[N, H, past + S, D]` of the keys or the values. */
function withPast(context: NodeContext, index: number, past: number): Shape | undefined {
  const now = headsFirst(context.shape(index), context.int('kv_num_heads', 0))
  const length = now?.[2]
  if (now === undefined || length === undefined || !hasInput(context, past)) return now
  return now.with(2, add(length, dimensionAt(context, past, 2, 'past')))
}

function attentionCost(context: CostContext): Cost {
  const [batch = 0, heads = 0, queries = 0, headSize = 0] = numericHeads(context, 0, 'q_num_heads')
  const [, , now = 0, valueSize = 0] = numericHeads(context, 2, 'kv_num_heads')
  const keys = now + (hasInput(context, 4) ? (context.inputSizes(4)[2] ?? 0) : 0)
  // Queries and keys are scaled before the product, scores are masked and capped after it.
  const mask = hasInput(context, 3) || context.int('is_causal', 0) === 1 ? 1 : 0
  const cap = context.float('softcap', 0) > 0 ? 3 : 0
  const scaled = context.inputElements(0) + context.inputElements(1)
  return sumOfCosts(scaledDotProduct({ batch, heads, queries, keys, headSize, valueSize }, mask + cap), steps(scaled))
}

function numericHeads(context: CostContext, index: number, attribute: string): readonly number[] {
  return (headsFirst(context.inputSizes(index), context.int(attribute, 0)) ?? []).map(Number)
}

function rotaryCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  const width = sizes.at(-1) ?? 0
  const headSize = sizes.length === 4 ? width : width / (context.int('num_heads', 0) || 1)
  return rotationCost(countOf(sizes), context.int('rotary_embedding_dim', 0) || headSize, headSize)
}

/** Packed `[N, T, H*D]`; the state is `[N, H_kv, D_k, D_v]`. */
function linearAttentionShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const queryHeads = context.int('q_num_heads', 1)
  const valueHeads = context.int('kv_num_heads', 1)
  const [batch, length, width] = context.shape(0) ?? []
  const valueWidth = context.shape(2)?.[2]
  if (batch === undefined || length === undefined || width === undefined || valueWidth === undefined) {
    return [tensor(context.dtype(0), undefined), withoutContents(context.inputs[3])]
  }
  const valueSize = floorDivide(valueWidth, valueHeads)
  const state = [batch, valueHeads, floorDivide(width, queryHeads), valueSize]
  const slots = context.int('state_window', 0)
  return [
    tensor(context.dtype(0), [batch, length, multiply(Math.max(queryHeads, valueHeads), valueSize)]),
    tensor(context.dtype(3) ?? context.dtype(0), slots > 0 ? [slots, ...state] : state),
  ]
}

/** Per token: the outer product that updates the state, the read-out, and what `delta` retrieves from the state. */
function linearAttentionCost(context: CostContext): Cost {
  const queryHeads = context.int('q_num_heads', 1)
  const valueHeads = context.int('kv_num_heads', 1)
  const [batch = 0, length = 0, width = 0] = context.inputSizes(0)
  const keySize = width / queryHeads
  const valueSize = (context.inputSizes(2)[2] ?? 0) / valueHeads
  const rule = context.text('update_rule', 'gated_delta')
  const isDelta = rule === 'delta' || rule === 'gated_delta'
  const isGated = rule === 'gated' || rule === 'gated_delta'
  const state = valueHeads * keySize * valueSize
  const readOut = Math.max(queryHeads, valueHeads) * keySize * valueSize
  return {
    macs: batch * length * (state * (isDelta ? 2 : 1) + readOut),
    other: batch * length * ((isGated ? state : 0) + (isDelta ? 2 * valueHeads * valueSize : 0)),
  }
}

/** The state holds the positions that the kernel reaches back. */
export function causalConvShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const output = withoutContents(context.inputs[0])
  const [batch, channels] = context.shape(0) ?? []
  const kernel = context.shape(1)?.at(-1)
  if (batch === undefined || channels === undefined || kernel === undefined) return [output]
  const reach = multiply(add(kernel, -1), context.int('dilation', 1))
  const isChannelsLast = context.int('channels_last', 0) === 1
  const inner = context.shape(0)?.slice(2, isChannelsLast ? undefined : -1) ?? []
  const slot = isChannelsLast ? [batch, reach, ...inner] : [batch, channels, ...inner, reach]
  const slots = context.int('state_window', 0)
  return [output, tensor(context.dtype(0), slots > 0 ? [slots, ...slot] : slot)]
}

/** One product per element and kernel tap: the convolution is depthwise. */
export function causalConvCost(context: CostContext): Cost {
  const elements = context.inputElements(0)
  const activation = context.text('activation', 'none') === 'none' ? 0 : 2
  const bias = hasInput(context, 2) ? 1 : 0
  return { macs: elements * countOf(context.inputSizes(1).slice(2)), other: elements * (activation + bias) }
}

const FLEX_GRAPHS = ['score_mod', 'prob_mod']

function flexShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const [batch, heads, queries] = context.shape(0) ?? []
  const keys = context.shape(1)?.[2]
  const size = context.shape(2)?.[3]
  if (batch === undefined || heads === undefined || queries === undefined) return [tensor(context.dtype(0), undefined)]
  const scores = tensor(context.dtype(0), [batch, heads, queries, keys ?? context.unknownDimension('keys')])
  for (const name of FLEX_GRAPHS) {
    const graph = context.attribute(name)
    if (graph?.kind === 'graph') context.inferSubgraph(graph.value, [scores])
  }
  return [tensor(context.dtype(0), [batch, heads, queries, size ?? context.unknownDimension('head')])]
}

function flexCost(context: CostContext): Cost {
  const [batch = 0, heads = 0, queries = 0, headSize = 0] = context.inputSizes(0)
  const [, , keys = 0, valueSize = 0] = context.inputSizes(2)
  const modifications = FLEX_GRAPHS.map((name) => {
    const graph = context.attribute(name)
    return graph?.kind === 'graph' ? context.subgraph(graph.value) : steps(0)
  })
  return sumOfCosts(scaledDotProduct({ batch, heads, queries, keys, headSize, valueSize }, 1), ...modifications)
}
