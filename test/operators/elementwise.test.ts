/** Arithmetic, comparison, logic, casts and activations against onnxruntime. */
import { float, int, ints, text } from '../../src/graph/attributes.js'
import { constant, describeNodes, floats, type InputCase, type NodeCase, weight } from '../helpers/one-node.js'

const flags = (...shape: readonly number[]): InputCase => ({ dtype: 'bool', shape })
const longs = (...shape: readonly number[]): InputCase => ({ dtype: 'int64', shape })

const one = (operator: string, opset = 21): NodeCase => ({ operator, opset, inputs: [floats(2, 3)] })
const each = (cases: readonly NodeCase[]): Readonly<Record<string, NodeCase>> =>
  Object.fromEntries(cases.map((node) => [node.operator, node]))

describeNodes({
  ...each(
    'Abs Neg Sign Floor Ceil Round Reciprocal Sqrt Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Erf'
      .split(' ')
      .map((operator) => one(operator)),
  ),
  ...each(
    'Relu LeakyRelu ThresholdedRelu Elu Celu Selu Sigmoid Tanh HardSigmoid HardSwish Softplus Softsign Mish Gelu Shrink'
      .split(' ')
      .map((operator) => one(operator)),
  ),
  ...each('Softmax LogSoftmax Hardmax'.split(' ').map((operator) => one(operator))),
  ...each('IsNaN IsInf'.split(' ').map((operator) => one(operator, 13))),
  'Softmax of opset 11 flattens from axis 1 on': { ...one('Softmax', 11), inputs: [floats(2, 3, 4)] },
  'Softmax along the first axis': { ...one('Softmax', 13), attributes: { axis: int(0) } },
  'Clip with limits as attributes': { ...one('Clip', 6), attributes: { min: float(0), max: float(6) } },
  'Clip with an upper limit only': {
    ...one('Clip', 13),
    inputs: [floats(2, 3), null, weight('float32')],
  },
  'PRelu with one slope per channel': { operator: 'PRelu', inputs: [floats(2, 3, 4, 4), weight('float32', 3, 1, 1)] },
  'Gelu approximated': { ...one('Gelu'), attributes: { approximate: text('tanh') } },
})

describeNodes({
  'Add of equal shapes': { operator: 'Add', inputs: [floats(2, 3), floats(2, 3)] },
  'Add broadcasts in both directions': { operator: 'Add', inputs: [floats(2, 1, 4), floats(3, 1)] },
  'Add of a scalar': { operator: 'Add', inputs: [floats(2, 3), weight('float32')] },
  'Mul with an axis, opset 6': {
    operator: 'Mul',
    opset: 7,
    inputs: [floats(2, 3, 4), weight('float32', 3, 1)],
  },
  'Sub, opset 7': { operator: 'Sub', opset: 7, inputs: [floats(4, 5), floats(5)] },
  'Div of integers': { operator: 'Div', inputs: [longs(4), constant('int64', 2)] },
  'Pow with an integer exponent': { operator: 'Pow', inputs: [floats(3, 2), constant('int64', [2])] },
  Mod: { operator: 'Mod', inputs: [longs(4), constant('int64', 3)] },
  'Mod of floats': { operator: 'Mod', inputs: [floats(4), constant('float32', 3)], attributes: { fmod: int(1) } },
  'Max of three': { operator: 'Max', inputs: [floats(2, 1), floats(3), floats(1, 3)] },
  'Min of one': { operator: 'Min', inputs: [floats(2, 3)] },
  'Sum of three': { operator: 'Sum', inputs: [floats(2, 1), floats(3), floats(1, 3)] },
  'Mean of two': { operator: 'Mean', inputs: [floats(2, 1), floats(3)] },
  Equal: { operator: 'Equal', inputs: [longs(2, 3), longs(3)] },
  Greater: { operator: 'Greater', inputs: [floats(2, 3), floats(1)] },
  GreaterOrEqual: { operator: 'GreaterOrEqual', inputs: [floats(2, 3), floats(2, 1)] },
  Less: { operator: 'Less', inputs: [floats(3), floats(2, 3)] },
  LessOrEqual: { operator: 'LessOrEqual', inputs: [floats(3), floats(2, 3)] },
  And: { operator: 'And', inputs: [flags(2, 3), flags(3)] },
  Or: { operator: 'Or', inputs: [flags(2, 3), flags(3)] },
  Xor: { operator: 'Xor', inputs: [flags(2, 1), flags(3)] },
  Not: { operator: 'Not', inputs: [flags(2, 3)] },
  BitwiseAnd: { operator: 'BitwiseAnd', inputs: [longs(2, 3), longs(3)] },
  BitwiseOr: { operator: 'BitwiseOr', inputs: [longs(2, 3), longs(3)] },
  BitwiseXor: { operator: 'BitwiseXor', inputs: [longs(2, 3), longs(3)] },
  BitwiseNot: { operator: 'BitwiseNot', inputs: [longs(2, 3)] },
  BitShift: {
    operator: 'BitShift',
    inputs: [
      { dtype: 'uint8', shape: [3] },
      { dtype: 'uint8', shape: [2, 3] },
    ],
    attributes: { direction: text('LEFT') },
  },
  'Where broadcasts all three': { operator: 'Where', inputs: [flags(2, 1), floats(3), weight('float32')] },
})

