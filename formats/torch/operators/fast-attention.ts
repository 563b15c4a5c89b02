/** The kernels that modules of attention call when they are only evaluated: a whole layer in one operator. */
import { float, int, ints } from '../../../src/graph/attributes.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { NestedTensor } from '../nested-tensor.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { given, kept, productAttention } from './attention.js'
import { reshaped, shapeOfValue } from './call-axes.js'
import { keptKeys } from './nested.js'

/** Attention with its projections, and a layer of an encoder. */
export const fastAttention: OperatorRules = {
  _native_multi_head_attention: nativeAttention,
  _transformer_encoder_layer_fwd: encoderLayer,
}

/** Weights of a linear layer, [out, in] and [out]. */
interface Linear {
  readonly weight: Value
  readonly bias: Value | undefined
}

interface Heads {
  readonly count: number
  readonly features: number
  readonly joint: Linear
  readonly output: Linear
  readonly mask: Value | undefined
}

function linearAt(call: OperatorCall, position: number, weight: string, bias: string): Linear {
  return { weight: call.value(position, weight), bias: given(call.at(position + 1, bias)) }
}

function applied(value: Value, { weight, bias }: Linear, emitter: TorchEmitter): Value {
  const product = emitter.emit('MatMul', [value, emitter.emit('Transpose', [weight], { perm: ints([1, 0]) })])
  return bias === undefined ? product : emitter.emit('Add', [product, bias])
}

/** query, key, value [N, L, E]; the joint weights are those of query, key and value below each other. */
function nativeAttention(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const features = call.int(3, 'embed_dim')
  const heads: Heads = {
    count: call.int(4, 'num_head'),
    features,
    joint: linearAt(call, 5, 'qkv_weight', 'qkv_bias'),
    output: linearAt(call, 7, 'proj_weight', 'proj_bias'),
    mask: maskFor(call, 9, 12, emitter),
  }
  const sources = [call.value(0, 'query'), call.value(1, 'key'), call.value(2, 'value')] as const
  const { result, weights } = attended(sources, heads, emitter)
  if (!call.bool(10, 'need_weights', true)) return tuple([tensor(result), NONE])
  const isMean = call.bool(11, 'average_attn_weights', true)
  const shown = isMean ? emitter.emit('ReduceMean', [weights, emitter.numbers([1])], { keepdims: int(0) }) : weights
  return tuple([tensor(result), tensor(shown)])
}

/** 0: [L, L]; 1: [N, L], keys that are left out; 2: [N, heads, L, L]. true is left out. */
function maskFor(call: OperatorCall, position: number, typeAt: number, emitter: TorchEmitter): Value | undefined {
  const mask = given(call.at(position, 'mask'))
  if (mask === undefined) return undefined
  const isOfKeys = call.int(typeAt, 'mask_type', shapeOf(mask.known)?.length === 2 ? 0 : 2) === 1
  const shown = isOfKeys ? emitter.emit('Unsqueeze', [mask, emitter.numbers([1, 2])]) : mask
  return kept(shown, emitter)
}

function attended(
  sources: readonly [Value, Value, Value],
  heads: Heads,
  emitter: TorchEmitter,
): { readonly result: Value; readonly weights: Value } {
  const { features, joint, output, mask } = heads
  const [query, key, value] = projected(sources, joint, features, emitter).map((part) => split(part, heads, emitter))
  if (query === undefined || key === undefined || value === undefined)
    return { result: sources[0], weights: sources[0] }
  const inputs = { query, key, value, masks: [mask], dropout: 0, scale: undefined }
  const { result, weights } = productAttention(inputs, emitter)
  const joined = reshaped(
    emitter.emit('Transpose', [result], { perm: ints([0, 2, 1, 3]) }),
    shapeOfValue(sources[0]).with(2, features),
    emitter,
  )
  return { result: applied(joined, output, emitter), weights }
}

/** One product where all three come from the same tensor. */
function projected(
  [query, key, value]: readonly [Value, Value, Value],
  { weight, bias }: Linear,
  features: number,
  emitter: TorchEmitter,
): readonly Value[] {
  const lengths = emitter.numbers([features, features, features])
  const thirds = (whole: Value, axis: number) =>
    emitter.emitAll('Split', [whole, lengths], { axis: int(axis) }, { outputs: 3 })
  if (query.name === key.name && key.name === value.name) return thirds(applied(query, { weight, bias }, emitter), 2)
  const [weights, biases] = [thirds(weight, 0), bias === undefined ? [] : thirds(bias, 0)]
  return [query, key, value].flatMap((source, at) => {
    const own = weights[at]
    return own === undefined ? [] : [applied(source, { weight: own, bias: biases[at] }, emitter)]
  })
}

/** [N, L, E] becomes [N, heads, L, E / heads]. */
function split(value: Value, { count, features }: Heads, emitter: TorchEmitter): Value {
  const shape = shapeOfValue(value)
  const parted = reshaped(value, [...shape.slice(0, 2), count, features / count], emitter)
  return emitter.emit('Transpose', [parted], { perm: ints([0, 2, 1, 3]) })
}

/** Attention and two linear layers, each with a normalisation before or behind it. */
function encoderLayer(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const sequences = call.tensor(0, 'src')
  if (!(sequences instanceof NestedTensor))
    return tensor(encoded(sequences.value, maskFor(call, 18, 19, emitter), call, emitter))
  if (call.has(18, 'mask')) call.refuse('it has a mask besides nested sequences')
  const { padded, isKept } = sequences
  return new NestedTensor(encoded(padded, keptKeys(sequences, emitter), call, emitter), isKept)
}

/** @param mask - true for keys that are attended to */
function encoded(source: Value, mask: Value | undefined, call: OperatorCall, emitter: TorchEmitter): Value {
  const heads: Heads = {
    count: call.int(2, 'num_heads'),
    features: call.int(1, 'embed_dim'),
    joint: linearAt(call, 3, 'qkv_weight', 'qkv_bias'),
    output: linearAt(call, 5, 'proj_weight', 'proj_bias'),
    mask,
  }
  const isFirst = call.bool(8, 'norm_first')
  const epsilon = call.number(9, 'eps')
  const norm = (value: Value, position: number, number: number) =>
    normalised(
      value,
      call.value(position, `norm_weight_${number}`),
      call.value(position + 1, `norm_bias_${number}`),
      epsilon,
      emitter,
    )
  const attend = (value: Value) => attended([value, value, value], heads, emitter).result
  const forward = (value: Value) => {
    const wide = applied(value, linearAt(call, 14, 'ffn_weight_1', 'ffn_bias_1'), emitter)
    const active = emitter.emit(call.bool(7, 'use_gelu') ? 'Gelu' : 'Relu', [wide])
    return applied(active, linearAt(call, 16, 'ffn_weight_2', 'ffn_bias_2'), emitter)
  }
  const sum = (left: Value, right: Value) => emitter.emit('Add', [left, right])
  if (isFirst) {
    const middle = sum(source, attend(norm(source, 10, 1)))
    return sum(middle, forward(norm(middle, 12, 2)))
  }
  const middle = norm(sum(source, attend(source)), 10, 1)
  return norm(sum(middle, forward(middle)), 12, 2)
}

function normalised(value: Value, scale: Value, bias: Value, epsilon: number, emitter: TorchEmitter): Value {
  const attributes = { axis: int(-1), epsilon: float(epsilon) }
  return emitter.emit('LayerNormalization', [value, scale, bias], attributes)
}
