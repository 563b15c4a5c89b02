/** Logic of truth values and of bits. @see https://docs.pytorch.org/docs/stable/torch.html#comparison-ops */
import type { OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, tensor } from '../script-value.js'
import { inPlace } from './in-place.js'
import { cast, operandOf } from './operands.js'
import { resultType } from './type-promotion.js'

const and = bitwise('And')
const or = bitwise('Or')
const xor = bitwise('Xor')

/** Anything but 0 is true; the bitwise ones work on booleans too. */
export const logic: OperatorRules = {
  logical_and: logical('And'),
  logical_or: logical('Or'),
  logical_xor: logical('Xor'),
  logical_not: (call, emitter) => emitter.tensor('Not', [cast(call.value(0, 'self'), 'bool', emitter)]),
  bitwise_and: and,
  bitwise_or: or,
  bitwise_xor: xor,
  __and__: and,
  __or__: or,
  __xor__: xor,
  __iand__: inPlace(and),
  __ior__: inPlace(or),
  __ixor__: inPlace(xor),
  bitwise_not: (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    return emitter.tensor(dtype === 'bool' ? 'Not' : 'BitwiseNot', [value])
  },
}

function logical(operator: string): OperatorRule {
  return (call, emitter) => {
    const [left, right] = [call.value(0, 'self'), call.value(1, 'other')]
    return emitter.tensor(operator, [cast(left, 'bool', emitter), cast(right, 'bool', emitter)])
  }
}

function bitwise(operator: string): OperatorRule {
  return (call, emitter) => {
    const operands = [call.at(0, 'self') ?? NONE, call.at(1, 'other') ?? NONE]
    const dtype = resultType(operands)
    const values = operands.map((operand) => operandOf(operand, dtype, call, emitter))
    return tensor(emitter.emit(dtype === 'bool' ? operator : `Bitwise${operator}`, values))
  }
}
