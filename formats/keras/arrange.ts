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
}

/** @returns shape and elements of an initializer; nothing is read yet */
export function arrange(
  dataset: Hdf5Dataset,
  arrangement: Arrangement,
): { shape: readonly number[]; data: TensorData } {
  const { shape, order, result } = arrangement
  const ordered = order === undefined ? shape : order.map((axis) => shape[axis] ?? 1)
  const read = (): Uint8Array => {
    if (order === undefined || isInOrder(shape, order)) return dataset.read()
    return dataset.lend((bytes) => {
      const source = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
      return new Uint8Array(permute(source, shape, order).buffer)
    })
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

/** Elements of one line of a processor's cache. */
const LINE = 16

/** @returns a copy with the axes in another order: result axis `i` is axis `order[i]` of the source */
export function permute(source: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const last = shape.length - 1
  const target = new Float32Array(source.length)
  const columns = order[0] === last ? (shape[last] ?? 1) : 1
  const rest = columns === 1 ? order : order.slice(1)
  const places = placesOf(shape, rest)
  // Lines of the source are read whole: their columns are written as so many rows, side by side.
  for (let first = 0; first < columns; first += LINE) {
    const end = Math.min(columns, first + LINE)
    for (let row = 0; row < places.length; row += 1) {
      const place = places[row] ?? 0
      for (let column = first; column < end; column += 1) {
        target[column * places.length + row] = source[place + column] ?? 0
      }
    }
  }
  return target
}

/** Where the elements lie in the source, in the order of these axes. */
function placesOf(shape: readonly number[], order: readonly number[]): Uint32Array {
  let places = Uint32Array.of(0)
  for (const axis of order) {
    const size = shape[axis] ?? 1
    const step = shape.slice(axis + 1).reduce((product, next) => product * next, 1)
    const next = new Uint32Array(places.length * size)
    for (const [index, place] of places.entries()) {
      for (let at = 0; at < size; at += 1) next[index * size + at] = place + at * step
    }
    places = next
  }
  return places
}
