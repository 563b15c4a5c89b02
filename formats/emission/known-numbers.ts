/** Small constants in memory, and values that are known before the run. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import { bfloat16Bits, float16Bits } from '../../src/graph/half-precision.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import type { TensorElements } from '../../src/graph/tensor.js'
import { dtypeOf, numbersOf, shapeOf } from '../../src/operators/known-value.js'
import type { KnownValue } from '../../src/operators/rule.js'
import type { Value } from './value.js'

/** Whole numbers of these types are computed here; floating point is left to the engine, which rounds its own way. */
const FOLDED: ReadonlySet<DataType | undefined> = new Set<DataType>(['int32', 'int64', 'bool'])

/** Holds numbers as JavaScript does. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** Element types whose numbers JavaScript holds as they are; `bool` is 0 and 1. */
export const ARRAYS: Readonly<Partial<Record<DataType, NumberArrayConstructor>>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
}

interface NumberArrayConstructor {
  new (length: number): NumberArray
  new (buffer: ArrayBufferLike, offset: number, length: number): NumberArray
  from(values: ArrayLike<number>): NumberArray
}

/** @returns 0, 1, ... below `count` */
export function range(count: number): number[] {
  const numbers = new Array<number>(Math.max(Math.floor(count) || 0, 0))
  for (let at = 0; at < numbers.length; at += 1) numbers[at] = at
  return numbers
}

/** @returns a small constant in memory */
export function numberInitializer(
  name: string,
  values: readonly number[],
  shape: readonly number[],
  dtype: DataType,
): Initializer {
  return memoryInitializer(name, elementsFor(values, dtype), shape, { dtype })
}

/** Whole numbers are cut to fit, as a cast does. */
function elementsFor(values: readonly number[], dtype: DataType): TensorElements {
  if (dtype === 'float16') return Uint16Array.from(values, float16Bits)
  if (dtype === 'bfloat16') return Uint16Array.from(values, bfloat16Bits)
  if (dtype === 'int64') return BigInt64Array.from(values, wideWhole)
  return (ARRAYS[dtype] ?? Float32Array).from(values)
}

/** @returns the number as an int64; the next one that there is where it lies beyond, as the largest does as a `number` */
export function wideWhole(value: number): bigint {
  const whole = BigInt(value)
  const [low, high] = [-(2n ** 63n), 2n ** 63n - 1n]
  if (whole > high) return high
  return whole < low ? low : whole
}

/** Shapes and axes that follow from constants become constants. */
export function foldedValue(name: string, known: KnownValue): Value {
  const [dtype, shape, values] = [dtypeOf(known), shapeOf(known), numbersOf(known)]
  // Beyond 2^53 a `number` is not exact: the engine computes it.
  if (dtype === 'int64' && values?.some((value) => !Number.isSafeInteger(value)))
    return { name, known: { type: known.type } }
  if (values === undefined || shape === undefined || dtype === undefined || !FOLDED.has(dtype)) return { name, known }
  const sizes = shape.filter((size) => typeof size === 'number')
  if (sizes.length < shape.length) return { name, known }
  return { name, known, initializer: numberInitializer(name, values, sizes, dtype) }
}
