/**
 * Attention of `com.microsoft` whose heads share keys and values: grouped queries, blocks of a cache, sparse blocks.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.GroupQueryAttention
 */
import { type Dimension, floorDivide, max, multiply } from '../graph/dimension.js'
import { rotationCost, scaledDotProduct } from './attention.js'
import { tensor } from './known-value.js'
import { inputsOfAttention } from './microsoft-multihead.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { dimensionAt, hasInput, scalarDimension } from './shape/inputs.js'
import { withLast } from './shape/layout.js'
import { withoutContents } from './shape/same.js'
import { RMS_NORMALIZATION_STEPS, steps, sumOfCosts } from './shape/steps.js'

export const microsoftGrouped: OperatorFamily = {
  GroupQueryAttention: {
    shape: groupedShape,
    cost: groupedCost,
    weightInputs: [11, 14, 15],
    nonTrainableInputs: [7, 8, 12, 13],
    settingInputs: [3, 4, 5, 6, 9, 10],
  },
  SparseAttention: {
    shape: (context) => [
      groupedOutput(context),
      withoutContents(context.inputs[3]),
      withoutContents(context.inputs[4]),
    ],
    cost: (context) => {
      context.assume('SparseAttention: the block mask is counted as dense')
      return groupedScores(context, totalLength(context, 7, 3), 9)
    },
    nonTrainableInputs: [9, 10],
    settingInputs: [3, 4, 5, 6, 7, 8],
  },
  PagedAttention: {
    shape: pagedShape,
    cost: pagedCost,
    weightInputs: [11, 12, 13],
    nonTrainableInputs: [8, 9, 14, 15],
    settingInputs: [3, 4, 5, 6, 7, 10, 16],
  },
}

/** Size of one head: a query that comes alone holds keys and values too. */
function groupedHead(context: NodeContext): Dimension {
  const heads = context.int('num_heads', 1) || 1
  const all = hasInput(context, 1) ? heads : heads + 2 * context.int('kv_num_heads', heads)
  return floorDivide(dimensionAt(context, 0, -1, 'hidden'), all)
}

function groupedOutput(context: NodeContext): KnownValue | undefined {
  const width = multiply(context.int('num_heads', 1), groupedHead(context))
  const query = context.shape(0)
  return tensor(context.dtype(0), query && withLast(query, width))
}

/** Caches `[N, kv_heads, total, D]`: as long as the whole sequence, or as the buffer when that is longer. */
function groupedShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const output = groupedOutput(context)
  const [batch, queries] = context.shape(0) ?? []
  if (batch === undefined || queries === undefined) return [output]
  const cached = presentLength(context, queries)
  const heads = context.int('kv_num_heads', 1)
  const cache = [batch, heads, cached, hasInput(context, 3) ? dimensionAt(context, 3, 3, 'head') : groupedHead(context)]
  const dtype = context.dtype(3) ?? context.dtype(0)
  const total = scalarDimension(context, 6) ?? context.unknownDimension('total')
  const scores = tensor(context.dtype(0), [batch, context.int('num_heads', 1), queries, total])
  return [output, tensor(dtype, cache), tensor(context.dtype(4) ?? dtype, cache), scores]
}

function presentLength(context: NodeContext, queries: Dimension): Dimension {
  const buffer = hasInput(context, 3) ? dimensionAt(context, 3, 2, 'past') : undefined
  if (buffer !== undefined && context.int('sliding_window_cache', 0) !== 0) return buffer
  const total = scalarDimension(context, 6)
  if (total !== undefined) return buffer === undefined ? total : max(total, buffer)
  return buffer === undefined ? queries : context.unknownDimension('total')
}

function groupedCost(context: CostContext): Cost {
  const norms =
    [14, 15].filter((index) => hasInput(context, index)).length > 0
      ? RMS_NORMALIZATION_STEPS * inputsOfAttention(context)
      : 0
  const scores = groupedScores(context, totalLength(context, 6, 3), 7, hasInput(context, 10) ? 1 : 0)
  return sumOfCosts(scores, steps(norms))
}

/** The longest sequence with its past, where the file tells; else the cache and the new positions. */
function totalLength(context: CostContext, length: number, past: number): number {
  const known = scalarDimension(context, length)
  if (typeof known === 'number') return known
  const queries = context.inputSizes(0)[1] ?? 0
  return queries + (hasInput(context, past) ? (context.inputSizes(past)[2] ?? 0) : 0)
}

/** Scale, mask, soft cap and what is added to every score; then the rotation of queries and keys. */
function groupedScores(context: CostContext, keys: number, cosines: number, added = 0): Cost {
  const [batch = 0, queries = 0] = context.inputSizes(0)
  const heads = context.int('num_heads', 1) || 1
  const headSize = Number(groupedHead(context))
  const cap = context.float('softcap', 0) > 0 ? 3 : 0
  const attention = scaledDotProduct({ batch, heads, queries, keys, headSize, valueSize: headSize }, 2 + cap + added)
  if (context.int('do_rotary', 0) === 0) return attention
  const rotated = hasInput(context, cosines) ? 2 * (context.inputSizes(cosines)[1] ?? 0) : headSize
  const elements = batch * queries * headSize * (heads + context.int('kv_num_heads', heads))
  return sumOfCosts(attention, rotationCost(elements, rotated, headSize))
}

/** Tokens `[tokens, H]` without batch; the caches are changed in place. */
function pagedShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const valueSize = context.int('v_head_size', 0)
  const width = multiply(context.int('num_heads', 1), valueSize > 0 ? valueSize : groupedHead(context))
  const query = context.shape(0)
  const output = tensor(context.dtype(0), query && withLast(query, width))
  return [output, withoutContents(context.inputs[3]), withoutContents(context.inputs[4])]
}

function pagedCost(context: CostContext): Cost {
  const [tokens = 0] = context.inputSizes(0)
  const headSize = Number(groupedHead(context))
  const valueSize = context.int('v_head_size', 0) || headSize
  const heads = context.int('num_heads', 1) || 1
  context.assume('PagedAttention: the tokens are counted as one sequence without a past')
  return scaledDotProduct({ batch: 1, heads, queries: tokens, keys: tokens, headSize, valueSize }, 2)
}
