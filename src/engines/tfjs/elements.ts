/**
 * Elements of tensors as TensorFlow.js takes and gives them. It knows float32, int32 and bool: wider and narrower types
 * are computed in these, and come back in their own.
 */
import type { DataType as TfjsType } from '@tensorflow/tfjs-core'
import { UnsupportedError } from '../../core/errors.js'
import type { DataType } from '../../graph/data-type.js'
import type { Initializer } from '../../graph/graph.js'
import type { Tensor, TensorElements } from '../../graph/tensor.js'
import { bfloat16ToNumber, halfToNumber } from '../../operators/small-constant.js'

/** Elements that the library takes without a copy of its own. */
export type TfjsElements = Float32Array | Int32Array | Uint8Array

const WHOLE: ReadonlySet<DataType> = new Set(['int64', 'int32', 'int16', 'int8', 'uint8', 'uint16', 'uint32', 'uint64'])

/**
 * @param what - names the tensor in errors
 * @throws {UnsupportedError} `E_TYPE_UNSUPPORTED` for strings, complex numbers and packed or 8-bit floats
 */
export function tfjsType(dtype: DataType, what: string): Exclude<TfjsType, 'string' | 'complex64'> {
  if (dtype === 'bool') return 'bool'
  if (WHOLE.has(dtype)) return 'int32'
  if (dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16') return 'float32'
  throw new UnsupportedError('E_TYPE_UNSUPPORTED', `${what} has type ${dtype}, which TensorFlow.js has not`, {
    hint: 'use --engine onnxruntime',
  })
}

/** @returns elements of an input; float32, int32 and bool are not copied */
export function toElements({ dtype, data }: Tensor, what: string): TfjsElements {
  const type = tfjsType(dtype, what)
  if (type === 'bool' && data instanceof Uint8Array) return data
  if (data instanceof Float32Array && type === 'float32') return data
  if (data instanceof Int32Array && type === 'int32') return data
  return type === 'float32' ? floatsOf(dtype, data) : Int32Array.from(data as Iterable<number | bigint>, wholeNumber)
}

/** @returns elements of a constant of the file */
export function constantElements({ name, dtype, shape, data, sparse }: Initializer): TfjsElements {
  if (sparse !== undefined) {
    throw new UnsupportedError('E_TYPE_UNSUPPORTED', `weight ${name} is sparse, which TensorFlow.js has not`, {
      hint: 'use --engine onnxruntime',
    })
  }
  const count = shape.reduce((product, size) => product * size, 1)
  return toElements({ dtype, shape, data: viewOf(dtype, data.read(), count) }, `weight ${name}`)
}

/** @returns the elements in the type that the model declares */
export function fromElements(dtype: DataType, values: ArrayLike<number>): TensorElements {
  if (dtype === 'float32') return values instanceof Float32Array ? values : Float32Array.from(values)
  if (dtype === 'int64') return BigInt64Array.from(Array.from(values), BigInt)
  if (dtype === 'uint64') return BigUint64Array.from(Array.from(values), BigInt)
  if (dtype === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values)
  if (dtype === 'bool' || dtype === 'uint8') return Uint8Array.from(values)
  const array = ARRAYS[dtype]
  if (array !== undefined) return array.from(values)
  throw new UnsupportedError('E_TYPE_UNSUPPORTED', `an output has type ${dtype}, which cannot be made of float32`, {
    hint: 'use --engine onnxruntime',
  })
}

const ARRAYS = {
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const satisfies Partial<Record<DataType, unknown>> as Partial<
  Record<DataType, { from(values: ArrayLike<number>): TensorElements }>
>

function floatsOf(dtype: DataType, data: TensorElements): Float32Array {
  if (dtype === 'float16') return Float32Array.from(data as Uint16Array, halfToNumber)
  if (dtype === 'bfloat16') return Float32Array.from(data as Uint16Array, bfloat16ToNumber)
  return Float32Array.from(data as Float64Array)
}

/** int64 stands for sizes and indices; its extremes stand for "to the end" and stay extremes. */
const wholeNumber = (value: number | bigint): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value)))

type ArrayClass = new (buffer: ArrayBufferLike, offset: number, length: number) => TensorElements & ArrayBufferView

const VIEWS: Partial<Record<DataType, readonly [width: number, array: ArrayClass]>> = {
  float32: [4, Float32Array],
  float64: [8, Float64Array],
  float16: [2, Uint16Array],
  bfloat16: [2, Uint16Array],
  int64: [8, BigInt64Array],
  uint64: [8, BigUint64Array],
  int32: [4, Int32Array],
  uint32: [4, Uint32Array],
  int16: [2, Int16Array],
  uint16: [2, Uint16Array],
  int8: [1, Int8Array],
  uint8: [1, Uint8Array],
  bool: [1, Uint8Array],
}

/** Bytes of a file may start anywhere; arrays of wide elements may not. */
function viewOf(dtype: DataType, bytes: Uint8Array, count: number): TensorElements {
  const [width, array] = VIEWS[dtype] ?? [1, Uint8Array]
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  return new array(aligned.buffer, aligned.byteOffset, count)
}
