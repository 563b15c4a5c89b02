/** Tensors of greenbench as onnxruntime-node takes and gives them; both sides use the same memory. */
import type { Tensor as EngineTensor } from 'onnxruntime-node'
import { UnsupportedError, UsageError } from '../core/errors.js'
import type { DataType } from '../graph/data-type.js'
import type { Tensor, TensorElements } from '../graph/tensor.js'
import type { OnnxRuntime } from './onnxruntime-library.js'

/** Arrays that hold the elements of each type that onnxruntime-node can pass; half floats travel as bits. */
const ARRAYS = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const satisfies Partial<Record<DataType, unknown>>

/** A numeric type that onnxruntime-node can pass in and out. */
export type PassableType = keyof typeof ARRAYS

/** @returns whether elements of this type can be passed as a typed array */
export const isPassable = (dtype: string): dtype is PassableType => Object.hasOwn(ARRAYS, dtype)

/** @returns whether `dtype` is a type of onnxruntime-node at all, strings among them */
export const isEngineType = (dtype: string): dtype is PassableType | 'string' => dtype === 'string' || isPassable(dtype)

/** @returns zeros; `undefined` for strings, other types that are no numbers, and sizes that only the run tells */
export function emptyEngineTensor(
  library: OnnxRuntime,
  dtype: string,
  shape: readonly (number | string)[],
): EngineTensor | undefined {
  const sizes = shape.filter((size): size is number => typeof size === 'number' && size >= 0)
  if (!isPassable(dtype) || sizes.length !== shape.length) return undefined
  const elements = sizes.reduce((product, size) => product * size, 1)
  return toEngineTensor(library, 'output', { dtype, shape: sizes, data: new ARRAYS[dtype](elements) })
}

/**
 * Wraps a tensor for the engine without copying its elements.
 *
 * @param name - of the input, for messages
 * @throws {UnsupportedError} `E_TYPE_UNSUPPORTED` for an element type that cannot be passed
 * @throws {UsageError} `E_INPUT_TYPE` when the array does not fit the type, `E_INPUT_SHAPE` when it does not fit the shape
 */
export function toEngineTensor(library: OnnxRuntime, name: string, tensor: Tensor): EngineTensor {
  const { dtype, shape, data } = tensor
  const elements = shape.reduce((product, size) => product * size, 1)
  if (elements !== data.length) {
    throw new UsageError(
      'E_INPUT_SHAPE',
      `input ${name}: ${data.length} elements, [${shape.join(', ')}] needs ${elements}`,
    )
  }
  if (dtype === 'string' && Array.isArray(data)) return new library.Tensor('string', data, [...shape])
  if (!isPassable(dtype)) {
    throw new UnsupportedError('E_TYPE_UNSUPPORTED', `input ${name}: onnxruntime-node cannot pass ${dtype} tensors`, {
      hint: 'add a Cast from float32 at this input of the model',
    })
  }
  if (!(data instanceof ARRAYS[dtype])) {
    throw new UsageError('E_INPUT_TYPE', `input ${name}: ${dtype} needs a ${ARRAYS[dtype].name}`)
  }
  return withElements(new library.Tensor(dtype, data, [...shape]), data)
}

/**
 * Where Node has `Float16Array` (24 and later), onnxruntime-node makes one of the bits of half floats, and its native
 * part then finds no bytes in it (1.30). The native part asks the tensor for `data`, so it is given the bits.
 */
function withElements(tensor: EngineTensor, data: TensorElements): EngineTensor {
  return tensor.data === data ? tensor : Object.defineProperty(tensor, 'data', { value: data })
}

/**
 * Views what the engine gave without copying it. Half floats come back as bits, also on a Node that has `Float16Array`.
 *
 * @throws {UnsupportedError} `E_TYPE_UNSUPPORTED` for an element type that greenbench does not know
 */
export function fromEngineTensor(name: string, tensor: EngineTensor): Tensor {
  const { type, dims, data } = tensor
  if (!isEngineType(type)) {
    throw new UnsupportedError('E_TYPE_UNSUPPORTED', `output ${name} has type ${type}, which cannot be read`)
  }
  return { dtype: type, shape: dims, data: asBits(data) }
}

function asBits(data: EngineTensor['data']): TensorElements {
  if (Array.isArray(data)) return data
  const view: ArrayBufferView = data
  if (view.constructor.name !== 'Float16Array') return data as Exclude<TensorElements, readonly string[]>
  return new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2)
}
