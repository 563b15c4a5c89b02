/** Constants in memory whose elements the program's own steps give: masks, positions, tables of indices. */
import type { DataType } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { memoryInitializer } from '../../../src/graph/memory-initializer.js'
import { ARRAYS, wideWhole } from '../../emission/known-numbers.js'

/** A tensor whose elements are known, row-major; booleans are 0 and 1. */
export interface ConstantTensor {
  readonly dtype: DataType
  readonly shape: readonly number[]
  readonly elements: ArrayLike<number>
}

/** Larger constants are left to the engine. */
export const MAX_CONSTANT = 1 << 20

/** @returns whether elements of this type are computed before the run */
export const isFolded = (dtype: DataType): boolean => dtype === 'int64' || ARRAYS[dtype] !== undefined

/** @returns whether a `number` holds all elements as they are; whole ones beyond 2^53 it does not */
export const isExact = ({ dtype, elements }: ConstantTensor): boolean =>
  dtype !== 'int64' || Array.from(elements).every(Number.isSafeInteger)

/** @returns how many elements a tensor of this shape has */
export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** @returns the elements of a constant of the file; `undefined` for types that are left to the engine */
export function readConstant({ dtype, shape, data }: Initializer): ConstantTensor | undefined {
  const [count, array] = [countOf(shape), ARRAYS[dtype]]
  if (dtype !== 'int64' && array === undefined) return undefined
  const bytes = data.read()
  // A copy starts where every element may start.
  const { buffer } = bytes.slice()
  if (dtype === 'int64') return { dtype, shape, elements: Array.from(new BigInt64Array(buffer, 0, count), Number) }
  return { dtype, shape, elements: array === undefined ? [] : new array(buffer, 0, count) }
}

/** @returns an initializer with these elements; it is nobody's weight */
export function constantInitializer({ dtype, shape, elements }: ConstantTensor): Initializer {
  const initializer = memoryInitializer('constant', arrayOf(dtype, elements), shape, { dtype })
  const isWeightLike = dtype.startsWith('float') && countOf(shape) > 1
  return isWeightLike ? { ...initializer, storedElements: 0, trainable: false } : initializer
}

function arrayOf(dtype: DataType, elements: ArrayLike<number>) {
  return dtype === 'int64' ? BigInt64Array.from(elements, wideWhole) : (ARRAYS[dtype] ?? Float32Array).from(elements)
}

/** @returns the number as an element of that type holds it, converted as PyTorch does */
export function converted(value: number, dtype: DataType): number {
  if (dtype === 'bool') return value === 0 ? 0 : 1
  if (dtype === 'float32') return Math.fround(value)
  return dtype.startsWith('float') ? value : Math.trunc(value) + 0
}
