/** Small constants in memory, and values that are known before the run. */
import { elementsOf } from '../../src/graph/builder-options.js'
import type { DataType } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { dtypeOf, numbersOf, shapeOf } from '../../src/operators/known-value.js'
import type { KnownValue } from '../../src/operators/rule.js'
import type { Value } from './value.js'

/** Whole numbers of these types are computed here; floating point is left to the engine, which rounds its own way. */
const FOLDED: ReadonlySet<DataType | undefined> = new Set<DataType>(['int32', 'int64', 'bool'])

/** @returns 0, 1, ... below `count` */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** @returns a small constant in memory */
export function numberInitializer(
  name: string,
  values: readonly number[],
  shape: readonly number[],
  dtype: DataType,
): Initializer {
  switch (dtype) {
    case 'int64':
    case 'int32':
    case 'float32':
    case 'bool':
      return memoryInitializer(name, elementsOf(values, dtype), shape, { dtype })
    case 'float64':
      return memoryInitializer(name, Float64Array.from(values), shape, { dtype })
    case 'uint8':
      return memoryInitializer(name, Uint8Array.from(values), shape, { dtype })
    default:
      return memoryInitializer(name, Float32Array.from(values), shape)
  }
}

/** Shapes and axes that follow from constants become constants. */
export function foldedValue(name: string, known: KnownValue): Value {
  const [dtype, shape, values] = [dtypeOf(known), shapeOf(known), numbersOf(known)]
  if (values === undefined || shape === undefined || dtype === undefined || !FOLDED.has(dtype)) return { name, known }
  const sizes = shape.filter((size) => typeof size === 'number')
  if (sizes.length < shape.length) return { name, known }
  return { name, known, initializer: numberInitializer(name, values, sizes, dtype) }
}
