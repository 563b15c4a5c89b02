/**
 * TensorFlow's element types in the graph's words.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto
 */
import { UnsupportedError } from '../../src/core/errors.js'
import type { DataType } from '../../src/graph/data-type.js'

/** Codes above are references to a variable of the type below. */
const REFERENCE = 100
/** Handles of variables, tables and the like: no tensors. */
export const RESOURCE_TYPE = 20

const BY_CODE: Readonly<Record<number, DataType>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  7: 'string',
  8: 'complex64',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  18: 'complex128',
  19: 'float16',
  22: 'uint32',
  23: 'uint64',
}

const FLOATS: ReadonlySet<number> = new Set([1, 2, 14, 19])

/** @returns whether a code stands for floating point numbers */
export const isFloatCode = (code: number): boolean => FLOATS.has(code > REFERENCE ? code - REFERENCE : code)

/**
 * @param what - names the tensor in errors
 * @throws {UnsupportedError} `E_TF_DATA_TYPE` for types that ONNX lacks: quantised ones, handles, variants
 */
export function dataTypeOf(code: number | undefined, what: string): DataType {
  const dtype = BY_CODE[(code ?? 0) > REFERENCE ? (code ?? 0) - REFERENCE : (code ?? 0)]
  if (dtype !== undefined) return dtype
  throw new UnsupportedError('E_TF_DATA_TYPE', `${what} has TensorFlow's element type ${code ?? 0}, which ONNX lacks`, {
    hint: 'save a signature whose tensors are plain numbers or text',
  })
}
