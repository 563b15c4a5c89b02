/** Which inputs of an operator are weights, which of them are trained, and how many weights a packed byte holds. */
import { describe, expect, test } from 'vitest'
import { int, floats as numbers } from '../../src/graph/attributes.js'
import { countGraph } from '../../src/operators/count.js'
import { bytes, constant, floats, type NodeCase, oneNode, weight } from '../helpers/one-node.js'

interface ParameterCase {
  readonly node: NodeCase
  readonly trainable: number
  readonly nonTrainable: number
}

const scale = constant('float32', 0.5)
const zero = constant('uint8', 3)

const CASES: Readonly<Record<string, ParameterCase>> = {
  'LSTM: 2 * 16 * (3 + 4) weights and 2 * 32 biases, no initial state': {
    node: {
      operator: 'LSTM',
      inputs: [
        floats(5, 2, 3),
        weight('float32', 2, 16, 3),
        weight('float32', 2, 16, 4),
        weight('float32', 2, 32),
        constant('int32', [5, 5]),
        weight('float32', 2, 2, 4),
        weight('float32', 2, 2, 4),
      ],
      attributes: { hidden_size: int(4), direction: { kind: 'string', value: 'bidirectional' } },
    },
    trainable: 224 + 64,
    nonTrainable: 0,
  },
  'QLinearConv: 4 * 3 * 3 * 3 weights and 4 biases; 2 + 8 + 2 scales and zero points are not trained': {
    node: {
      operator: 'QLinearConv',
      inputs: [
        bytes(1, 3, 9, 9),
        scale,
        zero,
        weight('uint8', 4, 3, 3, 3),
        weight('float32', 4),
        weight('uint8', 4),
        scale,
        zero,
        weight('int32', 4),
      ],
    },
    trainable: 112,
    nonTrainable: 12,
  },
  'MatMulNBits: 70 * 6 weights of 4 bits, whose blocks of 32 are filled up to 96': {
    node: {
      operator: 'MatMulNBits',
      domain: 'com.microsoft',
      inputs: [floats(2, 70), weight('uint8', 6, 3, 16), weight('float32', 18)],
      attributes: { K: int(70), N: int(6), bits: int(4), block_size: int(32) },
    },
    trainable: 420,
    nonTrainable: 18,
  },
  'GatherBlockQuantized: two values to the byte': {
    node: {
      operator: 'GatherBlockQuantized',
      domain: 'com.microsoft',
      inputs: [weight('uint8', 5, 16), { dtype: 'int64', shape: [2] }, weight('float32', 5, 2)],
      attributes: { block_size: int(16), bits: int(4), quantize_axis: int(1) },
    },
    trainable: 160,
    nonTrainable: 10,
  },
  'RotaryEmbedding: tables of angles are not trained': {
    node: {
      operator: 'RotaryEmbedding',
      opset: 23,
      inputs: [
        floats(2, 4, 3, 8),
        weight('float32', 50, 4),
        weight('float32', 50, 4),
        { dtype: 'int64', shape: [2, 3] },
      ],
    },
    trainable: 0,
    nonTrainable: 400,
  },
  'Resize: scales are settings': {
    node: { operator: 'Resize', opset: 13, inputs: [floats(1, 2, 4, 4), null, constant('float32', [1, 1, 2, 2])] },
    trainable: 0,
    nonTrainable: 0,
  },
  'LinearRegressor: coefficients and intercepts stand in the node': {
    node: {
      operator: 'LinearRegressor',
      domain: 'ai.onnx.ml',
      inputs: [floats(4, 3)],
      attributes: { coefficients: numbers([1, 2, 3, 4, 5, 6]), intercepts: numbers([1, 2]), targets: int(2) },
    },
    trainable: 8,
    nonTrainable: 0,
  },
}

describe.each(Object.entries(CASES))('%s', (_, { node, trainable, nonTrainable }) => {
  test(`${trainable} are trained, ${nonTrainable} are not`, () => {
    const { parameters } = countGraph(oneNode(node)).counts
    expect(parameters).toMatchObject({ trainable, nonTrainable, total: trainable + nonTrainable })
  })
})
