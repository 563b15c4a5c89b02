/**
 * Parts of language models in `com.microsoft`: rotary positions, linear attention, position biases, experts, cells.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */

import { type Dimension, type Shape, subtract } from '../graph/dimension.js'
import { attention, causalConvCost, causalConvShape, rotationCost } from './attention.js'
import { tensor } from './known-value.js'
import { LSTM, RECURRENT_SETTINGS, recurrentCost, recurrentShape } from './recurrent.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { countOf } from './shape/cost.js'
import { dimensionAt, hasInput, scalarDimension, shapeOfRank } from './shape/inputs.js'
import { sameAsInput, withoutContents } from './shape/same.js'
import { SOFTMAX_STEPS, steps, sumOfCosts } from './shape/steps.js'

/** Steps that find the bucket of a distance: difference, sign, magnitude, logarithm, scale, limit. */
const BUCKET_STEPS = 6

const rotary: OperatorRule = {
  shape: sameAsInput(),
  cost: rotaryCost,
  nonTrainableInputs: [2, 3],
  settingInputs: [1],
}

export const microsoftSequenceModel: OperatorFamily = {
  RotaryEmbedding: rotary,
  MRotaryEmbedding: rotary,
  GemmaRotaryEmbedding: {
    shape: (context) => [withoutContents(context.inputs[1]), withoutContents(context.inputs[3])],
    cost: (context) =>
      steps(2 * context.inputElements(0) + 3 * (context.outputElements(0) + context.outputElements(1))),
  },
  ...linearAttention(),
  LinearAttentionGate: {
    shape: (context) => [withoutContents(context.inputs[0]), withoutContents(context.inputs[3] ?? context.inputs[0])],
    // Sum, softplus (3) and product; a sigmoid for the second output.
    cost: (context) => steps(5 * context.outputElements(0) + context.outputElements(1)),
    weightInputs: [1, 2],
  },
  GatedDeltaNet: { shape: deltaShape, cost: deltaCost, weightInputs: [7, 8], settingInputs: [3, 9, 10] },
  CausalConvWithState: { shape: causalConvShape, cost: causalConvCost, weightInputs: [1, 2], settingInputs: [3] },
  VarlenCausalConvWithState: {
    shape: (context) => {
      const [requests = 0] = context.shape(4) ?? [context.unknownDimension('requests')]
      const updates = [requests, context.int('state_update_capacity', 0), dimensionAt(context, 0, 1, 'channels')]
      return [withoutContents(context.inputs[0]), withoutContents(context.inputs[4]), tensor(context.dtype(0), updates)]
    },
    cost: (context) => ({
      macs: context.inputElements(0) * (context.inputSizes(1)[2] ?? 0),
      other:
        context.inputElements(0) *
        ((hasInput(context, 3) ? 1 : 0) + (context.text('activation', 'none') === 'none' ? 0 : 2)),
    }),
    weightInputs: [1, 3],
    settingInputs: [2, 4, 5],
  },
  RelativePositionBias: {
    shape: (context) => [tensor(context.dtype(0), biasShape(context))],
    cost: (context) => {
      const [, , queries = 0, keys = 0] = context.outputSizes(0)
      return steps(BUCKET_STEPS * queries * keys)
    },
    settingInputs: [1, 2],
    weightInputs: [0],
  },
  GatedRelativePositionBias: { shape: gatedBias, cost: gatedBiasCost, weightInputs: [1, 3, 4, 5], settingInputs: [6] },
  MoE: {
    shape: sameAsInput(),
    cost: (context) => expertsCost(context, [2, 4, 6], 1),
    weightInputs: [2, 3, 4, 5, 6, 7],
  },
  QMoE: {
    shape: sameAsInput(),
    cost: (context) => expertsCost(context, [2, 5, 8], packing(context)),
    weightInputs: [2, 4, 5, 7, 8, 10],
    nonTrainableInputs: [3, 6, 9, 11, 12, 13, 15, 16, 17, 18, 19, 20],
    weightsPerElement: (context, index) => ([2, 5, 8].includes(index) ? packing(context) : 1),
  },
  DynamicQuantizeLSTM: {
    // Weights are `[D, I, 4H]` and `[D, H, 4H]`: input and hidden size stand the other way round.
    shape: (context) => recurrentShape(context, LSTM, dimensionAt(context, 2, 1, 'hidden')),
    cost: (context) => recurrentCost(context, LSTM, context.inputSizes(2)[1] ?? 0),
    weightInputs: [1, 2, 3, 7],
    nonTrainableInputs: [8, 9, 10, 11],
    settingInputs: RECURRENT_SETTINGS,
  },
  AttnLSTM: {
    shape: (context) => recurrentShape(context, LSTM, dimensionAt(context, 2, 2, 'hidden')),
    cost: attendedCost,
    weightInputs: [1, 2, 3, 7, 8, 9, 10, 13],
    settingInputs: [...RECURRENT_SETTINGS, 11, 12],
  },
}

/** The same operator as in the standard, with a window of states besides. */
function linearAttention(): OperatorFamily {
  const { LinearAttention } = attention
  return LinearAttention === undefined ? {} : { LinearAttention: { ...LinearAttention, settingInputs: [3] } }
}

