/** Quantised operators of the standard against onnxruntime. */
import { int, ints, text } from '../../src/graph/attributes.js'
import { bytes, constant, describeNodes, floats, type InputCase, type NodeCase, weight } from '../helpers/one-node.js'

const scale = constant('float32', 0.5)
const zero = constant('uint8', 3)
const int8 = (...shape: readonly number[]): InputCase => ({ dtype: 'int8', shape })

const CASES: Readonly<Record<string, NodeCase>> = {
  'QuantizeLinear takes its type from the zero point': {
    operator: 'QuantizeLinear',
    inputs: [floats(2, 3), scale, constant('int8', 1)],
  },
  'QuantizeLinear without a zero point gives uint8': { operator: 'QuantizeLinear', inputs: [floats(2, 3), scale] },
  'QuantizeLinear takes output_dtype': {
    operator: 'QuantizeLinear',
    opset: 21,
    inputs: [floats(2, 3), scale],
    attributes: { output_dtype: int(3) },
  },
  'QuantizeLinear in blocks': {
    operator: 'QuantizeLinear',
    opset: 21,
    inputs: [floats(4, 8), weight('float32', 4, 2), weight('uint8', 4, 2)],
    attributes: { axis: int(1), block_size: int(4) },
  },
  'DequantizeLinear per axis': {
    operator: 'DequantizeLinear',
    opset: 13,
    inputs: [int8(2, 3), weight('float32', 3), weight('int8', 3)],
    attributes: { axis: int(1) },
  },
  'DequantizeLinear of 32-bit sums': {
    operator: 'DequantizeLinear',
    opset: 10,
    inputs: [{ dtype: 'int32', shape: [4] }, scale],
  },
  'DequantizeLinear to half precision': {
    operator: 'DequantizeLinear',
    opset: 19,
    inputs: [bytes(4), weight('float16'), zero],
  },
  DynamicQuantizeLinear: { operator: 'DynamicQuantizeLinear', inputs: [floats(3, 4)], outputs: 3 },
  'QLinearConv with stride and bias': {
    operator: 'QLinearConv',
    inputs: [bytes(1, 3, 9, 9), scale, zero, weight('uint8', 4, 3, 3, 3), scale, zero, scale, zero, weight('int32', 4)],
    attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  'QLinearConv in groups, SAME_UPPER': {
    operator: 'QLinearConv',
    inputs: [bytes(2, 4, 7, 7), scale, zero, weight('int8', 4, 1, 3, 3), scale, constant('int8', 0), scale, zero],
    attributes: { strides: ints([2, 2]), group: int(4), auto_pad: text('SAME_UPPER') },
  },
  'QLinearMatMul over a batch': {
    operator: 'QLinearMatMul',
    inputs: [bytes(2, 3, 4), scale, zero, weight('uint8', 4, 5), scale, zero, scale, zero],
  },
  'ConvInteger with dilation': {
    operator: 'ConvInteger',
    inputs: [bytes(1, 2, 8, 8), weight('uint8', 3, 2, 3, 3), zero],
    attributes: { dilations: ints([2, 2]) },
  },
  'MatMulInteger broadcasts': { operator: 'MatMulInteger', inputs: [bytes(2, 1, 3, 4), bytes(5, 4, 2), zero, zero] },
}

describeNodes(CASES)
