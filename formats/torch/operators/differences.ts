/** Differences between neighbours along an axis. @see https://docs.pytorch.org/docs/stable/generated/torch.diff.html */
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt } from './call-axes.js'
import { cast, widened } from './operands.js'
import { cutOf } from './views.js'

export const differences: OperatorRules = { diff }

/** More would be one node after another for nothing. */
const MOST_TIMES = 16

/** Each element less the one before it, `n` times. */
function diff(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  if (call.has(3, 'prepend') || call.has(4, 'append'))
    return call.refuse('it puts something before or behind the tensor')
  const times = call.int(1, 'n', 1)
  if (times < 0 || times > MOST_TIMES) return call.refuse(`it is taken ${times} times`)
  const { dtype, value } = call.tensor(0, 'self')
  if (dtype === 'bool') return call.refuse('it is of truth values')
  const axis = axisAt(call, 2, 'dim', call.shape(0, 'self').length, -1)
  const step = (from: Value): Value => {
    const later = cutOf(from, { axis, start: 1, end: undefined, step: 1 }, emitter)
    return emitter.emit('Sub', [later, cutOf(from, { axis, start: 0, end: -1, step: 1 }, emitter)])
  }
  const last = range(times).reduce<Value>(step, cast(value, widened(dtype), emitter))
  return tensor(cast(last, dtype, emitter))
}
