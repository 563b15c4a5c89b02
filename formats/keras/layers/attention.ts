/** Attention and AdditiveAttention: `[query, value]` or `[query, value, key]`, each `[N, steps, features]`. */
import { int, ints } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { allOf, causalMask } from './attention-mask.js'

/** @see https://keras.io/api/layers/attention_layers/ */
export function attention(kind: 'dot' | 'additive'): LayerConverter {
  return (call) => {
    const { graph } = call
    const [query, value, key = value, ...others] = call.inputs.map((input) => graph.logical(input))
    if (query === undefined || value === undefined || key === undefined || others.length > 0) {
      throw call.refuse(`it is called with ${call.inputs.length} tensors, expected two or three`)
    }
    if ([query, value, key].some(({ shape }) => shape.length !== 3)) throw call.refuse('its inputs have not 3 axes')
    const scores = kind === 'additive' ? additiveScores(call, query, key) : dotScores(call, query, key)
    const weights = weightsOf(call, scores, query, value)
    const product = call.node('MatMul', [weights, value.name])
    const [batch, steps] = query.shape
    const output = call.made(withoutMasked(call, product, query), [batch, steps, value.shape[2]], query)
    if (call.argument('return_attention_scores') !== true) return output
    return [output, call.made(weights, [batch, steps, key.shape[1]], { ...query, mask: undefined })]
  }
}

function dotScores(call: LayerCall, query: KerasTensor, key: KerasTensor): string {
  const { config, graph } = call
  const isScaled = config.flag('use_scale')
  const scale = (name: string) => (isScaled ? graph.node('Mul', [name, call.weight(0, 'scale', [])]) : name)
  if (config.text('score_mode') === 'concat') {
    const spread = graph.node('Tanh', [scale(sumOfPairs(call, query, key))])
    const sum = graph.node('ReduceSum', [spread, graph.builder.constant([-1])], { keepdims: int(0) })
    return graph.node('Mul', [sum, call.weight(Number(isScaled), 'concat_score_weight', [])])
  }
  const turned = graph.node('Transpose', [key.name], { perm: ints([0, 2, 1]) })
  return scale(graph.node('MatMul', [query.name, turned]))
}

function additiveScores(call: LayerCall, query: KerasTensor, key: KerasTensor): string {
  const { graph } = call
  const spread = graph.node('Tanh', [sumOfPairs(call, query, key)])
  const size = call.sizeOf(query.shape, -1)
  const scaled = call.config.flag('use_scale', true)
    ? graph.node('Mul', [spread, call.weight(0, 'scale', [size])])
    : spread
  return graph.node('ReduceSum', [scaled, graph.builder.constant([-1])], { keepdims: int(0) })
}

/** `[N, queries, keys, features]`. */
function sumOfPairs({ graph }: LayerCall, query: KerasTensor, key: KerasTensor): string {
  const rows = graph.node('Unsqueeze', [query.name, graph.builder.constant([2])])
  return graph.node('Add', [rows, graph.node('Unsqueeze', [key.name, graph.builder.constant([1])])])
}

function weightsOf(call: LayerCall, scores: string, query: KerasTensor, value: KerasTensor): string {
  const { graph } = call
  const isCausal = call.argument('use_causal_mask') === true || call.config.flag('causal')
  const ofValues = value.mask && graph.node('Unsqueeze', [value.mask, graph.builder.constant([1])])
  const mask = allOf(graph, [ofValues, isCausal ? causalMask(graph, query, value) : undefined])
  const less = mask && graph.node('Sub', [scores, graph.scalar(1e9)])
  const masked = mask && less ? graph.node('Where', [mask, scores, less]) : scores
  return graph.node('Softmax', [masked], { axis: int(-1) })
}

/** Queries that do not count give zeros. */
function withoutMasked({ graph }: LayerCall, product: string, query: KerasTensor): string {
  if (query.mask === undefined) return product
  const column = graph.node('Unsqueeze', [query.mask, graph.builder.constant([2])])
  return graph.node('Where', [column, product, graph.scalar(0)])
}
