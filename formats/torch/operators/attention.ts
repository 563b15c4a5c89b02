/**
 * Attention, written as two products and a softmax, which can be trained.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 */
import { int, ints } from '../../../src/graph/attributes.js'
import { type Dimension, floorDivide } from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { shapeOfValue, sizeValue } from './call-axes.js'
import { cast, like } from './operands.js'
import { inARow } from './repetition.js'

/** scaled_dot_product_attention, and the name under which its processor's kernel is called. */
export const attention: OperatorRules = {
  scaled_dot_product_attention: (call, emitter) => tensor(attended(call, 3, emitter)),
  _scaled_dot_product_flash_attention_for_cpu: (call, emitter) => tuple([tensor(attended(call, -1, emitter)), NONE]),
}

/** query [..., L, E], key [..., S, E], value [..., S, V]. */
function attended(call: OperatorCall, maskAt: number, emitter: TorchEmitter): Value {
  const [query, key, value] = groupedHeads(call, emitter)
  const after = maskAt < 0 ? 3 : 4
  const mask = call.has(maskAt, 'attn_mask') ? call.value(maskAt, 'attn_mask') : undefined
  const isCausal = call.bool(after + 1, 'is_causal', false)
  return productAttention(
    {
      query,
      key,
      value,
      masks: [mask, isCausal ? causalMask(query, key, emitter) : undefined],
      dropout: call.number(after, 'dropout_p', 0),
      scale: call.has(6, 'scale') ? call.number(6, 'scale') : undefined,
      isSafe: true,
    },
    emitter,
  ).result
}

/** Fewer heads of keys and values than of queries: each serves several in a row. */
function groupedHeads(call: OperatorCall, emitter: TorchEmitter): readonly [Value, Value, Value] {
  const [query, key, value] = [call.value(0, 'query'), call.value(1, 'key'), call.value(2, 'value')]
  if (!call.bool(7, 'enable_gqa', false)) return [query, key, value]
  const heads = (of: Value): Dimension => shapeOfValue(of).at(-3) ?? 1
  const spread = (of: Value) => inARow(of, shapeOfValue(of).length - 3, floorDivide(heads(query), heads(of)), emitter)
  return [query, spread(key), spread(value)]
}

/** What attention reads. */
export interface AttentionInputs {
  readonly query: Value
  readonly key: Value
  readonly value: Value
  /** true: is attended to; or numbers that are added. */
  readonly masks: readonly (Value | undefined)[]
  readonly dropout: number
  /** One over the root of the features of a head where it is left out. */
  readonly scale: number | undefined
  /** Whether a row of which the first mask leaves nothing becomes 0; otherwise it is no number. */
  readonly isSafe?: boolean
}

/** @returns what is attended to, [..., L, V], and how much each place counts, [..., L, S] */
export function productAttention(
  { query, key, value, masks, dropout, scale, isSafe = false }: AttentionInputs,
  emitter: TorchEmitter,
): { readonly result: Value; readonly weights: Value } {
  const scaled = emitter.emit('Mul', [query, scaleOf(query, scale, emitter)])
  const { length } = shapeOfValue(key)
  const order = [...range(length - 2), length - 1, length - 2]
  const scores = emitter.emit('MatMul', [scaled, emitter.emit('Transpose', [key], { perm: ints(order) })])
  const masked = masks.reduce<Value>((result, mask) => withMask(result, mask, emitter), scores)
  const weights = softmax(masked, isSafe && masks[0] !== undefined, emitter)
  const kept = dropout > 0 ? emitter.emit('Dropout', [weights, emitter.scalar(dropout, 'float32')]) : weights
  return { result: emitter.emit('MatMul', [kept, value]), weights }
}

/** A safe one gives 0 where a whole row is -inf, and works on 0 there, so that gradients stay numbers. */
function softmax(scores: Value, isSafe: boolean, emitter: TorchEmitter): Value {
  const attributes = { axis: int(-1) }
  if (!isSafe) return emitter.emit('Softmax', [scores], attributes)
  const largest = emitter.emit('ReduceMax', [scores, emitter.numbers([-1])], { keepdims: int(1) })
  const isEmpty = emitter.emit('Equal', [largest, like(Number.NEGATIVE_INFINITY, scores, emitter)])
  const zero = like(0, scores, emitter)
  const weights = emitter.emit('Softmax', [emitter.emit('Where', [isEmpty, zero, scores])], attributes)
  return emitter.emit('Where', [isEmpty, zero, weights])
}

function scaleOf(query: Value, scale: number | undefined, emitter: TorchEmitter): Value {
  const features = shapeOf(query.known)?.at(-1)
  if (scale !== undefined) return like(scale, query, emitter)
  if (typeof features === 'number') return like(1 / Math.sqrt(features), query, emitter)
  const dtype = dtypeOf(query.known) ?? 'float32'
  const count = cast(sizeValue(features ?? 1, emitter), dtype, emitter)
  return emitter.emit('Div', [like(1, query, emitter), emitter.emit('Sqrt', [count])])
}

function withMask(scores: Value, mask: Value | undefined, emitter: TorchEmitter): Value {
  if (mask === undefined) return scores
  if (dtypeOf(mask.known) === 'bool')
    return emitter.emit('Where', [mask, scores, like(Number.NEGATIVE_INFINITY, scores, emitter)])
  return emitter.emit('Add', [scores, cast(mask, dtypeOf(scores.known), emitter)])
}

/** Each place attends to itself and those before it: [L, S]. */
function causalMask(query: Value, key: Value, emitter: TorchEmitter): Value {
  const places = (of: Value, axis: number) => {
    const count = emitter.emit('Squeeze', [sizeValue(shapeOfValue(of).at(-2) ?? 1, emitter), emitter.numbers([0])])
    const row = emitter.emit('Range', [emitter.numbers(0), count, emitter.numbers(1)])
    return emitter.emit('Unsqueeze', [row, emitter.numbers([axis])])
  }
  return emitter.emit('GreaterOrEqual', [places(query, 1), places(key, 0)])
}

/** @returns a mask of what is left out as one of what is attended to; numbers stay */
export function kept(mask: Value, emitter: TorchEmitter): Value {
  return dtypeOf(mask.known) === 'bool' ? emitter.emit('Not', [mask]) : mask
}

/** @returns the argument where it is given */
export const given = (value: ScriptValue | undefined): Value | undefined =>
  value?.kind === 'tensor' ? value.value : undefined
