/** Tensors as `torch_recorder.py` writes them. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Tensor, TensorElements } from '../../src/graph/tensor.js'

/** A tensor in the file. */
export interface RecordedTensor {
  readonly dtype: DataType
  readonly shape: readonly number[]
  /** Base64 of the little-endian elements. */
  readonly data: string
  readonly constant?: true
}

/** @returns where a tensor is not what was recorded; `undefined` where it is */
export function wrongElements(
  found: Tensor | undefined,
  wanted: RecordedTensor,
  tolerance: number,
): string | undefined {
  if (found === undefined) return 'an output is missing'
  if (found.dtype !== wanted.dtype) return `has in the run the type ${found.dtype}, expected ${wanted.dtype}`
  if (found.shape.join() !== wanted.shape.join()) return `has in the run the shape ${found.shape.join(' x ')}`
  const expected = numbersOf(wanted.dtype, elementsOf(wanted.dtype, wanted.data))
  const numbers = numbersOf(found.dtype, found.data)
  const place = expected.findIndex((value, index) => !isClose(numbers[index] ?? Number.NaN, value, tolerance))
  return place < 0 ? undefined : `gives ${numbers[place]} at ${place}, expected ${expected[place]}`
}

function isClose(found: number, wanted: number, tolerance: number): boolean {
  if (Number.isNaN(wanted)) return Number.isNaN(found)
  if (!Number.isFinite(wanted)) return found === wanted
  return Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted))
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

/** @returns the elements as the engine takes them */
export function elementsOf(dtype: DataType, data: string): Exclude<TensorElements, readonly string[]> {
  if (!(dtype in ARRAYS)) throw new TypeError(`no elements of type ${dtype}`)
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return new ARRAYS[dtype as keyof typeof ARRAYS](bytes.buffer)
}

function numbersOf(dtype: DataType, data: TensorElements): number[] {
  const numbers = Array.from(data as Iterable<unknown>, Number)
  return dtype === 'float16' ? numbers.map(ofHalfBits) : numbers
}

function ofHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
