/** Moves the known elements of small tensors: from a place in the result to the place they come from. */
import type { Shape } from '../../graph/dimension.js'
import type { KnownElement, NodeContext } from '../rule.js'
import { countOf } from './cost.js'
import { smallSizes } from './fold.js'

/** A small tensor whose contents are known. */
export interface KnownTensor {
  readonly sizes: readonly number[]
  readonly elements: readonly KnownElement[]
}

/** @returns input `index` when its sizes are numbers and its contents known */
export function knownTensor(context: NodeContext, index: number): KnownTensor | undefined {
  const shape = context.shape(index)
  const sizes = shape === undefined ? undefined : smallSizes(shape)
  const elements = sizes === undefined ? undefined : context.elements(index)
  if (sizes === undefined || elements === undefined || elements.length !== countOf(sizes)) return undefined
  return { sizes, elements }
}

/** @returns how far apart neighbours along each axis lie, row-major */
export function stridesOf(sizes: readonly number[]): readonly number[] {
  const strides = sizes.map(() => 1)
  for (let axis = sizes.length - 2; axis >= 0; axis -= 1) {
    strides[axis] = (strides[axis + 1] ?? 1) * (sizes[axis + 1] ?? 1)
  }
  return strides
}

/** @returns the indices along each axis of element `position`, row-major */
export function indicesAt(position: number, sizes: readonly number[]): readonly number[] {
  const indices = sizes.map(() => 0)
  let rest = position
  for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
    const size = sizes[axis] ?? 1
    indices[axis] = rest % size
    rest = Math.floor(rest / size)
  }
  return indices
}

/** @returns the position of the element at these indices, row-major */
export function positionAt(indices: readonly number[], strides: readonly number[]): number {
  return indices.reduce((sum, index, axis) => sum + index * (strides[axis] ?? 0), 0)
}

/**
 * @param source - indices in `from` of the element that belongs at these indices of the result
 * @returns the elements of a result of this shape; `undefined` when it is not small or an element is out of reach
 */
export function rearranged(
  from: KnownTensor | undefined,
  shape: Shape | undefined,
  source: (indices: readonly number[]) => readonly number[],
): readonly KnownElement[] | undefined {
  const sizes = from === undefined || shape === undefined ? undefined : smallSizes(shape)
  if (from === undefined || sizes === undefined) return undefined
  const strides = stridesOf(from.sizes)
  const result: KnownElement[] = []
  for (let position = 0; position < countOf(sizes); position += 1) {
    const element = from.elements[positionAt(source(indicesAt(position, sizes)), strides)]
    if (element === undefined) return undefined
    result.push(element)
  }
  return result
}
