/** Comparisons, choices between two tensors, and places that fulfil a condition. */
import { int } from '../../../src/graph/attributes.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { list, NONE, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { shapeOfValue } from './call-axes.js'
import { cast, chosen, operandOf } from './operands.js'
import { resultType } from './type-promotion.js'
import { transposed } from './views.js'

const EQUAL = compared('Equal')
const NOT_EQUAL = opposite(EQUAL)
const LESS = compared('Less')
const GREATER = compared('Greater')
const LESS_EQUAL = compared('LessOrEqual')
const GREATER_EQUAL = compared('GreaterOrEqual')

/** eq, lt, where, masked_fill, nonzero and kin. */
export const comparison: OperatorRules = {
  eq: EQUAL,
  ne: NOT_EQUAL,
  not_equal: NOT_EQUAL,
  lt: LESS,
  less: LESS,
  gt: GREATER,
  greater: GREATER,
  le: LESS_EQUAL,
  less_equal: LESS_EQUAL,
  ge: GREATER_EQUAL,
  greater_equal: GREATER_EQUAL,
  where,
  masked_fill: maskedFill,
  masked_select: maskedSelect,
  nonzero: (call, emitter) => tensor(placesOf(call.value(0, 'self'), emitter)),
  argwhere: (call, emitter) => tensor(placesOf(call.value(0, 'self'), emitter)),
  nonzero_numpy: (call, emitter) => list(coordinates(call.value(0, 'self'), emitter).map(tensor)),
}

/** Types that the engine compares; others are widened. */
const COMPARED: ReadonlySet<DataType> = new Set<DataType>(['float16', 'float32', 'float64', 'int32', 'int64'])

function comparable(dtype: DataType | undefined, operator: string): DataType {
  if (dtype === undefined || COMPARED.has(dtype)) return dtype ?? 'float32'
  if (dtype === 'bool' && operator === 'Equal') return dtype
  return dtype === 'bfloat16' ? 'float32' : 'int64'
}

function compared(operator: string): OperatorRule {
  return (call, emitter) => {
    const operands = [call.at(0, 'self') ?? NONE, call.at(1, 'other') ?? NONE]
    readAsTheOther(operands, emitter)
    const dtype = comparable(resultType(operands), operator)
    const values = operands.map((operand) => operandOf(operand, dtype, call, emitter))
    return emitter.tensor(operator, values)
  }
}

/** What is compared with a row of whole numbers most likely holds such: lengths of sentences with places in them. */
function readAsTheOther(operands: readonly ScriptValue[], emitter: TorchEmitter): void {
  for (const [at, operand] of operands.entries()) {
    const other = operands[1 - at]
    const isWhole = other?.kind === 'tensor' && (other.dtype === 'int64' || other.dtype === 'int32')
    if (operand.kind === 'tensor' && isWhole) emitter.undecidedTypes.readAsWhole(operand.value, 1)
  }
}

function opposite(rule: OperatorRule): OperatorRule {
  return (call, emitter) => {
    const result = rule(call, emitter)
    return result.kind === 'tensor' ? emitter.tensor('Not', [result.value]) : result
  }
}

const conditionOf = (call: OperatorCall, position: number, name: string, emitter: TorchEmitter): Value =>
  cast(call.value(position, name), 'bool', emitter)

/** A condition alone gives the places where it holds. */
function where(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  if (call.at(1, 'self') === undefined && call.at(1, 'input') === undefined) {
    return tuple(coordinates(call.value(0, 'condition'), emitter).map(tensor))
  }
  const operands = [call.at(1, 'self') ?? call.at(1, 'input') ?? NONE, call.at(2, 'other') ?? NONE]
  const dtype = resultType(operands)
  const choice = (operand: ScriptValue) => operandOf(operand, dtype, call, emitter)
  const [left = NONE, right = NONE] = operands
  const condition = conditionOf(call, 0, 'condition', emitter)
  return tensor(chosen(condition, [choice(left), choice(right)], dtype, emitter))
}

function maskedFill(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { value, dtype } = call.tensor(0, 'self')
  const fill = operandOf(call.at(2, 'value') ?? NONE, dtype, call, emitter)
  return tensor(chosen(conditionOf(call, 1, 'mask', emitter), [fill, value], dtype, emitter))
}

/** Both are spread over each other first, then their elements stand in one row. */
function maskedSelect(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [value, mask] = [call.value(0, 'self'), conditionOf(call, 1, 'mask', emitter)]
  const size = (other: Value) => emitter.emit('Shape', [other])
  const row = emitter.numbers([-1])
  const [spread, conditions] = [
    emitter.emit('Expand', [value, size(mask)]),
    emitter.emit('Expand', [mask, size(value)]),
  ]
  return emitter.tensor('Compress', [
    emitter.emit('Reshape', [spread, row]),
    emitter.emit('Reshape', [conditions, row]),
  ])
}

/** @returns the coordinates of what is not zero, a row each */
export function placesOf(value: Value, emitter: TorchEmitter): Value {
  return transposed(emitter.emit('NonZero', [cast(value, 'bool', emitter)]), [1, 0], emitter)
}

/** @returns the coordinates of what is not zero, a vector for each axis */
export function coordinates(value: Value, emitter: TorchEmitter): readonly Value[] {
  const found = emitter.emit('NonZero', [cast(value, 'bool', emitter)])
  const rank = shapeOf(value.known)?.length ?? shapeOfValue(value).length
  return range(rank).map((axis) => emitter.emit('Gather', [found, emitter.numbers(axis)], { axis: int(0) }))
}
