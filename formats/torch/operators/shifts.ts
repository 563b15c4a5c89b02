/** Shifts of bits, as products and quotients: ONNX shifts what has no sign alone. @see https://docs.pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html */
import { DATA_TYPES, isFloat } from '../../../src/graph/data-type.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { inPlace } from './in-place.js'
import { cast, operandOf, widened } from './operands.js'
import { resultType } from './type-promotion.js'

const left = shift((value, power, emitter) => emitter.emit('Mul', [value, power]))
/** The sign stays: the quotient is rounded down. */
const right = shift((value, power, emitter) => {
  const whole = emitter.emit('Sub', [value, emitter.emit('Mod', [value, power])])
  return emitter.emit('Div', [whole, power])
})

export const shifts: OperatorRules = {
  bitwise_left_shift: left,
  bitwise_right_shift: right,
  __lshift__: left,
  __rshift__: right,
  __ilshift__: inPlace(left),
  __irshift__: inPlace(right),
}

function shift(step: (value: Value, power: Value, emitter: TorchEmitter) => Value): OperatorRule {
  return (call, emitter) => {
    const operands = [call.at(0, 'self') ?? NONE, call.at(1, 'other') ?? NONE]
    const dtype = resultType(operands) ?? 'int64'
    if (isFloat(dtype)) return call.refuse('it shifts fractions')
    const reckoned = widened(dtype) ?? dtype
    const [value, places] = operands.map((operand) => operandOf(operand, reckoned, call, emitter))
    if (value === undefined || places === undefined) return call.refuse('it is not told how far')
    refuseFar(places, DATA_TYPES[dtype].bits, call, emitter)
    const power = emitter.emit('Pow', [emitter.scalar(2, reckoned), places])
    return tensor(cast(step(value, power, emitter), dtype, emitter))
  }
}

/** The power must be one of the type. */
function refuseFar(places: Value, bits: number, call: OperatorCall, emitter: TorchEmitter): void {
  const known = emitter.contents(places)?.elements ?? []
  for (const place of Array.from(known))
    if (place < 0 || place >= bits - 1) call.refuse(`it shifts ${bits} bits by ${place}`)
}
