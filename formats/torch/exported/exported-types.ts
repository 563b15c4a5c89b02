/**
 * Element types, layouts of memory and sizes as `.pt2` files number them.
 *
 * @see https://github.com/pytorch/pytorch/blob/main/torch/_export/serde/schema.py
 */
import type { DataType } from '../../../src/graph/data-type.js'

/** By number: the type, and the number that PyTorch's operators know it by. */
const SCALAR_TYPES: ReadonlyMap<number, readonly [DataType | undefined, number]> = new Map([
  [1, ['uint8', 0]],
  [2, ['int8', 1]],
  [3, ['int16', 2]],
  [4, ['int32', 3]],
  [5, ['int64', 4]],
  [6, ['float16', 5]],
  [7, ['float32', 6]],
  [8, ['float64', 7]],
  [9, [undefined, 8]],
  [10, ['complex64', 9]],
  [11, ['complex128', 10]],
  [12, ['bool', 11]],
  [13, ['bfloat16', 15]],
  [28, ['uint16', 27]],
  [29, ['float8e4m3fn', 24]],
  [30, ['float8e5m2', 23]],
  [31, ['float8e4m3fnuz', 26]],
  [32, ['float8e5m2fnuz', 25]],
  [33, ['float8e8m0', 44]],
  [34, ['uint32', 28]],
  [35, ['uint64', 29]],
])

/** Contiguous, channels last of pictures and of volumes, and as before. */
const MEMORY_FORMATS = [-1, 0, 2, 3, 1]
/** Sparse ones come first; 7 is a plain tensor. */
export const STRIDED = 7

/** @returns the element type; `undefined` for one that is not supported */
export const exportedDataType = (code: number): DataType | undefined => SCALAR_TYPES.get(code)?.[0]

/** @returns the number that PyTorch's operators are called with; -1 for none */
export const scalarTypeOf = (code: number): number => SCALAR_TYPES.get(code)?.[1] ?? -1

/** @returns the same of a layout of memory */
export const memoryFormatOf = (code: number): number => MEMORY_FORMATS[code] ?? -1
