/** Typed arrays for each element type that an image input can have, and tables of the 256 numbers of one channel. */
import { UnsupportedError } from '../core/errors.js'
import type { DataType } from '../graph/data-type.js'
import { bfloat16Bits, float16Bits } from '../graph/half-precision.js'
import type { TensorElements } from '../graph/tensor.js'

/** Arrays that hold the elements of a batch; float16 and bfloat16 lie in a `Uint16Array` as bits. */
export type ElementArray = Exclude<TensorElements, readonly string[]>

type ArrayOf = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ElementArray

const ARRAYS: Readonly<Partial<Record<DataType, ArrayOf>>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
}

/**
 * @param dtype - element type of an image input
 * @param length - elements
 * @returns a view of the buffer's elements from `byteOffset`
 * @throws {UnsupportedError} `E_IMAGE_DTYPE`
 */
export function elementsOf(dtype: DataType, buffer: ArrayBufferLike, byteOffset: number, length: number): ElementArray {
  const array = ARRAYS[dtype]
  if (array === undefined) throw new UnsupportedError('E_IMAGE_DTYPE', `images cannot become ${dtype}`)
  return new array(buffer, byteOffset, length)
}

/**
 * @param values - the number for each 8-bit value; whole numbers for integer types
 * @returns the same 256 numbers as elements of `dtype`, rounded to nearest
 */
export function elementTable(dtype: DataType, values: Float64Array): ElementArray {
  const table = elementsOf(dtype, new ArrayBuffer(256 * 8), 0, 256)
  values.forEach((value, index) => {
    if (table instanceof BigInt64Array || table instanceof BigUint64Array) table[index] = BigInt(Math.round(value))
    else table[index] = toElement(dtype, value)
  })
  return table
}

function toElement(dtype: DataType, value: number): number {
  if (dtype === 'float16') return float16Bits(value)
  if (dtype === 'bfloat16') return bfloat16Bits(value)
  return value
}
