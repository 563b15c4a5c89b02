import { describe, expect, test } from 'vitest'
import { fixedBatchOf, syntheticSource } from '../../benchmarks/synthetic-source.js'
import { symbol } from '../../src/graph/dimension.js'
import type { ValueInfo } from '../../src/graph/graph.js'

const input = (name: string, ...shape: readonly (number | string)[]): ValueInfo => ({
  name,
  type: {
    kind: 'tensor',
    dtype: 'float32',
    shape: shape.map((size) => (typeof size === 'string' ? symbol(size) : size)),
  },
})
const sizes = (name: string, ...shape: readonly number[]) => new Map([[name, shape]])

describe('batch that a model fixes', () => {
  test('is the first dimension of its first input with several', () => {
    expect(fixedBatchOf([input('scale', 1), input('data', 4, 3, 8, 8)], undefined)).toEqual({
      size: 4,
      input: 'data',
      isByCaller: false,
    })
  })

  test('is none where an input leaves its first dimension free', () => {
    expect(fixedBatchOf([input('data', 'N', 3), input('mask', 1, 3)], undefined)).toBeUndefined()
  })

  test('is one for vectors and for models without inputs', () => {
    const one = { size: 1, input: undefined, isByCaller: false }
    expect(fixedBatchOf([input('vector', 10)], undefined)).toEqual(one)
    expect(fixedBatchOf([], undefined)).toEqual(one)
  })

  test("may be the caller's, by the sizes given", () => {
    expect(fixedBatchOf([input('data', 'N', 3)], sizes('data', 5, 3))).toEqual({
      size: 5,
      input: 'data',
      isByCaller: true,
    })
    expect(fixedBatchOf([input('data', 2, 'L')], sizes('data', 2, 7))?.isByCaller).toBe(false)
  })
})

test('the record says when a first dimension was taken for the batch', () => {
  const source = syntheticSource([input('sequence', 10, 1, 8)], { seed: 3 })
  expect(source.description.description).toBe(
    'random values of seed 3; the first dimension of sequence, 10, is taken for the batch',
  )
})

test('sizes are known before an engine opens the model', () => {
  expect(syntheticSource([input('x', 'N', 4)], { seed: 1 }).shapes(8)).toEqual(new Map([['x', [8, 4]]]))
})