/** The caches are half as wide as what is rotated. */
function rotaryCost(context: CostContext): Cost {
  const sizes = context.inputSizes(0)
  const cached = 2 * (context.inputSizes(2)[1] ?? 0)
  const heads = context.int('num_heads', 0)
  const headSize = sizes.length === 4 ? (sizes[3] ?? 0) : heads > 0 ? (sizes.at(-1) ?? 0) / heads : cached
  return rotationCost(countOf(sizes), context.int('rotary_embedding_dim', 0) || cached, headSize)
}

/** Heads come from the shapes: `[..., heads, size]`; the state is `[N, heads, value size, key size]`. */
function deltaShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const [query, value] = [context.shape(0), context.shape(2)]
  if (query === undefined || value === undefined) return [tensor(context.dtype(0), undefined)]
  const [queryHeads = 1, valueHeads = 1] = [query.at(-2), value.at(-2)]
  const isWider = typeof queryHeads === 'number' && typeof valueHeads === 'number' && queryHeads > valueHeads
  const state = [deltaBatch(context), valueHeads, value.at(-1) ?? 0, query.at(-1) ?? 0]
  const output = [...value.slice(0, -2), isWider ? queryHeads : valueHeads, ...value.slice(-1)]
  const given = withoutContents(context.inputs[6])
  return [tensor(context.dtype(0), output), given ?? tensor('float32', state), tensor('float32', undefined)]
}

function deltaBatch(context: NodeContext): Dimension {
  const offsets = context.shape(3)?.[0]
  if (offsets !== undefined) return subtract(offsets, 1)
  const query = context.shape(0)
  return query?.length === 4 ? (query[0] ?? 1) : context.unknownDimension('requests')
}

/** Per token and head: the update of the state, what is retrieved from it, and the read-out. */
function deltaCost(context: CostContext): Cost {
  const value = context.inputSizes(2)
  const keySize = context.inputSizes(0).at(-1) ?? 0
  const rule = context.text('update_rule', 'gated_delta')
  const products = rule.includes('delta') ? 3 : 2
  const state = countOf(value) * keySize
  return { macs: products * state, other: rule.includes('gated') ? state : 0 }
}

/** Table `[buckets, heads]` gives `[1, heads, queries, keys]`. */
function biasShape(context: NodeContext): Shape {
  const queries = scalarDimension(context, 1) ?? context.unknownDimension('queries')
  const keys = scalarDimension(context, 2) ?? context.unknownDimension('keys')
  return [1, dimensionAt(context, 0, 1, 'heads'), queries, keys]
}

function gatedBias(context: NodeContext): readonly (KnownValue | undefined)[] {
  const [, , queries = 0, keys = 0] = shapeOfRank(context, 2, ['one', 'heads', 'queries', 'keys'])
  const batch = hasInput(context, 6) ? dimensionAt(context, 6, 0, 'batch') : dimensionAt(context, 0, 0, 'batch')
  return [tensor(context.dtype(0), [batch, context.int('num_heads', 1), queries, keys])]
}

/** The product of every head with the gate's weight `[size, D]`, its sums and gates, and the product with the bias. */
function gatedBiasCost(context: CostContext): Cost {
  const [, gates = 0] = context.inputSizes(3)
  const rows = context.inputElements(0) / (context.inputSizes(3)[0] || 1)
  return {
    macs: context.inputElements(0) * gates,
    other: context.inputElements(0) + rows * (2 * gates + 5) + context.outputElements(0),
  }
}

/** 8 bits hold this many weights of a quantised expert. */
function packing(context: NodeContext): number {
  return context.dtype(2) === 'uint8' ? 8 / (context.int('expert_weight_bits', 4) || 4) : 1
}

/** `k` experts see each token; their weights are equally large, so a share of all weights is multiplied. */
function expertsCost(context: CostContext, weights: readonly number[], perElement: number): Cost {
  const [tokens = 0, experts = 1] = context.inputSizes(1)
  const chosen = Math.min(context.int('k', 1), experts)
  const used = weights.reduce((sum, index) => sum + context.inputElements(index) * perElement, 0) / (experts || 1)
  const inner = context.inputSizes(weights[1] ?? 0)[2] ?? 0
  const activation = context.text('activation_type', 'relu') === 'swiglu' ? 4 : 1
  const mixed = 2 * chosen * context.outputElements(0)
  return {
    macs: tokens * chosen * used,
    other: SOFTMAX_STEPS * tokens * experts + tokens * chosen * inner * perElement * activation + mixed,
  }
}

/** An LSTM whose every step attends to a memory: query layer, scores, context and the optional attention layer. */
function attendedCost(context: CostContext): Cost {
  const [, gates = 0, width = 0] = context.inputSizes(1)
  const units = context.inputSizes(2)[2] ?? 0
  const [directions = 1] = context.inputSizes(1)
  const [length = 0, batch = 0, inputSize = 0] = context.inputSizes(0)
  const runs = directions * length * batch
  const cell = recurrentCost(context, LSTM, units)
  // The cell's input holds the last context too.
  const wider = { macs: runs * gates * Math.max(width - inputSize, 0), other: 0 }
  if (!hasInput(context, 11)) return sumOfCosts(cell, wider)
  const [, memory = 0, depth = 0] = context.inputSizes(11)
  const attended = context.inputSizes(9)[2] ?? 0
  const layer = hasInput(context, 13) ? countOf(context.inputSizes(13).slice(1)) : 0
  const perStep = units * attended + memory * (attended + depth) + layer
  const keys = directions * batch * memory * depth * attended
  const attention = { macs: keys + runs * perStep, other: runs * memory * (2 * attended + SOFTMAX_STEPS) }
  return sumOfCosts(cell, wider, attention)
}
