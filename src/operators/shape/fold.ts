/** Computes small tensors before the run, element by element, with symbols where the sizes are free. */
import { type DataType, isFloat } from '../../graph/data-type.js'
import type { Shape } from '../../graph/dimension.js'
import { tensor } from '../known-value.js'
import { type KnownElement, type KnownValue, MAX_KNOWN_ELEMENTS, type NodeContext } from '../rule.js'
import { countOf } from './cost.js'

/** Computes one element; `undefined` where it cannot be told before the run. */
export type Fold = (...operands: readonly KnownElement[]) => KnownElement | undefined

/**
 * @param shape - of the result; all inputs broadcast to it
 * @returns the result with its contents where every element can be told
 */
export function foldBroadcast(
  context: NodeContext,
  dtype: DataType | undefined,
  shape: Shape | undefined,
  fold: Fold | undefined,
): KnownValue | undefined {
  const sizes = shape === undefined || fold === undefined ? undefined : smallSizes(shape)
  if (sizes === undefined || fold === undefined) return tensor(dtype, shape)
  const operands = context.inputs.map((_, index) => operandOf(context, index, sizes))
  if (operands.some((operand) => operand === undefined)) return tensor(dtype, shape)
  const results: KnownElement[] = []
  for (let position = 0; position < countOf(sizes); position += 1) {
    const result = fold(...operands.map((operand) => operand?.(position) ?? Number.NaN))
    if (result === undefined) return tensor(dtype, shape)
    results.push(result)
  }
  return tensor(dtype, shape, results)
}

/** @returns the sizes when all are numbers and the tensor is small enough to be computed before the run */
export function smallSizes(shape: Shape): readonly number[] | undefined {
  const sizes: number[] = []
  for (const size of shape) {
    if (typeof size !== 'number') return undefined
    sizes.push(size)
  }
  return countOf(sizes) <= MAX_KNOWN_ELEMENTS ? sizes : undefined
}

/** @returns whether the tensor holds whole numbers, so that division truncates */
export function isWhole(dtype: DataType | undefined): boolean {
  return dtype !== undefined && !isFloat(dtype)
}

/** @returns a function from a position in the broadcast result to the operand's element there */
function operandOf(
  context: NodeContext,
  index: number,
  sizes: readonly number[],
): ((position: number) => KnownElement | undefined) | undefined {
  const own = context.shape(index)
  const elements = own === undefined || smallSizes(own) === undefined ? undefined : context.elements(index)
  if (own === undefined || elements === undefined) return undefined
  if (elements.length === 1) return () => elements[0]
  if (elements.length === countOf(sizes)) return (position) => elements[position]
  const strides = broadcastStrides(own, sizes.length)
  return (position) => elements[positionIn(position, sizes, strides)]
}

function broadcastStrides(own: Shape, rank: number): readonly number[] {
  const strides = Array.from({ length: rank }, () => 0)
  let stride = 1
  for (let axis = own.length - 1; axis >= 0; axis -= 1) {
    const size = own[axis]
    if (typeof size !== 'number') continue
    if (size !== 1) strides[rank - own.length + axis] = stride
    stride *= size
  }
  return strides
}

function positionIn(position: number, sizes: readonly number[], strides: readonly number[]): number {
  let rest = position
  let result = 0
  for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
    const size = sizes[axis] ?? 1
    result += (rest % size) * (strides[axis] ?? 0)
    rest = Math.floor(rest / size)
  }
  return result
}
