/** What weights ask of the sizes of what they are applied to. */

import { isFloat } from '../../../src/graph/data-type.js'
import { type Dimension, equalDimensions, formatDimension, type Shape } from '../../../src/graph/dimension.js'
import { dtypeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenRank, OpenSize, type TensorGuess } from '../open-size.js'
import type { OperatorCall } from '../operator-call.js'

/**
 * @param name - of the size, e.g. `channels`
 * @throws {OpenSize} where the size is still free
 * @throws {UnsupportedError} `E_TORCH_OPERATOR` where it is another number
 */
export function expectSize(
  size: Dimension | undefined,
  expected: Dimension | undefined,
  name: string,
  call: OperatorCall,
): void {
  if (size === undefined || typeof expected !== 'number' || equalDimensions(size, expected)) return
  if (typeof size !== 'number') throw new OpenSize(size, expected)
  call.refuse(`its input has ${formatDimension(size)} ${name}, its weights expect ${expected}`)
}

/**
 * @param weight - what the input is multiplied with, of the same element type
 * @param guess - what the operator takes for granted of an input of which nothing is known
 * @returns the shape of the first argument
 * @throws {OpenRank} where its rank is not known, or it has another floating-point type than the weight
 */
export function weightedShape(call: OperatorCall, name: string, weight: Value, guess: TensorGuess): Shape {
  const { value, dtype, shape } = call.tensor(0, name)
  const wanted = dtypeOf(weight.known)
  const differs = dtype !== undefined && wanted !== undefined && isFloat(dtype) && isFloat(wanted) && dtype !== wanted
  if (shape !== undefined && !differs) return shape
  throw new OpenRank(value, { ...guess, ...(differs ? { dtype: wanted } : {}) })
}

/** @returns a size by its axis, for a guess; none where it is not a number */
export const sizeGuess = (axis: number, size: Dimension | undefined): ReadonlyMap<number, number> =>
  new Map(typeof size === 'number' ? [[axis, size]] : [])

/** @returns what a layer takes its input for that reads the last axis alone: rows of so many features, or sequences of such */
export const rowsGuess = (features: Dimension | undefined): TensorGuess => ({
  rank: 2,
  sizes: sizeGuess(1, features),
  or: 'sequence',
})
