/** Convolution and pooling against onnxruntime, and window arithmetic against windows counted one by one. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int, ints, text } from '../../src/graph/attributes.js'
import { evaluate, symbol } from '../../src/graph/dimension.js'
import { slideWindow, type Window } from '../../src/operators/shape/window.js'
import { describeNodes, floats, type NodeCase, weight } from '../helpers/one-node.js'

const conv = (
  attributes: NodeCase['attributes'],
  x = floats(1, 3, 9, 8),
  w = weight('float32', 4, 3, 3, 3),
): NodeCase => ({
  operator: 'Conv',
  inputs: [x, w],
  attributes: attributes ?? {},
})
const transpose = (attributes: NodeCase['attributes']): NodeCase => ({
  operator: 'ConvTranspose',
  inputs: [floats(1, 3, 5, 4), weight('float32', 3, 2, 3, 3)],
  attributes: attributes ?? {},
})
const pool = (operator: string, attributes: NodeCase['attributes'], opset = 21): NodeCase => ({
  operator,
  opset,
  inputs: [floats(1, 2, 9, 8)],
  attributes: attributes ?? {},
})

describeNodes({
  'Conv without attributes': conv({}),
  'Conv with pads and strides': conv({ pads: ints([1, 0, 2, 1]), strides: ints([2, 1]) }),
  'Conv with dilation': conv({ dilations: ints([2, 3]), kernel_shape: ints([3, 3]) }),
  'Conv in groups': conv({ group: int(3) }, floats(2, 6, 5, 5), weight('float32', 9, 2, 3, 3)),
  'Conv with a bias': {
    operator: 'Conv',
    inputs: [floats(1, 3, 9, 8), weight('float32', 4, 3, 3, 3), weight('float32', 4)],
  },
  'Conv in one dimension': conv({ strides: ints([3]) }, floats(1, 3, 10), weight('float32', 4, 3, 3)),
  'Conv in three dimensions': conv({}, floats(1, 2, 5, 6, 7), weight('float32', 4, 2, 3, 2, 1)),
  'Conv SAME_UPPER': conv({ auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) }),
  'Conv SAME_LOWER': conv({ auto_pad: text('SAME_LOWER'), strides: ints([2, 3]) }),
  'Conv VALID': conv({ auto_pad: text('VALID'), strides: ints([2, 3]) }),
  'ConvTranspose without attributes': transpose({}),
  'ConvTranspose with strides, pads and output padding': transpose({
    strides: ints([2, 3]),
    pads: ints([1, 1, 0, 1]),
    output_padding: ints([1, 0]),
  }),
  'ConvTranspose with dilation': transpose({ dilations: ints([2, 2]) }),
  'ConvTranspose in groups': {
    operator: 'ConvTranspose',
    inputs: [floats(1, 4, 5, 4), weight('float32', 4, 3, 2, 2)],
    attributes: { group: int(2) },
  },
  'ConvTranspose to a given shape': transpose({ strides: ints([2, 2]), output_shape: ints([10, 9]) }),
  'ConvTranspose SAME_UPPER': transpose({ auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) }),
})

describeNodes({
  'MaxPool with indices': { ...pool('MaxPool', { kernel_shape: ints([3, 2]) }), outputs: 2 },
  'MaxPool with strides and pads': pool('MaxPool', {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
  }),
  'MaxPool rounded up': pool('MaxPool', { kernel_shape: ints([2, 3]), strides: ints([2, 2]), ceil_mode: int(1) }),
  'MaxPool whose last window would start in the padding': pool('MaxPool', {
    kernel_shape: ints([2, 2]),
    strides: ints([3, 3]),
    pads: ints([0, 0, 1, 1]),
    ceil_mode: int(1),
  }),
  'MaxPool with dilation': pool('MaxPool', { kernel_shape: ints([3, 3]), dilations: ints([2, 3]) }),
  'MaxPool of opset 8, SAME_UPPER': pool(
    'MaxPool',
    { kernel_shape: ints([3, 3]), strides: ints([2, 2]), auto_pad: text('SAME_UPPER') },
    8,
  ),
  'AveragePool SAME_LOWER': pool('AveragePool', {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    auto_pad: text('SAME_LOWER'),
  }),
  'AveragePool rounded up': pool('AveragePool', {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    ceil_mode: int(1),
  }),
  'AveragePool with dilation': pool('AveragePool', { kernel_shape: ints([2, 2]), dilations: ints([2, 2]) }),
  'LpPool of opset 18': pool('LpPool', { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) }),
  'LpPool of opset 11': pool('LpPool', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, 11),
  GlobalAveragePool: pool('GlobalAveragePool', {}),
  GlobalMaxPool: pool('GlobalMaxPool', {}),
  GlobalLpPool: pool('GlobalLpPool', {}),
  MaxUnpool: {
    operator: 'MaxUnpool',
    inputs: [floats(1, 1, 2, 2), { dtype: 'int64', shape: [1, 1, 2, 2], values: [0, 2, 8, 10] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
  },
})

/** Windows along one axis, counted one by one; rounding up adds a last one that starts inside but reaches too far. */
function countWindows(size: number, numbers: readonly number[], roundsUp: boolean): number {
  const [kernel = 1, stride = 1, dilation = 1, begin = 0, end = 0] = numbers
  const reach = (kernel - 1) * dilation
  let count = 0
  let start = -begin
  for (; start + reach < size + end; start += stride) count += 1
  const leftOver = size + end - 1 - (start - stride + reach)
  return roundsUp && leftOver > 0 && start < size ? count + 1 : count
}

describe('window arithmetic', () => {
  const list = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }),
  )

  test('finds as many windows as can be counted, before and after the size is put in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), list, fc.boolean(), (size, numbers, ceilMode) => {
        const [kernel, stride, dilation, begin, end] = numbers
        fc.pre(size + begin + end >= (kernel - 1) * dilation + 1 && begin < kernel && end < kernel)
        const window: Window = {
          kernel: [kernel],
          strides: [stride],
          dilations: [dilation],
          padsBegin: [begin],
          padsEnd: [end],
          autoPad: 'NOTSET',
          ceilMode,
        }
        const expected = countWindows(size, numbers, ceilMode)
        expect(slideWindow([size], window)).toEqual([expected])
        const [free = -1] = slideWindow([symbol('L')], window)
        expect(evaluate(free, new Map([['L', size]]))).toBe(expected)
      }),
      { numRuns: 400 },
    )
  })
})
