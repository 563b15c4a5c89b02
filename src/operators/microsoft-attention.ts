/**
 * Attention of `com.microsoft` with its projections inside: Attention, its quantised, packed and decoding forms.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.Attention
 */

import { add, type Dimension, floorDivide, type Shape } from '../graph/dimension.js'
import { type AttentionSizes, scaledDotProduct } from './attention.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { dimensionAt, hasInput, scalarDimension } from './shape/inputs.js'
import { withLast } from './shape/layout.js'
import { sameAsInput } from './shape/same.js'
import { steps, sumOfCosts } from './shape/steps.js'

export const microsoftAttention: OperatorFamily = {
  Attention: projected({ past: 4, bias: 2, mask: 3, scores: 5, length: 6, dtypeFrom: 0 }),
  DecoderMaskedSelfAttention: projected({ past: 4, bias: 2, mask: 3, scores: 5, length: 6, dtypeFrom: 0 }),
  QAttention: {
    ...projected({ past: 8, bias: 2, mask: 5, scores: undefined, length: undefined, dtypeFrom: 3 }),
    nonTrainableInputs: [3, 4, 6, 7],
  },
  PackedAttention: { shape: packedShape, cost: packedCost, weightInputs: [1, 2], settingInputs: [3, 4, 5] },
  LongformerAttention: {
    shape: sameAsInput(),
    cost: (context) => longformerCost(context, 1, 4),
    weightInputs: [1, 2, 4, 5],
    settingInputs: [3, 6],
  },
  QOrderedLongformerAttention: {
    shape: sameAsInput(),
    cost: (context) => longformerCost(context, 2, 8),
    weightInputs: [2, 4, 8, 10],
    nonTrainableInputs: [1, 3, 5, 6, 9, 11, 13],
    settingInputs: [7, 12],
  },
  QOrderedAttention: {
    shape: (context) => {
      const input = context.shape(0)
      return [tensor(context.dtype(0), input && withLast(input, dimensionAt(context, 7, 1, 'hidden')))]
    },
    cost: orderedCost,
    weightInputs: [5, 6, 7, 11, 12, 13],
    nonTrainableInputs: [1, 2, 3, 4, 8, 9, 10, 14, 15, 16],
    settingInputs: [17, 18, 19],
  },
  DecoderAttention: {
    shape: decoderShape,
    cost: decoderCost,
    weightInputs: [2, 3, 4],
    settingInputs: [5, 6, 7, 8, 9, 10, 11],
  },
}

/** Positions of the inputs beside `input` (0) and the merged `weights` (1). */
interface Projected {
  readonly past: number
  readonly bias: number
  readonly mask: number
  readonly scores: number | undefined
  readonly length: number | undefined
  readonly dtypeFrom: number
}

function projected(places: Projected): OperatorRule {
  const { past, bias, mask, scores, length } = places
  return {
    shape: (context) => projectedShape(context, places),
    cost: (context) => projectedCost(context, places),
    weightInputs: [1, bias],
    settingInputs: [mask, past, ...[scores, length].filter((place) => place !== undefined)],
  }
}

/** Merged weights are `[input, Q + K + V]`; equal thirds unless `qkv_hidden_sizes` says otherwise. */
function valueWidth(context: NodeContext): Dimension {
  return context.ints('qkv_hidden_sizes')?.[2] ?? floorDivide(dimensionAt(context, 1, 1, 'hidden'), 3)
}

function keyWidth(context: NodeContext): Dimension {
  return context.ints('qkv_hidden_sizes')?.[1] ?? floorDivide(dimensionAt(context, 1, 1, 'hidden'), 3)
}

/** Input `[N, S, I]` gives `[N, S, V]`, and keys with values `[2, N, heads, past + S, size]`. */
function projectedShape(
  context: NodeContext,
  { past, length, dtypeFrom }: Projected,
): readonly (KnownValue | undefined)[] {
  const dtype = context.dtype(dtypeFrom)
  const [batch, positions] = context.shape(0) ?? []
  if (batch === undefined || positions === undefined) return [tensor(dtype, undefined), tensor(dtype, undefined)]
  const heads = context.int('num_heads', 1) || 1
  const isShared = length !== undefined && context.int('past_present_share_buffer', 0) !== 0
  const before = hasInput(context, past) ? dimensionAt(context, past, 3, 'past') : 0
  const total = isShared ? before : add(before, positions)
  return [
    tensor(dtype, [batch, positions, valueWidth(context)]),
    tensor(dtype, [2, batch, heads, total, floorDivide(keyWidth(context), heads)]),
  ]
}

function projectedCost(context: CostContext, places: Projected): Cost {
  const [batch = 0, queries = 0, width = 0] = context.inputSizes(0)
  const [, columns = 0] = context.inputSizes(1)
  const heads = context.int('num_heads', 1) || 1
  const rows = batch * queries
  const sizes: AttentionSizes = {
    batch,
    heads,
    queries,
    keys: queries + pastLength(context, places),
    headSize: Number(keyWidth(context)) / heads,
    valueSize: Number(valueWidth(context)) / heads,
  }
  const isMasked = hasInput(context, places.mask) || context.int('unidirectional', 0) !== 0
  const isBiased = places.scores !== undefined && hasInput(context, places.scores)
  const projection = { macs: rows * width * columns, other: hasInput(context, places.bias) ? rows * columns : 0 }
  return sumOfCosts(projection, scaledDotProduct(sizes, 1 + (isMasked ? 1 : 0) + (isBiased ? 1 : 0)))
}