describeNodes({
  'Cast to int64': { operator: 'Cast', inputs: [floats(2, 3)], attributes: { to: int(7) } },
  'Cast to bool': { operator: 'Cast', inputs: [longs(2)], attributes: { to: int(9) } },
  CastLike: { operator: 'CastLike', inputs: [floats(2, 3), longs(1)] },
  Identity: { operator: 'Identity', inputs: [floats(2, 3)] },
  'Dropout with its mask': { operator: 'Dropout', inputs: [floats(2, 3)], outputs: 2 },
  'Dropout of opset 7': { operator: 'Dropout', opset: 7, inputs: [floats(2, 3)], attributes: { ratio: float(0.3) } },
  Trilu: { operator: 'Trilu', inputs: [floats(2, 3, 3), constant('int64', 1)] },
  'LRN keeps the shape': { operator: 'LRN', inputs: [floats(1, 4, 3, 3)], attributes: { size: int(3) } },
  'BatchNormalization at inference': {
    operator: 'BatchNormalization',
    inputs: [floats(2, 3, 4), ...Array.from({ length: 4 }, () => weight('float32', 3))],
  },
  'BatchNormalization of opset 9': {
    operator: 'BatchNormalization',
    opset: 9,
    inputs: [floats(2, 3, 4), ...Array.from({ length: 4 }, () => weight('float32', 3))],
  },
  'BatchNormalization in training': {
    operator: 'BatchNormalization',
    opset: 15,
    inputs: [floats(2, 3, 4), ...Array.from({ length: 4 }, () => weight('float32', 3))],
    attributes: { training_mode: int(1) },
    outputs: 3,
  },
  InstanceNormalization: {
    operator: 'InstanceNormalization',
    inputs: [floats(2, 3, 4), weight('float32', 3), weight('float32', 3)],
  },
  'LayerNormalization with its statistics': {
    operator: 'LayerNormalization',
    opset: 17,
    inputs: [floats(2, 3, 4), weight('float32', 3, 4), weight('float32', 3, 4)],
    attributes: { axis: int(-2) },
    outputs: 3,
  },
  'GroupNormalization of opset 21': {
    operator: 'GroupNormalization',
    inputs: [floats(2, 4, 3), weight('float32', 4), weight('float32', 4)],
    attributes: { num_groups: int(2) },
  },
  MeanVarianceNormalization: {
    operator: 'MeanVarianceNormalization',
    opset: 13,
    inputs: [floats(2, 3, 4, 4)],
    attributes: { axes: ints([0, 2, 3]) },
  },
  LpNormalization: { operator: 'LpNormalization', inputs: [floats(2, 3)], attributes: { axis: int(1), p: int(2) } },
})
