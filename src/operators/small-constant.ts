/** Reads the elements of small constants of a file: shapes, axes, scales. Weights are never read. */
import { type DataType, isFloat } from '../graph/data-type.js'
import type { Initializer } from '../graph/graph.js'
import { type KnownElement, MAX_KNOWN_ELEMENTS } from './rule.js'

/** Floating-point settings (scales, limits) are short; longer vectors are weights, which no shape depends on. */
const MAX_FLOATS = 64
const MAX_STRINGS = 256

type Decode = (view: DataView, index: number) => number

const DECODERS: Partial<Record<DataType, readonly [bytes: number, decode: Decode]>> = {
  bool: [1, (view, index) => (view.getUint8(index) === 0 ? 0 : 1)],
  uint8: [1, (view, index) => view.getUint8(index)],
  int8: [1, (view, index) => view.getInt8(index)],
  uint16: [2, (view, index) => view.getUint16(2 * index, true)],
  int16: [2, (view, index) => view.getInt16(2 * index, true)],
  uint32: [4, (view, index) => view.getUint32(4 * index, true)],
  int32: [4, (view, index) => view.getInt32(4 * index, true)],
  uint64: [8, (view, index) => Number(view.getBigUint64(8 * index, true))],
  int64: [8, (view, index) => Number(view.getBigInt64(8 * index, true))],
  float32: [4, (view, index) => view.getFloat32(4 * index, true)],
  float64: [8, (view, index) => view.getFloat64(8 * index, true)],
  float16: [2, (view, index) => halfToNumber(view.getUint16(2 * index, true))],
  bfloat16: [2, (view, index) => bfloat16ToNumber(view.getUint16(2 * index, true))],
}

/** @returns the elements, row-major; `undefined` for large tensors and for element types that settings never have */
export function readElements(initializer: Initializer): readonly KnownElement[] | undefined {
  const { dtype, shape, data, sparse } = initializer
  const count = shape.reduce((product, size) => product * size, 1)
  if (sparse !== undefined || count > MAX_KNOWN_ELEMENTS) return undefined
  if (dtype === 'string') return count > MAX_STRINGS ? undefined : data.readStrings()
  const decoder = DECODERS[dtype]
  if (decoder === undefined || (isFloat(dtype) && count > MAX_FLOATS)) return undefined
  if (count === 0) return []
  const bytes = data.read()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [size, decode] = decoder
  if (bytes.byteLength < size * count) return undefined
  return Array.from({ length: count }, (_, index) => decode(view, index))
}

/** @returns the number that 16 bits of IEEE 754 binary16 stand for. @see https://en.wikipedia.org/wiki/Half-precision_floating-point_format */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** @returns the number that 16 bits of bfloat16 stand for: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits << 16)
  return view.getFloat32(0)
}
