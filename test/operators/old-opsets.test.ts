/** Versions of operators that onnxruntime no longer runs, by the words of the specification. */
import { describe, expect, test } from 'vitest'
import { int, ints, text } from '../../src/graph/attributes.js'
import { constant, floats, inferred, type NodeCase, weight } from '../helpers/one-node.js'

const cases: Readonly<Record<string, readonly [NodeCase, readonly string[]]>> = {
  'Add of opset 6 aligns its second input at an axis': [
    {
      operator: 'Add',
      opset: 6,
      inputs: [floats(2, 3, 4, 5), floats(3, 4)],
      attributes: { broadcast: int(1), axis: int(1) },
    },
    ['float32[2, 3, 4, 5]'],
  ],
  'Reshape of opset 1 has its target as attribute': [
    { operator: 'Reshape', opset: 1, inputs: [floats(2, 3, 4)], attributes: { shape: ints([0, -1]) } },
    ['float32[2, 12]'],
  ],
  'Pad of opset 1 calls its pads paddings': [
    { operator: 'Pad', opset: 1, inputs: [floats(2, 3)], attributes: { paddings: ints([0, 1, 0, 2]) } },
    ['float32[2, 6]'],
  ],
  'Tile of opset 1 repeats one axis': [
    { operator: 'Tile', opset: 1, inputs: [floats(2, 3), constant('int64', 4), constant('int64', 1)] },
    ['float32[2, 12]'],
  ],
  'Cast of opset 1 names its type': [
    { operator: 'Cast', opset: 1, inputs: [floats(2)], attributes: { to: text('INT64') } },
    ['int64[2]'],
  ],
  'Concat of opset 1 joins along axis 1': [
    { operator: 'Concat', opset: 1, inputs: [floats(2, 3), floats(2, 4)] },
    ['float32[2, 7]'],
  ],
  'Split of opset 1 may have its sizes as input': [
    { operator: 'Split', opset: 1, inputs: [floats(6, 2), constant('float32', [2, 4])], outputs: 2 },
    ['float32[2, 2]', 'float32[4, 2]'],
  ],
  'Split of opset 2 has its sizes as attribute': [
    { operator: 'Split', opset: 2, inputs: [floats(6, 2)], attributes: { split: ints([2, 4]) }, outputs: 2 },
    ['float32[2, 2]', 'float32[4, 2]'],
  ],
  'TopK of opset 1 has k as attribute': [
    { operator: 'TopK', opset: 1, inputs: [floats(3, 6)], attributes: { k: int(4) }, outputs: 2 },
    ['float32[3, 4]', 'int64[3, 4]'],
  ],
  'Slice of opset 1 without axes cuts the first ones': [
    { operator: 'Slice', opset: 1, inputs: [floats(5, 6)], attributes: { starts: ints([1]), ends: ints([-1]) } },
    ['float32[3, 6]'],
  ],
  'Squeeze of opset 1 drops the axes of its attribute': [
    { operator: 'Squeeze', opset: 1, inputs: [floats(1, 3, 1)], attributes: { axes: ints([0]) } },
    ['float32[3, 1]'],
  ],
  'Dropout of opset 6 has a mask of the type of its data': [
    { operator: 'Dropout', opset: 6, inputs: [floats(2, 3)], attributes: { is_test: int(1) }, outputs: 2 },
    ['float32[2, 3]', 'float32[2, 3]'],
  ],
  'BatchNormalization of opset 6 in training has five outputs': [
    {
      operator: 'BatchNormalization',
      opset: 6,
      inputs: [floats(2, 3, 4), ...Array.from({ length: 4 }, () => floats(3))],
      outputs: 5,
    },
    ['float32[2, 3, 4]', 'float32[3]', 'float32[3]', 'float32[3]', 'float32[3]'],
  ],
  'GroupNormalization of opset 18 has one scale per group': [
    {
      operator: 'GroupNormalization',
      opset: 18,
      inputs: [floats(2, 4, 3), floats(2), floats(2)],
      attributes: { num_groups: int(2) },
    },
    ['float32[2, 4, 3]'],
  ],
  'Convolution windows with lists of two dimensions over one': [
    {
      operator: 'Conv',
      opset: 1,
      inputs: [floats(1, 5, 20), floats(7, 5, 5)],
      attributes: { strides: ints([1, 1]), pads: ints([0, 4, 0, 4]), dilations: ints([1, 1]) },
    },
    ['float32[1, 7, 24]'],
  ],
}

describe.each(Object.entries(cases))('%s', (_, [node, outcomes]) => {
  test('as the specification says', () => {
    expect(inferred(node)).toEqual(outcomes)
  })
})

const newest: Readonly<Record<string, readonly [NodeCase, readonly string[]]>> = {
  'RMSNormalization of opset 23': [
    { operator: 'RMSNormalization', opset: 23, inputs: [floats(2, 3, 4), weight('float32', 4)] },
    ['float32[2, 3, 4]'],
  ],
  'Swish of opset 24': [{ operator: 'Swish', opset: 24, inputs: [floats(2, 3)] }, ['float32[2, 3]']],
  'TensorScatter of opset 24': [
    {
      operator: 'TensorScatter',
      opset: 24,
      inputs: [floats(2, 1, 4, 5), floats(2, 1, 1, 5), constant('int64', [0, 1])],
    },
    ['float32[2, 1, 4, 5]'],
  ],
  'CumProd of opset 26': [
    { operator: 'CumProd', opset: 26, inputs: [floats(2, 3), constant('int64', 1)] },
    ['float32[2, 3]'],
  ],
  'BitCast of opset 26': [
    { operator: 'BitCast', opset: 26, inputs: [floats(2, 3)], attributes: { to: int(6) } },
    ['int32[2, 3]'],
  ],
  'DeformConv of opset 22': [
    {
      operator: 'DeformConv',
      opset: 22,
      inputs: [floats(1, 3, 8, 8), weight('float32', 4, 3, 3, 3), floats(1, 18, 6, 6)],
    },
    ['float32[1, 4, 6, 6]'],
  ],
}

describe.each(Object.entries(newest))('%s', (_, [node, outcomes]) => {
  test('as the specification says', () => {
    expect(inferred(node)).toEqual(outcomes)
  })
})