/** A shared buffer is longer than what it holds: an input says how much that is. */
function pastLength(context: CostContext, { past, length }: Projected): number {
  if (!hasInput(context, past)) return 0
  const buffer = context.inputSizes(past)[3] ?? 0
  if (length === undefined || context.int('past_present_share_buffer', 0) === 0) return buffer
  const known = scalarDimension(context, length)
  if (typeof known === 'number') return known
  context.assume('attention with a shared cache: the cache is counted as full')
  return Math.max(buffer - (context.inputSizes(0)[1] ?? 0), 0)
}

/** Tokens without padding: `[tokens, I]` gives `[tokens, V]`. */
function packedShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  return [tensor(context.dtype(0), [dimensionAt(context, 0, 0, 'tokens'), valueWidth(context)])]
}

function packedCost(context: CostContext): Cost {
  const [tokens = 0, width = 0] = context.inputSizes(0)
  const [, columns = 0] = context.inputSizes(1)
  const heads = context.int('num_heads', 1) || 1
  const sizes = { headSize: Number(keyWidth(context)) / heads, valueSize: Number(valueWidth(context)) / heads }
  const projection = { macs: tokens * width * columns, other: tokens * columns }
  return sumOfCosts(projection, packedAttention(context, heads, sizes, 3))
}

/**
 * Attention among the tokens of each sequence, where only the run knows their lengths.
 *
 * @param offsets - position of `token_offset`, `[N, S]`
 */
export function packedAttention(
  context: CostContext,
  heads: number,
  sizes: Pick<AttentionSizes, 'headSize' | 'valueSize'>,
  offsets: number,
): Cost {
  const [batch = 0, length = 0] = context.inputSizes(offsets)
  context.assume('packed attention: every sequence is counted with its full length')
  return scaledDotProduct({ batch, heads, queries: length, keys: length, ...sizes }, 1)
}

/** Every token attends to `window` tokens on both sides and itself; global tokens are known only to the run. */
function longformerCost(context: CostContext, weight: number, globalWeight: number): Cost {
  const [batch = 0, queries = 0, width = 0] = context.inputSizes(0)
  const heads = context.int('num_heads', 1) || 1
  const keys = Math.min(2 * context.int('window', 0) + 1, queries)
  const columns = [weight, globalWeight].reduce((sum, index) => sum + (context.inputSizes(index)[1] ?? 0), 0)
  context.assume('LongformerAttention: no token attends globally')
  const headSize = width / heads
  const projection = { macs: batch * queries * width * columns, other: batch * queries * columns }
  return sumOfCosts(projection, scaledDotProduct({ batch, heads, queries, keys, headSize, valueSize: headSize }, 2))
}

/** Three separate weights `[I, H]`. */
function orderedCost(context: CostContext): Cost {
  const [batch = 0, queries = 0, width = 0] = context.inputSizes(0)
  const heads = context.int('num_heads', 1) || 1
  const [keyColumns = 0, valueColumns = 0] = [context.inputSizes(6)[1], context.inputSizes(7)[1]]
  const columns = (context.inputSizes(5)[1] ?? 0) + keyColumns + valueColumns
  const sizes = { batch, heads, queries, keys: queries, headSize: keyColumns / heads, valueSize: valueColumns / heads }
  const projection = { macs: batch * queries * width * columns, other: batch * queries * columns }
  return sumOfCosts(projection, scaledDotProduct(sizes, hasInput(context, 17) ? 2 : 1))
}

/** Positions come first: query `[S, N, H]`; new caches `[N, heads, ?, size]`. */
function decoderShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const dtype = context.dtype(0)
  const [, batch, width] = context.shape(0) ?? []
  const output = tensor(dtype, context.shape(0))
  if (batch === undefined || width === undefined) return [output]
  const heads = context.int('num_heads', 1) || 1
  const cache: Shape = [batch, heads, cacheLength(context), floorDivide(width, heads)]
  return [output, tensor(dtype, cache), tensor(dtype, cache)]
}

/** Flags choose: keys as given (`static_kv`), or what was kept and the new positions. */
function cacheLength(context: NodeContext): Dimension {
  const isStatic = context.numbers(8)?.[0]
  const usesPast = context.numbers(9)?.[0]
  if (isStatic === undefined || usesPast === undefined) return context.unknownDimension('cache')
  const kept = usesPast === 0 ? 0 : dimensionAt(context, 6, 2, 'cache')
  if (isStatic !== 0) return usesPast === 0 ? dimensionAt(context, 1, 0, 'keys') : kept
  return add(kept, dimensionAt(context, 0, 0, 'queries'))
}

function decoderCost(context: CostContext): Cost {
  const [queries = 0, batch = 0, width = 0] = context.inputSizes(0)
  const length = cacheLength(context)
  const isKnown = typeof length === 'number'
  const keys = isKnown ? length : (context.inputSizes(1)[0] ?? 0)
  if (!isKnown) context.assume('DecoderAttention: keys are counted without a cache')
  const heads = context.int('num_heads', 1) || 1
  const headSize = width / heads
  const projected = isKnown && context.numbers(8)?.[0] === 0 ? queries : (context.inputSizes(1)[0] ?? 0)
  const projections = steps(batch * width * (queries + 2 * projected))
  const products = { macs: batch * width * width * (queries + 2 * projected), other: 0 }
  const sizes = { batch, heads, queries, keys, headSize, valueSize: headSize }
  return sumOfCosts(projections, products, scaledDotProduct(sizes, hasInput(context, 5) ? 2 : 1))
}
