import { expect, test } from 'vitest'
import { outputDifference } from '../../benchmarks/output-difference.js'
import type { Tensor } from '../../src/graph/tensor.js'

const floats = (...values: number[]): Tensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
})
const integers = (...values: bigint[]): Tensor => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values),
})
const named = (tensor: Tensor) => new Map([['y', tensor]])

test.each<[string, Tensor, Tensor, object]>([
  ['equal ones', floats(1, 2), floats(1, 2), { isEqual: true }],
  ['not-a-numbers in the same place', floats(Number.NaN), floats(Number.NaN), { isEqual: true }],
  ['floats', floats(1, 2), floats(1.5, 1.75), { isEqual: false, largestDifference: 0.5 }],
  ['a not-a-number on one side', floats(1), floats(Number.NaN), { isEqual: false }],
  ['infinity on one side', floats(1), floats(Number.POSITIVE_INFINITY), { isEqual: false }],
  ['integers', integers(1n), integers(2n), { isEqual: false }],
  ['other sizes', floats(1, 2), floats(1), { isEqual: false }],
  ['other types', floats(1), integers(1n), { isEqual: false }],
])('compares %s', (_, expected, found, difference) => {
  expect(outputDifference(named(expected), named(found))).toEqual(difference)
})

test('an output that is missing is a difference', () => {
  expect(outputDifference(named(floats(1)), new Map())).toEqual({ isEqual: false })
})
