/**
 * Attention of `com.microsoft` between given queries, keys and values, with a cache or packed without padding.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MultiHeadAttention
 */

import { add, type Dimension, floorDivide, multiply, type Shape } from '../graph/dimension.js'
import { scaledDotProduct } from './attention.js'
import { tensor } from './known-value.js'
import { packedAttention } from './microsoft-attention.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { dimensionAt, hasInput, scalarDimension } from './shape/inputs.js'
import { steps, sumOfCosts } from './shape/steps.js'

export const microsoftMultiHead: OperatorFamily = {
  MultiHeadAttention: multiHead({ bias: 3, mask: 4, scores: 5, past: 6, length: 8 }),
  DecoderMaskedMultiHeadAttention: multiHead({ bias: 10, mask: 3, scores: 4, past: 5, length: 7 }),
  PackedMultiHeadAttention: {
    shape: (context) => [tensor(context.dtype(0), packedOutput(context))],
    cost: packedCost,
    weightInputs: [3],
    settingInputs: [4, 5, 6],
  },
}

/** Positions of the inputs beside query, key and value. */
interface MultiHead {
  readonly bias: number
  readonly mask: number
  readonly scores: number
  /** Keys of the cache; its values follow. */
  readonly past: number
  readonly length: number
}

function multiHead(places: MultiHead): OperatorRule {
  const { bias, mask, scores, past, length } = places
  return {
    shape: (context) => multiHeadShape(context, places),
    cost: (context) => multiHeadCost(context, places),
    weightInputs: [bias],
    settingInputs: [mask, scores, past, past + 1, length],
  }
}

/** What the many layouts of query, key and value say of the sizes. */
interface Layout {
  readonly batch: Dimension
  readonly queries: Dimension
  /** New keys, without the cache. */
  readonly keys: Dimension
  readonly headSize: Dimension
  readonly valueSize: Dimension
}

/**
 * Query `[N, S, H]` alone holds all three side by side, `[N, S, heads, 3, D]` packed; key `[N, L, H]`,
 * `[N, L, heads, 2, D]` packed with the values, or `[N, heads, L, D]` from a cache of cross attention.
 */
function layoutOf(context: NodeContext, heads: number): Layout | undefined {
  const [query, key, value] = [context.shape(0), context.shape(1), context.shape(2)]
  const [batch, queries] = query ?? []
  if (query === undefined || batch === undefined || queries === undefined) return undefined
  const packed = query.length === 5 ? query[4] : key?.length === 5 ? key[4] : undefined
  if (packed !== undefined) {
    return { batch, queries, keys: key?.[1] ?? queries, headSize: packed, valueSize: packed }
  }
  const perHead = floorDivide(query[2] ?? 0, heads)
  if (!hasInput(context, 1))
    return { batch, queries, keys: queries, headSize: floorDivide(perHead, 3), valueSize: floorDivide(perHead, 3) }
  const keys = (key?.length === 4 ? key[2] : key?.[1]) ?? context.unknownDimension('keys')
  const valueSize = value?.length === 4 ? value[3] : value && floorDivide(value[2] ?? 0, heads)
  return { batch, queries, keys, headSize: perHead, valueSize: valueSize ?? perHead }
}

function isShared(context: NodeContext, { length }: MultiHead): boolean {
  return context.int('past_present_share_buffer', 0) !== 0 || hasInput(context, length)
}

/** Output `[N, S, V]`, caches `[N, heads, total, D]` and the scores `[N, heads, S, total]`. */
function multiHeadShape(context: NodeContext, places: MultiHead): readonly (KnownValue | undefined)[] {
  const heads = context.int('num_heads', 1) || 1
  const layout = layoutOf(context, heads)
  const dtype = context.dtype(0)
  if (layout === undefined) return [tensor(dtype, undefined)]
  const { batch, queries, headSize, valueSize } = layout
  const before = hasInput(context, places.past) ? dimensionAt(context, places.past, 2, 'past') : 0
  const total = isShared(context, places) ? before : add(before, layout.keys)
  return [
    tensor(dtype, [batch, queries, multiply(heads, valueSize)]),
    tensor(dtype, [batch, heads, total, headSize]),
    tensor(dtype, [batch, heads, total, valueSize]),
    tensor(dtype, [batch, heads, queries, total]),
  ]
}

function multiHeadCost(context: CostContext, places: MultiHead): Cost {
  const heads = context.int('num_heads', 1) || 1
  const layout = layoutOf(context, heads)
  if (layout === undefined) return steps(0)
  const numbers = numericLayout(context, layout)
  const keys = numbers.keys + pastLength(context, places, numbers.keys)
  const isMasked = hasInput(context, places.mask) || context.int('unidirectional', 0) !== 0
  const isBiased = hasInput(context, places.scores)
  const bias = hasInput(context, places.bias) ? inputsOfAttention(context) : 0
  const sizes = { ...numbers, heads, keys }
  return sumOfCosts(scaledDotProduct(sizes, 1 + (isMasked ? 1 : 0) + (isBiased ? 1 : 0)), steps(bias))
}

/** @returns elements of query, key and value together */
export function inputsOfAttention(context: CostContext): number {
  return [0, 1, 2].reduce((sum, index) => sum + context.inputElements(index), 0)
}

/** The sizes of inputs are read once more, so that unknown ones are refused. */
function numericLayout(context: CostContext, layout: Layout) {
  for (const index of [0, 1, 2]) if (hasInput(context, index)) context.inputSizes(index)
  const { batch, queries, keys, headSize, valueSize } = layout
  return {
    batch: Number(batch),
    queries: Number(queries),
    keys: Number(keys),
    headSize: Number(headSize),
    valueSize: Number(valueSize),
  }
}

function pastLength(context: CostContext, places: MultiHead, keys: number): number {
  if (!hasInput(context, places.past)) return 0
  const buffer = context.inputSizes(places.past)[2] ?? 0
  if (!isShared(context, places)) return buffer
  const known = scalarDimension(context, places.length)
  if (typeof known === 'number') return known
  context.assume('attention with a shared cache: the cache is counted as full')
  return Math.max(buffer - keys, 0)
}

/** Query `[tokens, H]` or `[tokens, heads, 3, D]`. */
function packedOutput(context: NodeContext): Shape | undefined {
  const query = context.shape(0)
  const [tokens, heads, , size] = query ?? []
  if (query === undefined || tokens === undefined) return undefined
  if (query.length === 4 && heads !== undefined && size !== undefined) return [tokens, multiply(heads, size)]
  return [tokens, context.shape(2)?.[1] ?? query[1] ?? context.unknownDimension('hidden')]
}

function packedCost(context: CostContext): Cost {
  const [, width = 0] = context.outputSizes(0)
  const heads = context.int('num_heads', 1) || 1
  const query = context.inputSizes(0)
  const headSize = query.length === 4 ? (query[3] ?? 0) : (query[1] ?? 0) / heads
  const bias = hasInput(context, 3) ? inputsOfAttention(context) : 0
  return sumOfCosts(packedAttention(context, heads, { headSize, valueSize: width / heads }, 4), steps(bias))
}
