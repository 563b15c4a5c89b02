/** Losses of outputs and targets. @see https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions */
import { int, text } from '../../../src/graph/attributes.js'
import { isFloat } from '../../../src/graph/data-type.js'
import { dtypeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { reduce } from './axes.js'
import { shapeOfValue } from './call-axes.js'
import { between } from './limits.js'
import { cast, like } from './operands.js'

export const losses: OperatorRules = {
  mse_loss: ofDistance((distance, _, emitter) => emitter.emit('Mul', [distance, distance])),
  l1_loss: ofDistance((distance, _, emitter) => emitter.emit('Abs', [distance])),
  smooth_l1_loss: ofDistance((distance, call, emitter) => {
    const beta = call.number(3, 'beta', 1)
    if (beta === 0) return emitter.emit('Abs', [distance])
    return emitter.emit('Div', [bent(distance, beta, emitter), like(beta, distance, emitter)])
  }),
  huber_loss: ofDistance((distance, call, emitter) => bent(distance, call.number(3, 'delta', 1), emitter)),
  binary_cross_entropy: binaryCrossEntropy,
  binary_cross_entropy_with_logits: binaryCrossEntropyWithLogits,
  kl_div: divergence,
  cross_entropy_loss: crossEntropy,
  nll_loss: negativeLogLikelihood,
  nll_loss2d: negativeLogLikelihood,
  nll_loss_nd: negativeLogLikelihood,
}

/** Codes of `at::Reduction`. */
const REDUCTIONS = ['none', 'mean', 'sum'] as const

function reductionAt(call: OperatorCall, position: number): (typeof REDUCTIONS)[number] {
  const code = call.int(position, 'reduction', 1)
  return REDUCTIONS[code] ?? call.refuse(`its reduction is ${code}`)
}

/** @returns the loss of each element, or what the call makes of them all */
function reduced(call: OperatorCall, position: number, loss: Value, emitter: TorchEmitter) {
  const reduction = reductionAt(call, position)
  if (reduction === 'none') return tensor(loss)
  const all = { axes: [], keepdim: false }
  return tensor(reduce(reduction === 'mean' ? 'ReduceMean' : 'ReduceSum', loss, all, emitter))
}

function ofDistance(lossOf: (distance: Value, call: OperatorCall, emitter: TorchEmitter) => Value): OperatorRule {
  return (call, emitter) => {
    const self = call.value(0, 'self')
    const distance = emitter.emit('Sub', [self, cast(call.value(1, 'target'), dtypeOf(self.known), emitter)])
    return reduced(call, 2, lossOf(distance, call, emitter), emitter)
  }
}

/** `x^2 / 2` below `knee`, and a straight line beyond. */
function bent(distance: Value, knee: number, emitter: TorchEmitter): Value {
  const size = emitter.emit('Abs', [distance])
  const square = emitter.emit('Mul', [like(0.5, size, emitter), emitter.emit('Mul', [size, size])])
  const beyond = emitter.emit('Sub', [size, like(knee / 2, size, emitter)])
  const line = emitter.emit('Mul', [like(knee, size, emitter), beyond])
  return emitter.emit('Where', [emitter.emit('Less', [size, like(knee, size, emitter)]), square, line])
}

/** Logarithms go down to -100 only. */
function binaryCrossEntropy(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const [self, target] = [call.value(0, 'self'), call.value(1, 'target')]
  const log = (of: Value) => between(emitter.emit('Log', [of]), -100, 0, emitter)
  const rest = (of: Value) => emitter.emit('Sub', [like(1, of, emitter), of])
  const yes = emitter.emit('Mul', [target, log(self)])
  const no = emitter.emit('Mul', [rest(target), log(rest(self))])
  const loss = emitter.emit('Neg', [emitter.emit('Add', [yes, no])])
  return reduced(call, 3, weighted(loss, call.optionalValue(2, 'weight'), emitter), emitter)
}

function weighted(loss: Value, weight: Value | undefined, emitter: TorchEmitter): Value {
  return weight === undefined ? loss : emitter.emit('Mul', [loss, weight])
}

/** `(1 - t) x + (1 + (p - 1) t) softplus(-x)`, with `p` where the loss of what is true weighs more. */
function binaryCrossEntropyWithLogits(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const [self, target] = [call.value(0, 'self'), call.value(1, 'target')]
  const one = like(1, self, emitter)
  const positive = call.optionalValue(3, 'pos_weight')
  const soft = emitter.emit('Softplus', [emitter.emit('Neg', [self])])
  const more = positive && emitter.emit('Mul', [emitter.emit('Sub', [positive, one]), target])
  const yes = more === undefined ? soft : emitter.emit('Mul', [emitter.emit('Add', [one, more]), soft])
  const no = emitter.emit('Mul', [emitter.emit('Sub', [one, target]), self])
  const loss = emitter.emit('Add', [no, yes])
  return reduced(call, 4, weighted(loss, call.optionalValue(2, 'weight'), emitter), emitter)
}

/** `t (log t - x)`, which is 0 where `t` is; or `exp(t) (t - x)` of logarithms. */
function divergence(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const [self, target] = [call.value(0, 'self'), call.value(1, 'target')]
  const isLog = call.bool(3, 'log_target', false)
  const log = isLog ? target : emitter.emit('Log', [target])
  const product = emitter.emit('Mul', [
    isLog ? emitter.emit('Exp', [target]) : target,
    emitter.emit('Sub', [log, self]),
  ])
  if (isLog) return reduced(call, 2, product, emitter)
  const zero = like(0, target, emitter)
  const isZero = emitter.emit('Equal', [target, zero])
  return reduced(call, 2, emitter.emit('Where', [isZero, zero, product]), emitter)
}

/** Targets are classes, or the probability of each; classes lie on axis 1. */
function crossEntropy(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  if (call.number(5, 'label_smoothing', 0) !== 0) return call.refuse('it smooths labels')
  const target = call.value(1, 'target')
  if (!isFloat(dtypeOf(target.known) ?? 'int64')) return ofClasses('SoftmaxCrossEntropyLoss', call, emitter)
  if (call.has(2, 'weight')) return call.refuse('it weighs classes whose probabilities are given')
  const { length } = call.shape(0, 'self')
  const axis = length === 1 ? 0 : 1
  const log = emitter.emit('LogSoftmax', [call.value(0, 'self')], { axis: int(axis) })
  const products = emitter.emit('Neg', [emitter.emit('Mul', [log, target])])
  const loss = reduce('ReduceSum', products, { axes: [axis], keepdim: false }, emitter)
  return reduced(call, 3, loss, emitter)
}

function negativeLogLikelihood(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  return ofClasses('NegativeLogLikelihoodLoss', call, emitter)
}

/** A single sample has no batch. */
function ofClasses(operator: string, call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const reduction = reductionAt(call, 3)
  const isSingle = call.shape(0, 'self').length === 1
  const batched = (value: Value) => (isSingle ? emitter.emit('Unsqueeze', [value, emitter.numbers([0])]) : value)
  const target = cast(call.value(1, 'target'), 'int64', emitter)
  const inputs = [batched(call.value(0, 'self')), batched(target), call.optionalValue(2, 'weight')]
  if (shapeOfValue(target).length === (isSingle ? 1 : call.shape(0, 'self').length))
    return call.refuse('its targets have an axis of classes')
  const attributes = { reduction: text(reduction), ignore_index: int(call.int(4, 'ignore_index', -100)) }
  const loss = emitter.emit(operator, inputs, attributes)
  const isSpare = isSingle && reduction === 'none'
  return tensor(isSpare ? emitter.emit('Squeeze', [loss, emitter.numbers([0])]) : loss)
}
