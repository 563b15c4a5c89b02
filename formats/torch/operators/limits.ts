/** Numbers brought between limits, which are numbers or tensors. @see https://docs.pytorch.org/docs/stable/generated/torch.clamp.html */
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { cast, operandOf, widened } from './operands.js'
import { resultType } from './type-promotion.js'

/** The clamps. */
export const limits: OperatorRules = {
  clamp,
  clip: clamp,
  clamp_min: (call, emitter) => limited(call, call.at(1, 'min'), undefined, emitter),
  clamp_max: (call, emitter) => limited(call, undefined, call.at(1, 'max'), emitter),
  hardtanh: (call, emitter) =>
    tensor(between(call.value(0, 'self'), call.number(1, 'min_val', -1), call.number(2, 'max_val', 1), emitter)),
  relu6: (call, emitter) => tensor(between(call.value(0, 'self'), 0, 6, emitter)),
}

/** @returns the numbers in `[low, high]` */
export function between(value: Value, low: number, high: number, emitter: TorchEmitter): Value {
  const dtype = dtypeOf(value.known) ?? 'float32'
  return emitter.emit('Clip', [value, emitter.scalar(low, dtype), emitter.scalar(high, dtype)])
}

function clamp(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  return limited(call, call.at(1, 'min'), call.at(2, 'max'), emitter)
}

/** Where the limits are the wrong way round the upper one holds. */
function limited(
  call: OperatorCall,
  low: ScriptValue = NONE,
  high: ScriptValue = NONE,
  emitter: TorchEmitter,
): ReturnType<OperatorRule> {
  const self = call.tensor(0, 'self')
  const dtype = resultType([self, low, high])
  const limit = (given: ScriptValue) =>
    given.kind === 'none' ? undefined : operandOf(given, widened(dtype), call, emitter)
  const found = clipped(cast(self.value, widened(dtype), emitter), limit(low), limit(high), emitter)
  return tensor(cast(found, dtype, emitter))
}

function clipped(value: Value, low: Value | undefined, high: Value | undefined, emitter: TorchEmitter): Value {
  const areNumbers = [low, high].every((limit) => limit === undefined || shapeOf(limit.known)?.length === 0)
  if (areNumbers) return emitter.emit('Clip', [value, low, high])
  const raised = low === undefined ? value : emitter.emit('Max', [value, low])
  return high === undefined ? raised : emitter.emit('Min', [raised, high])
}
