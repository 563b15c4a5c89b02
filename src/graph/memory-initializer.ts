/** Constant tensors whose elements lie in memory. */
import { UsageError } from '../core/errors.js'
import { bytesOf, type DataType } from './data-type.js'
import type { Initializer, TensorData } from './graph.js'
import type { TensorElements } from './tensor.js'

/** What may be said of an initializer beside its elements. */
export interface InitializerOptions {
  /** Needed where the array does not tell: float16, bfloat16 and bool bits, packed 4-bit integers. */
  readonly dtype?: DataType
  readonly trainable?: boolean
}

/**
 * The elements are not copied: writing to the array later changes the initializer. Little-endian machines only,
 * as Node runs on no other.
 *
 * @param elements - row-major
 * @throws {UsageError} `E_INITIALIZER_SHAPE`, `E_INITIALIZER_SIZE`
 */
export function memoryInitializer(
  name: string,
  elements: TensorElements,
  shape: readonly number[],
  options: InitializerOptions = {},
): Initializer {
  checkShape(name, shape)
  const dtype = options.dtype ?? dtypeOfElements(elements)
  const count = shape.reduce((product, size) => product * size, 1)
  const data = isStrings(elements) ? stringData(elements) : byteData(elements)
  const [found, expected] = isStrings(elements)
    ? [elements.length, count]
    : [elements.byteLength, bytesOf(dtype, count)]
  if (found !== expected || isStrings(elements) !== (dtype === 'string')) {
    const unit = isStrings(elements) ? 'strings' : 'bytes'
    const wanted = `[${shape.join(', ')}] of ${dtype} takes ${expected}`
    throw new UsageError('E_INITIALIZER_SIZE', `initializer "${name}" has ${found} ${unit}, but ${wanted}`)
  }
  const { trainable } = options
  return trainable === undefined ? { name, dtype, shape, data } : { name, dtype, shape, data, trainable }
}

function checkShape(name: string, shape: readonly number[]): void {
  if (shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return
  throw new UsageError('E_INITIALIZER_SHAPE', `initializer "${name}" has the shape [${shape.join(', ')}]`, {
    hint: 'sizes of an initializer are whole numbers, 0 or more',
  })
}

function isStrings(elements: TensorElements): elements is readonly string[] {
  return Array.isArray(elements)
}

function dtypeOfElements(elements: TensorElements): DataType {
  if (elements instanceof Float32Array) return 'float32'
  if (elements instanceof Float64Array) return 'float64'
  if (elements instanceof Uint8Array) return 'uint8'
  if (elements instanceof Int8Array) return 'int8'
  if (elements instanceof Uint16Array) return 'uint16'
  if (elements instanceof Int16Array) return 'int16'
  if (elements instanceof Int32Array) return 'int32'
  if (elements instanceof Uint32Array) return 'uint32'
  if (elements instanceof BigInt64Array) return 'int64'
  return elements instanceof BigUint64Array ? 'uint64' : 'string'
}

function byteData(elements: Exclude<TensorElements, readonly string[]>): TensorData {
  return {
    byteLength: elements.byteLength,
    read: () => new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength),
    readStrings: () => {
      throw new UsageError('E_INITIALIZER_TYPE', 'a tensor of numbers has no strings')
    },
  }
}

function stringData(elements: readonly string[]): TensorData {
  return {
    byteLength: elements.reduce((sum, element) => sum + Buffer.byteLength(element), 0),
    read: () => {
      throw new UsageError('E_INITIALIZER_TYPE', 'a tensor of strings has no bytes of fixed size')
    },
    readStrings: () => elements,
  }
}
