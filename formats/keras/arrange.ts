/** Weights in another order of axes than the file keeps, put in order when they are read. */
import { UsageError } from '../../src/core/errors.js'
import type { TensorData } from '../../src/graph/graph.js'
import { sameBytes } from '../../src/graph/pieces.js'
import { transposedData } from '../../src/graph/transpose.js'
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
  const data = { ...sameBytes(dataset), readStrings }
  if (order === undefined) return { shape: result ?? shape, data }
  const ordered = order.map((axis) => shape[axis] ?? 1)
  return { shape: result ?? ordered, data: transposedData(data, dataset.dtype, shape, order) }
}

function readStrings(): never {
  throw new UsageError('E_INITIALIZER_TYPE', 'a tensor of numbers has no strings')
}
