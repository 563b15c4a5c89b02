/** Variances and standard deviations. @see https://docs.pytorch.org/docs/stable/generated/torch.var.html */
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { ALL, type Axes, countValue, reduce } from './axes.js'
import { like } from './operands.js'

/** Alone or with the mean. */
export const deviation: OperatorRules = {
  var: (call, emitter) => tensor(moments(call, emitter).variance),
  std: (call, emitter) => emitter.tensor('Sqrt', [moments(call, emitter).variance]),
  var_mean: together((variance) => variance),
  std_mean: together((variance, emitter) => emitter.emit('Sqrt', [variance])),
}

function together(spread: (variance: Value, emitter: TorchEmitter) => Value): OperatorRule {
  return (call, emitter) => {
    const { axes, variance } = moments(call, emitter)
    const mean = reduce('ReduceMean', call.value(0, 'self'), axes, emitter)
    return tuple([tensor(spread(variance, emitter)), tensor(mean)])
  }
}

/** The sum of squared distances from the mean, divided by the count less `correction`. */
function moments(call: OperatorCall, emitter: TorchEmitter): { axes: Axes; variance: Value } {
  const { axes, correction } = settings(call)
  const x = call.value(0, 'self')
  const mean = reduce('ReduceMean', x, { ...axes, keepdim: true }, emitter)
  const distance = emitter.emit('Sub', [x, mean])
  const squares = emitter.emit('Mul', [distance, distance])
  if (correction === 0) return { axes, variance: reduce('ReduceMean', squares, axes, emitter) }
  const count = emitter.emit('Sub', [countValue(x, axes, emitter), like(correction, x, emitter)])
  return { axes, variance: emitter.emit('Div', [reduce('ReduceSum', squares, axes, emitter), count]) }
}

/** `var(x, unbiased)`, `var(x, dim, unbiased, keepdim)` and `var(x, dim, correction=, keepdim=)` are three operators of one name. */
function settings(call: OperatorCall): { axes: Axes; correction: number } {
  if (call.at(1, 'dim')?.kind === 'bool') return { axes: ALL, correction: Number(call.bool(1, 'unbiased')) }
  const isUnbiased = call.bool(2, 'unbiased', true)
  const correction = call.has(4, 'correction') ? call.number(4, 'correction') : Number(isUnbiased)
  return { axes: { axes: call.ints(1, 'dim', []), keepdim: call.bool(3, 'keepdim', false) }, correction }
}
