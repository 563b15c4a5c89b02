/** Element types as PyTorch numbers them. */
import type { DataType } from '../../src/graph/data-type.js'

/** @see https://github.com/pytorch/pytorch/blob/main/torch/headeronly/core/ScalarType.h */
const BY_CODE: readonly (DataType | undefined)[] = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'float32',
  'float64',
  undefined,
  'complex64',
  'complex128',
  'bool',
  undefined,
  undefined,
  undefined,
  'bfloat16',
]

/** @returns the element type with that number; `undefined` for one that is not supported */
export const dataTypeOfScalarType = (code: number): DataType | undefined => BY_CODE[code]
