/** How far the outputs of two runs lie apart. */
import type { Tensor } from '../src/graph/tensor.js'

/** What a comparison gives. */
export interface OutputDifference {
  /** Same names, types, shapes and elements; NaN equals NaN. */
  readonly isEqual: boolean
  /** Largest absolute difference of float32 and float64 elements; absent when equal, or when types or shapes differ. */
  readonly largestDifference?: number
}

/** @param expected, found - by name */
export function outputDifference(
  expected: ReadonlyMap<string, Tensor>,
  found: ReadonlyMap<string, Tensor>,
): OutputDifference {
  const pairs = [...expected].map(([name, tensor]) => [tensor, found.get(name)] as const)
  if (expected.size === found.size && pairs.every(([left, right]) => right !== undefined && areEqual(left, right))) {
    return { isEqual: true }
  }
  const differences = pairs.map(([left, right]) => (right === undefined ? undefined : largestOf(left, right)))
  const known = differences.filter((difference) => difference !== undefined)
  return known.length < pairs.length || known.length === 0
    ? { isEqual: false }
    : { isEqual: false, largestDifference: Math.max(...known) }
}

function areEqual(left: Tensor, right: Tensor): boolean {
  return isAlike(left, right) && left.data.every((value, index) => Object.is(value, right.data[index]))
}

const isAlike = (left: Tensor, right: Tensor): boolean =>
  left.dtype === right.dtype && left.shape.join() === right.shape.join() && left.data.length === right.data.length

/** @returns `undefined` where a difference means nothing */
function largestOf(left: Tensor, right: Tensor): number | undefined {
  if (!isAlike(left, right)) return undefined
  if (areEqual(left, right)) return 0
  const [first, second] = [left.data, right.data]
  const isFloat = first instanceof Float32Array || first instanceof Float64Array
  if (!isFloat || !(second instanceof Float32Array || second instanceof Float64Array)) return undefined
  let largest = 0
  for (const [index, value] of first.entries()) {
    const difference = Math.abs(value - (second[index] ?? Number.NaN))
    if (Number.isNaN(difference) && Object.is(value, second[index])) continue
    largest = Math.max(largest, difference)
  }
  return Number.isFinite(largest) ? largest : undefined
}
