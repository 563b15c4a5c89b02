/** Sums, means, extremes over axes. @see https://docs.pytorch.org/docs/stable/torch.html#reduction-ops */
import type { DataType } from '../../../src/graph/data-type.js'
import { dtypeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { dataTypeOfScalarType } from '../scalar-type.js'
import { tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { type Axes, axesAt, reduce } from './axes.js'
import { cast, like, widened } from './operands.js'
import { floatingType, isWhole } from './type-promotion.js'

/** Reductions that give one tensor; those that tell places too lie in `extremes.ts`. */
export const reduction: OperatorRules = {
  sum: (call, emitter) => tensor(reduce('ReduceSum', summable(call, 3, emitter), axesAt(call, 1), emitter)),
  nansum: (call, emitter) => {
    const x = summable(call, 3, emitter)
    const isNan = emitter.emit('IsNaN', [x])
    return tensor(reduce('ReduceSum', emitter.emit('Where', [isNan, like(0, x, emitter), x]), axesAt(call, 1), emitter))
  },
  mean: (call, emitter) => tensor(reduce('ReduceMean', asked(call, 3, emitter), axesAt(call, 1), emitter)),
  prod: (call, emitter) => tensor(reduce('ReduceProd', summable(call, 3, emitter), axesAt(call, 1), emitter)),
  amax: (call, emitter) => extreme('ReduceMax', axesAt(call, 1), call, emitter),
  amin: (call, emitter) => extreme('ReduceMin', axesAt(call, 1), call, emitter),
  aminmax: (call, emitter) => {
    const axes = axesAt(call, 1)
    return tuple([extreme('ReduceMin', axes, call, emitter), extreme('ReduceMax', axes, call, emitter)])
  },
  logsumexp: (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    return tensor(reduce('ReduceLogSumExp', cast(value, floatingType(dtype), emitter), axesAt(call, 1), emitter))
  },
  any: (call, emitter) => truth('ReduceMax', call, emitter),
  all: (call, emitter) => truth('ReduceMin', call, emitter),
  count_nonzero: (call, emitter) => {
    const counted = cast(cast(call.value(0, 'self'), 'bool', emitter), 'int64', emitter)
    return tensor(reduce('ReduceSum', counted, { axes: call.ints(1, 'dim', []), keepdim: false }, emitter))
  },
}

/** @returns the input in the type that the call asks for; whole numbers and booleans are added up as int64 otherwise */
function summable(call: OperatorCall, place: number, emitter: TorchEmitter): Value {
  const value = asked(call, place, emitter)
  return call.has(place, 'dtype') || !isWhole(dtypeOf(value.known)) ? value : cast(value, 'int64', emitter)
}

function asked(call: OperatorCall, place: number, emitter: TorchEmitter): Value {
  return cast(call.value(0, 'self'), dtypeAt(call, place), emitter)
}

/** @returns the element type at that place; `undefined` where none is given */
export function dtypeAt(call: OperatorCall, place: number): DataType | undefined {
  if (!call.has(place, 'dtype')) return undefined
  return dataTypeOfScalarType(call.int(place, 'dtype')) ?? call.refuse('its element type is not supported')
}

/** The smallest or largest element. */
export function extreme(operator: 'ReduceMax' | 'ReduceMin', axes: Axes, call: OperatorCall, emitter: TorchEmitter) {
  const { value, dtype } = call.tensor(0, 'self')
  return tensor(cast(reduce(operator, cast(value, widened(dtype), emitter), axes, emitter), dtype, emitter))
}

/** Of uint8 PyTorch gives uint8, of anything else a boolean. */
function truth(operator: string, call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const { value, dtype } = call.tensor(0, 'self')
  const bits = cast(cast(value, 'bool', emitter), 'int32', emitter)
  return tensor(cast(reduce(operator, bits, axesAt(call, 1), emitter), dtype === 'uint8' ? 'uint8' : 'bool', emitter))
}
