/** Pixels go to their places in the tensor, by the vector loops as by the plain ones. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DataType } from '../../src/graph/data-type.js'
import { elementsOf } from '../../src/images/element-table.js'
import { fillTensor, fillTensorPlainly, tensorWriter } from '../../src/images/fill-tensor.js'
import type { ImageInput } from '../../src/images/image-input.js'
import { defaultNormalization } from '../../src/images/normalization.js'
import { pattern } from './golden.js'

const DTYPES = [
  ...(['float32', 'float64', 'float16', 'bfloat16', 'uint8', 'int8'] as const),
  ...(['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const),
] satisfies DataType[]

const inputs = fc.record({
  dtype: fc.constantFrom(...DTYPES),
  layout: fc.constantFrom('NCHW', 'NHWC'),
  channels: fc.constantFrom(1, 3, 4),
  channelOrder: fc.constantFrom('RGB', 'BGR'),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
})

const complete = (input: Partial<ImageInput>): ImageInput => ({
  name: 'x',
  dtype: 'float32',
  layout: 'NCHW',
  channels: 3,
  channelOrder: 'RGB',
  height: 1,
  width: 2,
  fixedBatch: undefined,
  hasBatchAxis: true,
  hasChannelAxis: true,
  assumptions: [],
  ...input,
})

test('the vector loops write what the plain ones write, and nothing beside it', () => {
  fc.assert(
    fc.property(inputs, fc.boolean(), (some, isGrey) => {
      const input = complete(some as Partial<ImageInput>)
      const channels = isGrey ? 1 : input.channels
      const { width, height } = input
      const pixels = { width, height, channels, data: pattern(width * height * channels) }
      const writer = tensorWriter(input, defaultNormalization(input.dtype))
      const [one, other] = [0, 0].map(() =>
        elementsOf(input.dtype, new ArrayBuffer(8 * (writer.length + 2)), 0, writer.length + 2),
      )
      if (one === undefined || other === undefined) throw new Error('no arrays')
      fillTensor(writer, pixels, one.subarray(1, writer.length + 1))
      fillTensorPlainly(writer, pixels, other.subarray(1, writer.length + 1))
      expect(one).toEqual(other)
    }),
    { numRuns: 300 },
  )
})

test('planar and interleaved tensors hold the colours in the order of the input', () => {
  const pixels = { width: 2, height: 1, channels: 3, data: Uint8Array.from([1, 2, 3, 4, 5, 6]) }
  const filled = (some: Partial<ImageInput>) => {
    const input = complete({ dtype: 'uint8', ...some })
    const target = new Uint8Array(6)
    fillTensor(tensorWriter(input, defaultNormalization('uint8')), pixels, target)
    return [...target]
  }
  expect(filled({ layout: 'NCHW' })).toEqual([1, 4, 2, 5, 3, 6])
  expect(filled({ layout: 'NCHW', channelOrder: 'BGR' })).toEqual([3, 6, 2, 5, 1, 4])
  expect(filled({ layout: 'NHWC' })).toEqual([1, 2, 3, 4, 5, 6])
  expect(filled({ layout: 'NHWC', channelOrder: 'BGR' })).toEqual([3, 2, 1, 6, 5, 4])
})
