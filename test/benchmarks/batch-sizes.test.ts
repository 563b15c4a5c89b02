import { describe, expect, test } from 'vitest'
import { batchSizes } from '../../benchmarks/batch-sizes.js'
import { UsageError } from '../../src/core/errors.js'

const fixed = (size: number, isByCaller = false) => ({ size, input: 'data', isByCaller })

describe('batch sizes', () => {
  test('are those asked for, each once', () => {
    expect(batchSizes([1, 8, 1, 32], undefined)).toEqual([1, 8, 32])
  })

  test('default to one image, or to what the model fixes', () => {
    expect([batchSizes(undefined, undefined), batchSizes(undefined, fixed(4)), batchSizes([], undefined)]).toEqual([
      [1],
      [4],
      [1],
    ])
  })

  test('that the model cannot run are refused with the dimension that fixes them', () => {
    expect(() => batchSizes([1, 8], fixed(1))).toThrow(UsageError)
    expect(() => batchSizes([1, 8], fixed(1))).toThrow(/input data has a fixed first dimension of 1.*batch size 8/)
  })

  test('are refused where no input has an axis for them', () => {
    const batch = { ...fixed(1), input: undefined }
    expect(() => batchSizes([4], batch)).toThrow('no input has a batch axis, so batch size 4 cannot run')
  })

  test('that contradict --input are refused as such', () => {
    expect(() => batchSizes([8], fixed(4, true))).toThrow(/--input fixes the batch of data at 4/)
  })

  test.each([0, -1, 1.5, Number.NaN, 1e6])('%d is no batch size', (size) => {
    expect(() => batchSizes([size], undefined)).toThrow(UsageError)
  })
})
