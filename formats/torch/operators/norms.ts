/** Lengths of vectors, and likeness of two. @see https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html */
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { type Axes, reduce } from './axes.js'
import { cast, like } from './operands.js'
import { dtypeAt } from './reduction.js'

/** Norms of vectors; of matrices Frobenius' alone, which is that of a vector. */
export const norms: OperatorRules = {
  norm: vectorNorm,
  linalg_vector_norm: vectorNorm,
  linalg_norm: (call, emitter) => {
    const isPlain = !call.has(1, 'ord') || call.ints(2, 'dim', []).length === 1 || call.shape(0, 'self').length === 1
    return isPlain ? vectorNorm(call, emitter) : call.refuse('norms of matrices are not converted')
  },
  frobenius_norm: (call, emitter) => {
    const axes = { axes: call.ints(1, 'dim', []), keepdim: call.bool(2, 'keepdim', false) }
    return tensor(lengthOf(call.value(0, 'self'), 2, axes, emitter))
  },
  cosine_similarity: likeness,
  cdist: distances,
  _cdist_forward: distances,
  pairwise_distance: (call, emitter) => {
    const distance = emitter.emit('Sub', [call.value(0, 'x1'), call.value(1, 'x2')])
    const shifted = emitter.emit('Add', [distance, like(call.number(3, 'eps', 1e-6), distance, emitter)])
    const axes = { axes: [-1], keepdim: call.bool(4, 'keepdim', false) }
    return tensor(lengthOf(shifted, call.number(2, 'p', 2), axes, emitter))
  },
}

function vectorNorm(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const order = call.at(1, 'ord') ?? call.at(1, 'p')
  if (order?.kind === 'string' && order.value !== 'fro') return call.refuse(`the norm ${order.value} is not converted`)
  const power =
    order?.kind === 'float' || (order?.kind === 'int' && typeof order.value === 'number') ? Number(order.value) : 2
  const axes = { axes: call.ints(2, 'dim', []), keepdim: call.bool(3, 'keepdim', false) }
  return tensor(lengthOf(cast(call.value(0, 'self'), dtypeAt(call, 4), emitter), power, axes, emitter))
}

/** The root of the sum of powers; the largest or smallest element for an infinite power, for 0 how many are not 0. */
function lengthOf(x: Value, power: number, axes: Axes, emitter: TorchEmitter): Value {
  if (power === 2) return reduce('ReduceL2', x, axes, emitter)
  if (power === 1) return reduce('ReduceL1', x, axes, emitter)
  const size = emitter.emit('Abs', [x])
  if (power === Number.POSITIVE_INFINITY) return reduce('ReduceMax', size, axes, emitter)
  if (power === Number.NEGATIVE_INFINITY) return reduce('ReduceMin', size, axes, emitter)
  if (power === 0) return reduce('ReduceSum', emitter.emit('Sign', [size]), axes, emitter)
  const sum = reduce('ReduceSum', emitter.emit('Pow', [size, like(power, x, emitter)]), axes, emitter)
  return emitter.emit('Pow', [sum, like(1 / power, x, emitter)])
}

/** Of every row of `x1` [..., P, M] from every row of `x2` [..., R, M]: [..., P, R]. */
function distances(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const left = emitter.emit('Unsqueeze', [call.value(0, 'x1'), emitter.numbers([-2])])
  const right = emitter.emit('Unsqueeze', [call.value(1, 'x2'), emitter.numbers([-3])])
  const axes = { axes: [-1], keepdim: false }
  return tensor(lengthOf(emitter.emit('Sub', [left, right]), call.number(2, 'p', 2), axes, emitter))
}

/** Each vector is divided by its own length, which counts as `eps` at least. */
function likeness(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const axes = { axes: [call.int(2, 'dim', 1)], keepdim: true }
  const eps = call.number(3, 'eps', 1e-8)
  const [left, right] = [call.value(0, 'x1'), call.value(1, 'x2')].map((x) => {
    const length = emitter.emit('Max', [reduce('ReduceL2', x, axes, emitter), like(eps, x, emitter)])
    return emitter.emit('Div', [x, length])
  })
  const product = emitter.emit('Mul', [left, right])
  return tensor(reduce('ReduceSum', product, { ...axes, keepdim: false }, emitter))
}
