/** Constants in memory whose elements the program's own steps give: masks, positions, tables of indices. */
import type { DataType } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { memoryInitializer } from '../../../src/graph/memory-initializer.js'
import { ARRAYS, type NumberArray, wideWhole } from '../../emission/known-numbers.js'

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
export function isExact({ dtype, elements }: ConstantTensor): boolean {
  if (dtype !== 'int64') return true
  for (let at = 0; at < elements.length; at += 1) if (!Number.isSafeInteger(elements[at])) return false
  return true
}

/** @returns zeros that take elements of that type as it holds them: rounded, or cut off; int64 keeps what a `number` holds */
export const zeros = (dtype: DataType, count: number): NumberArray => new (arrayFor(dtype))(count)

/** @returns how many elements a tensor of this shape has */
export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** @returns the elements of a constant of the file; `undefined` for types that are left to the engine */
export function readConstant({ dtype, shape, data }: Initializer): ConstantTensor | undefined {
  const [count, array] = [countOf(shape), ARRAYS[dtype]]
  if (dtype !== 'int64' && array === undefined) return undefined
  const bytes = data.read()
  // A copy starts where every element may start.
  const { buffer } = bytes.slice()
  if (dtype === 'int64')
    return { dtype, shape, elements: Float64Array.from(new BigInt64Array(buffer, 0, count), Number) }
  return { dtype, shape, elements: array === undefined ? [] : new array(buffer, 0, count) }
}

/** @returns an initializer with these elements; it is nobody's weight */
export function constantInitializer({ dtype, shape, elements }: ConstantTensor): Initializer {
  const kind = arrayFor(dtype)
  const held = elements instanceof kind ? elements : kind.from(elements)
  if (dtype === 'int64') return wholeInitializer(shape, held)
  const initializer = memoryInitializer('constant', held, shape, { dtype })
  const isWeightLike = dtype.startsWith('float') && countOf(shape) > 1
  return isWeightLike ? { ...initializer, storedElements: 0, trainable: false } : initializer
}

const arrayFor = (dtype: DataType) => (dtype === 'int64' ? Float64Array : (ARRAYS[dtype] ?? Float32Array))

/** Most constants are steps to others: numbers become 64 bits when somebody reads them. */
function wholeInitializer(shape: readonly number[], elements: NumberArray): Initializer {
  const { data } = memoryInitializer('constant', new BigInt64Array(0), [0])
  const read = () => new Uint8Array(BigInt64Array.from(elements, wideWhole).buffer)
  return { name: 'constant', dtype: 'int64', shape, data: { ...data, byteLength: elements.length * 8, read } }
}

/** @returns the number as an element of that type holds it, converted as PyTorch does */
export const converted = (value: number, dtype: DataType): number => conversion(dtype)(value)

/** @returns what converts many numbers to elements of that type */
export function conversion(dtype: DataType): (value: number) => number {
  if (dtype === 'bool') return (value) => (value === 0 ? 0 : 1)
  if (dtype === 'float32') return Math.fround
  return dtype.startsWith('float') ? (value) => value : (value) => Math.trunc(value) + 0
}
