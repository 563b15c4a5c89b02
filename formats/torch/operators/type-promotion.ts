/**
 * Element type of what an operator makes of tensors and numbers.
 *
 * @see https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
 */
import { DATA_TYPES, type DataType, isFloat } from '../../../src/graph/data-type.js'
import type { ScriptTensor, ScriptValue } from '../script-value.js'

/** What PyTorch computes with where nothing says another type. */
export const DEFAULT_FLOAT: DataType = 'float32'

/** @returns the smallest type that holds both; uint8 and a type with sign need one that is wider */
export function promoteTypes(left: DataType, right: DataType): DataType {
  if (left === right) return left
  if (left === 'bool') return right
  if (right === 'bool') return left
  if (isComplex(left) || isComplex(right)) return isComplex(left) ? left : right
  if (isFloat(left) !== isFloat(right)) return isFloat(left) ? left : right
  const [smaller, larger] = DATA_TYPES[left].bits <= DATA_TYPES[right].bits ? [left, right] : [right, left]
  if (DATA_TYPES[left].bits !== DATA_TYPES[right].bits) return larger
  // float16 and bfloat16; uint8 and int8.
  return isFloat(smaller) ? 'float32' : 'int16'
}

/**
 * A tensor without axes changes the type only where its kind (whole, floating point) is higher than that of tensors with axes,
 * and a number only where its kind is higher than that of every tensor.
 *
 * @param operands - tensors and numbers; others are passed over
 * @returns `undefined` where a tensor's type is not known
 */
export function resultType(operands: readonly ScriptValue[]): DataType | undefined {
  const tensors = operands.filter((operand) => operand.kind === 'tensor')
  if (tensors.some(({ dtype }) => dtype === undefined)) return undefined
  const withAxes = joined(tensors.filter(({ shape }) => shape?.length !== 0).map(typeOf))
  const withoutAxes = joined(tensors.filter(({ shape }) => shape?.length === 0).map(typeOf))
  const numbers = joined(operands.map(typeOfNumber))
  return higher(withAxes, higher(withoutAxes, numbers))
}

/** @returns the type of the tensor, or the default one for whole numbers and booleans, of which e.g. a sine is taken */
export function floatingType(dtype: DataType | undefined): DataType | undefined {
  return dtype === undefined || isFloat(dtype) || isComplex(dtype) ? dtype : DEFAULT_FLOAT
}

/** @returns whether elements are whole numbers or booleans */
export const isWhole = (dtype: DataType | undefined): boolean =>
  dtype !== undefined && !isFloat(dtype) && !isComplex(dtype)

const isComplex = (dtype: DataType): boolean => dtype.startsWith('complex')

const typeOf = ({ dtype }: ScriptTensor): DataType | undefined => dtype

function typeOfNumber({ kind }: ScriptValue): DataType | undefined {
  if (kind === 'float') return DEFAULT_FLOAT
  if (kind === 'int' || kind === 'wide') return 'int64'
  return kind === 'bool' ? 'bool' : undefined
}

function joined(types: readonly (DataType | undefined)[]): DataType | undefined {
  return types.reduce(
    (left, right) => (left === undefined || right === undefined ? (left ?? right) : promoteTypes(left, right)),
    undefined,
  )
}

/** Of a lower priority only the kind counts. */
function higher(first: DataType | undefined, second: DataType | undefined): DataType | undefined {
  if (first === undefined || second === undefined) return first ?? second
  if (isComplex(first) || (isFloat(first) && !isComplex(second))) return first
  return first === 'bool' || isFloat(second) || isComplex(second) ? promoteTypes(first, second) : first
}
