/** Tensors and numbers as nodes read them: constants of the right type, casts where there must be one. */
import { int } from '../../../src/graph/attributes.js'
import { DATA_TYPES, type DataType } from '../../../src/graph/data-type.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { dtypeOf, numbersOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall } from '../operator-call.js'
import type { ScriptValue } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { DEFAULT_FLOAT } from './type-promotion.js'

/** @returns the value with elements of that type; as it is where no type is asked for */
export function cast(value: Value, dtype: DataType | undefined, emitter: TorchEmitter): Value {
  if (dtype === undefined || dtypeOf(value.known) === dtype) return value
  const [number, ...more] = (shapeOf(value.known)?.length === 0 ? numbersOf(value.known) : undefined) ?? []
  const isExact = number !== undefined && more.length === 0 && (Number.isSafeInteger(number) || dtype.includes('float'))
  if (isExact) return emitter.scalar(dtype === 'bool' ? Number(number !== 0) : number, dtype)
  return emitter.emit('Cast', [value], { to: int(DATA_TYPES[dtype].code) })
}

/**
 * @param operand - a tensor or a number
 * @param dtype - what its elements shall be; a tensor stays as it is where none is given, a number becomes float32
 */
export function operandOf(
  operand: ScriptValue,
  dtype: DataType | undefined,
  call: OperatorCall,
  emitter: TorchEmitter,
): Value {
  switch (operand.kind) {
    case 'tensor':
      return cast(operand.value, dtype, emitter)
    case 'int':
      return sizeOperand(operand.value, dtype, emitter)
    case 'wide':
      return emitter.wideScalar(operand.value, dtype ?? DEFAULT_FLOAT)
    case 'float':
      return emitter.scalar(operand.value, dtype ?? DEFAULT_FLOAT)
    case 'bool':
      return emitter.scalar(Number(operand.value), dtype ?? DEFAULT_FLOAT)
    default:
      return call.refuse(`an operand is ${operand.kind}, neither a tensor nor a number`)
  }
}

/** @returns a scalar of the value's element type */
export const like = (number: number, value: Value, emitter: TorchEmitter): Value =>
  emitter.scalar(number, dtypeOf(value.known) ?? DEFAULT_FLOAT)

/** @returns the type that engines reckon in: they have no arithmetic of booleans and of narrow whole numbers */
export function widened(dtype: DataType | undefined): DataType | undefined {
  if (dtype === 'bfloat16') return 'float32'
  return dtype === 'bool' || dtype === 'uint8' || dtype === 'int8' || dtype === 'int16' ? 'int32' : dtype
}

/** @returns elements of one tensor where the condition holds and of the other where not, of that type, which both have */
export function chosen(
  condition: Value,
  [left, right]: readonly [Value, Value],
  dtype: DataType | undefined,
  emitter: TorchEmitter,
): Value {
  const [first, second] = [left, right].map((value) => cast(value, widened(dtype), emitter))
  return cast(emitter.emit('Where', [condition, first, second]), dtype, emitter)
}

function sizeOperand(size: Dimension, dtype: DataType | undefined, emitter: TorchEmitter): Value {
  if (typeof size === 'number') return emitter.scalar(size, dtype ?? DEFAULT_FLOAT)
  const list = emitter.sizes([size])
  if (list === undefined) throw new OpenSize(size, undefined)
  return cast(emitter.emit('Squeeze', [list]), dtype, emitter)
}
