/** Weights in another order of axes than the file keeps, put in order when they are read. */

import { UsageError } from '../../src/core/errors.js'
import type { TensorData } from '../../src/graph/graph.js'
import type { Hdf5Dataset } from './hdf5.js'

/** How a weight is to lie. */
export interface Arrangement {
  /** Sizes of the axes before the reordering: as in the file, or with axes split or joined. */
  readonly shape: readonly number[]
  /** For each axis of the result the axis of `shape`; `undefined` leaves the order. */
  readonly order?: readonly number[] | undefined
  /** Sizes of the result, when they are not those of the reordered axes. */
  readonly result?: readonly number[]
  /** Axes of `shape` that are turned around, as Keras' separable and transposed kernels never need but users may. */
  readonly reversed?: readonly number[]
}

/** @returns shape and elements of an initializer; nothing is read yet */
export function arrange(
  dataset: Hdf5Dataset,
  arrangement: Arrangement,
): { shape: readonly number[]; data: TensorData } {
  const { shape, order, result } = arrangement
  const ordered = order === undefined ? shape : order.map((axis) => shape[axis] ?? 1)
  const read = (): Uint8Array => {
    const bytes = dataset.read()
    if (order === undefined || isInOrder(shape, order)) return bytes
    return new Uint8Array(
      permute(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape, order).buffer,
    )
  }
  const readStrings = (): never => {
    throw new UsageError('E_INITIALIZER_TYPE', 'a tensor of numbers has no strings')
  }
  return { shape: result ?? ordered, data: { byteLength: dataset.byteLength, read, readStrings } }
}

/** Axes of size 1 may move without moving an element. */
function isInOrder(shape: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => (shape[axis] ?? 1) > 1)
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1))
}

/** @returns a copy with the axes in another order: result axis `i` is axis `order[i]` of the source */
export function permute(source: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const sizes = order.map((axis) => shape[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 0)
  const target = new Float32Array(source.length)
  const last = sizes.length - 1
  const innerSize = sizes[last] ?? 1
  const innerStep = steps[last] ?? 0
  const index = new Array<number>(Math.max(0, last)).fill(0)
  let from = 0
  for (let to = 0; to < target.length; to += innerSize) {
    for (let inner = 0; inner < innerSize; inner += 1) target[to + inner] = source[from + inner * innerStep] ?? 0
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1
      from += steps[axis] ?? 0
      index[axis] = next
      if (next < (sizes[axis] ?? 1)) break
      from -= next * (steps[axis] ?? 0)
      index[axis] = 0
    }
  }
  return target
}
