/** Each rule of the gradient table against central differences of onnxruntime's own operator. */
import { describe, expect, test } from 'vitest'
import { attribute } from '../../src/graph/index.js'
import { checkGradients } from '../helpers/gradient-check.js'
import { constant, floats, type InputCase, type NodeCase } from '../helpers/one-node.js'

const { int, ints, float, text } = attribute

/** Rounding of float32 in the gradients, and of float32 operators in the differences. */
const TOLERANCE = 1e-4

const node = (
  operator: string,
  inputs: NodeCase['inputs'],
  attributes: NodeCase['attributes'] = {},
  more: Partial<NodeCase> = {},
): NodeCase => ({ operator, inputs, attributes, ...more })

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
const positive = (...shape: readonly number[]): InputCase => ({
  ...floats(...shape),
  values: Array.from({ length: count(shape) }, (_, index) => 0.3 + ((index * 7) % 29) / 29),
})
const above1 = (...shape: readonly number[]): InputCase => ({
  ...floats(...shape),
  values: Array.from({ length: count(shape) }, (_, index) => 1.3 + ((index * 7) % 29) / 29),
})
const large = (...shape: readonly number[]): InputCase => ({
  ...floats(...shape),
  values: Array.from({ length: count(shape) }, (_, index) => (((index * 7) % 29) / 29 - 0.5) * 8.9 + 0.277),
})
const int64 = (shape: readonly number[], values: readonly number[]): InputCase => ({ dtype: 'int64', shape, values })
const bools = (shape: readonly number[], values: readonly number[]): InputCase => ({ dtype: 'bool', shape, values })
const fixed = (input: InputCase): InputCase => ({ ...input, isConstant: true })
const picture = floats(2, 4, 7, 6)
const each = (names: readonly string[], make: (name: string) => NodeCase): Readonly<Record<string, NodeCase>> =>
  Object.fromEntries(names.map((name) => [name, make(name)]))

const ACTIVATIONS: Readonly<Record<string, NodeCase>> = {
  ...each(
    ['Relu', 'LeakyRelu', 'Sigmoid', 'Tanh', 'Elu', 'Selu', 'Celu', 'Softplus', 'Softsign', 'Gelu', 'Mish', 'Identity'],
    (name) => node(name, [floats(3, 5)]),
  ),
  ...each(['HardSigmoid', 'HardSwish'], (name) => node(name, [large(4, 6)])),
  'LeakyRelu with alpha': node('LeakyRelu', [floats(3, 5)], { alpha: float(0.3) }),
  'Elu with alpha': node('Elu', [floats(3, 5)], { alpha: float(0.6) }),
  'Celu with alpha': node('Celu', [floats(3, 5)], { alpha: float(0.6) }),
  'HardSigmoid with alpha and beta': node('HardSigmoid', [large(4, 6)], { alpha: float(1 / 6), beta: float(0.4) }),
  ThresholdedRelu: node('ThresholdedRelu', [floats(3, 5)], { alpha: float(0.05) }),
  'Gelu by tanh': node('Gelu', [floats(3, 5)], { approximate: text('tanh') }),
  Swish: node('Swish', [floats(3, 5)], { alpha: float(1.3) }, { opset: 24 }),
  PRelu: node('PRelu', [picture, floats(4, 1, 1)]),
  Clip: node('Clip', [large(4, 6), constant('float32', -1.05), constant('float32', 2.06)]),
  'Clip without an upper end': node('Clip', [large(4, 6), constant('float32', 0)]),
  'Clip of old opsets': node('Clip', [large(4, 6)], { min: float(0), max: float(2.06) }, { opset: 9 }),
}

const ELEMENTWISE: Readonly<Record<string, NodeCase>> = {
  ...each(['Neg', 'Abs', 'Exp', 'Erf', 'Sin', 'Cos', 'Tan', 'Atan', 'Sinh', 'Cosh', 'Asinh'], (name) =>
    node(name, [floats(3, 4)]),
  ),
  ...each(['Asin', 'Acos', 'Atanh'], (name) => node(name, [{ ...floats(5), values: [-0.5, -0.2, 0.1, 0.4, 0.6] }])),
  ...each(['Log', 'Sqrt', 'Reciprocal'], (name) => node(name, [above1(3, 4)])),
  Acosh: node('Acosh', [above1(3, 4)]),
  ...each(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'], (name) => node(name, [floats(2, 3, 4), floats(2, 3, 4)])),
  'Add that repeats': node('Add', [floats(2, 3, 4), floats(3, 1)]),
  'Sub that repeats': node('Sub', [floats(2, 3, 4), floats(3, 1)]),
  'Mul that repeats': node('Mul', [floats(2, 3, 4), floats(3, 1)]),
  'Div that repeats the divisor': node('Div', [floats(2, 3, 4), above1(3, 1)]),
  'Div that repeats the dividend': node('Div', [floats(4), above1(2, 3, 1)]),
  'Add of a scalar': node('Add', [floats(2, 3), floats()]),
  'Mul that repeats both': node('Mul', [floats(3, 1), floats(2, 1, 4)]),
  Div: node('Div', [floats(2, 3), above1(2, 3)]),
  Sum: node('Sum', [floats(2, 3), floats(3), floats(2, 1)]),
  Mean: node('Mean', [floats(2, 3), floats(3), floats(2, 1)]),
  'Max of three': node('Max', [floats(2, 3), floats(3), floats(2, 1)]),
  Pow: node('Pow', [above1(2, 3), floats(3)]),
  'Pow of two': node('Pow', [floats(2, 3), constant('float32', 2)]),
  'Pow of a whole exponent': node('Pow', [floats(2, 3), constant('int64', 3)]),
  Where: node('Where', [bools([2, 3], [1, 0, 0, 1, 1, 0]), floats(2, 3), floats(3)]),
  Cast: node('Cast', [floats(2, 3)], { to: int(1) }),
}

const MATRIX: Readonly<Record<string, NodeCase>> = {
  Gemm: node('Gemm', [floats(3, 4), floats(4, 5), floats(5)]),
  'Gemm with A turned': node('Gemm', [floats(4, 3), floats(4, 5), floats(1, 5)], { transA: int(1), alpha: float(0.5) }),
  'Gemm with B turned': node('Gemm', [floats(3, 4), floats(5, 4), floats(3, 1)], { transB: int(1), beta: float(2) }),
  'Gemm with both turned': node('Gemm', [floats(4, 3), floats(5, 4)], { transA: int(1), transB: int(1) }),
  MatMul: node('MatMul', [floats(3, 4), floats(4, 5)]),
  'MatMul of a batch and a matrix': node('MatMul', [floats(2, 3, 4), floats(4, 5)]),
  'MatMul of batches': node('MatMul', [floats(2, 1, 3, 4), floats(5, 4, 2)]),
  'MatMul of a vector': node('MatMul', [floats(2, 3, 4), floats(4)]),
  'MatMul from a vector': node('MatMul', [floats(4), floats(2, 4, 3)]),
  'MatMul of vectors': node('MatMul', [floats(4), floats(4)]),
  Einsum: node('Einsum', [floats(2, 3, 4), floats(4, 5)], { equation: text('bij,jk->bik') }),
  'Einsum that sums an axis of its own': node('Einsum', [floats(2, 3), floats(3, 4)], { equation: text('ij,jk->k') }),
  'Einsum without an arrow': node('Einsum', [floats(2, 3), floats(3, 4)], { equation: text('ij,jk') }),
  'Einsum of three': node('Einsum', [floats(2, 3), floats(3, 4), floats(4)], { equation: text('ij,jk,k->i') }),
}

const conv = (x: readonly number[], w: readonly number[], attributes: NodeCase['attributes'] = {}): NodeCase =>
  node('Conv', [floats(...x), floats(...w), floats(w[0] ?? 1)], attributes)
const convTranspose = (x: readonly number[], w: readonly number[], attributes: NodeCase['attributes'] = {}): NodeCase =>
  node('ConvTranspose', [floats(...x), floats(...w)], attributes)

const CONVOLUTION: Readonly<Record<string, NodeCase>> = {
  Conv: conv([2, 3, 5, 6], [4, 3, 3, 3]),
  'Conv with pads': conv([2, 3, 5, 6], [4, 3, 3, 3], { pads: ints([1, 1, 1, 1]) }),
  'Conv with strides that leave rows': conv([2, 3, 6, 8], [4, 3, 3, 2], {
    strides: ints([2, 3]),
    pads: ints([0, 1, 1, 0]),
  }),
  'Conv with a stride beyond its kernel': conv([2, 2, 8, 8], [3, 2, 1, 1], { strides: ints([3, 3]) }),
  'Conv with dilations': conv([1, 2, 8, 7], [3, 2, 3, 2], { dilations: ints([2, 3]), pads: ints([2, 0, 1, 3]) }),
  'Conv with strides and dilations': conv([1, 2, 9, 8], [3, 2, 3, 2], {
    dilations: ints([2, 2]),
    strides: ints([2, 2]),
  }),
  'Conv in groups': conv([2, 4, 5, 5], [6, 2, 3, 3], { group: int(2), strides: ints([2, 2]) }),
  'Conv for each channel': conv([2, 3, 5, 5], [6, 1, 3, 3], { group: int(3), pads: ints([1, 1, 1, 1]) }),
  'Conv of the same size': conv([2, 2, 6, 5], [3, 2, 3, 3], { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) }),
  'Conv with more in front': conv([2, 2, 5, 5], [3, 2, 2, 2], { auto_pad: text('SAME_LOWER') }),
  'Conv without pads': conv([2, 2, 5, 5], [3, 2, 2, 2], { auto_pad: text('VALID') }),
  'Conv of lines': conv([2, 3, 9], [4, 3, 3], { strides: ints([2]), pads: ints([1, 0]) }),
  'Conv of volumes': conv([1, 2, 4, 5, 4], [3, 2, 2, 3, 2], {
    strides: ints([1, 2, 2]),
    pads: ints([0, 1, 0, 1, 0, 1]),
  }),
  ConvTranspose: convTranspose([2, 3, 4, 3], [3, 4, 3, 3]),
  'ConvTranspose with bias': node('ConvTranspose', [floats(2, 3, 4, 3), floats(3, 4, 3, 3), floats(4)]),
  'ConvTranspose with everything': convTranspose([2, 4, 4, 3], [4, 3, 3, 3], {
    strides: ints([2, 2]),
    pads: ints([1, 0, 1, 1]),
    output_padding: ints([1, 0]),
    group: int(2),
  }),
  'ConvTranspose of the same size': convTranspose([1, 2, 4, 3], [2, 3, 3, 3], {
    strides: ints([2, 2]),
    auto_pad: text('SAME_UPPER'),
  }),
  'ConvTranspose to a given size': convTranspose([1, 2, 4, 3], [2, 3, 3, 3], {
    strides: ints([2, 2]),
    output_shape: ints([8, 6]),
  }),
  'ConvTranspose of lines': convTranspose([2, 2, 5], [2, 3, 3], { dilations: ints([2]) }),
}

const pool = (operator: string, attributes: NodeCase['attributes'], x = picture): NodeCase =>
  node(operator, [x], attributes)
const window3 = { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }

const POOLING: Readonly<Record<string, NodeCase>> = {
  MaxPool: pool('MaxPool', window3),
  'MaxPool without overlap': pool('MaxPool', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
  'MaxPool that rounds up': pool('MaxPool', { kernel_shape: ints([2, 3]), strides: ints([2, 2]), ceil_mode: int(1) }),
  'MaxPool of lines': pool('MaxPool', { kernel_shape: ints([3]), strides: ints([2]) }, floats(2, 3, 8)),
  'MaxPool of volumes': pool('MaxPool', { kernel_shape: ints([2, 1, 3]) }, floats(1, 2, 4, 4, 4)),
  'MaxPool of old opsets': { ...pool('MaxPool', window3), opset: 8 },
  AveragePool: pool('AveragePool', window3),
  'AveragePool without pads': pool('AveragePool', { kernel_shape: ints([3, 2]), strides: ints([2, 1]) }),
  'AveragePool that counts its margins': pool('AveragePool', { ...window3, count_include_pad: int(1) }),
  'AveragePool that rounds up': pool('AveragePool', {
    kernel_shape: ints([2, 3]),
    strides: ints([2, 2]),
    ceil_mode: int(1),
  }),
  'AveragePool that rounds up and counts margins': pool('AveragePool', {
    ...window3,
    ceil_mode: int(1),
    count_include_pad: int(1),
  }),
  'AveragePool of the same size': pool('AveragePool', { kernel_shape: ints([3, 3]), auto_pad: text('SAME_UPPER') }),
  'AveragePool of lines': pool('AveragePool', { kernel_shape: ints([3]), strides: ints([2]) }, floats(2, 3, 8)),
  'AveragePool of volumes': pool('AveragePool', { kernel_shape: ints([2, 1, 3]) }, floats(1, 2, 4, 4, 4)),
  GlobalAveragePool: node('GlobalAveragePool', [picture]),
  GlobalMaxPool: node('GlobalMaxPool', [floats(2, 3, 4, 3)]),
}

const NORMALIZATION: Readonly<Record<string, NodeCase>> = {
  'BatchNormalization, frozen': node('BatchNormalization', [
    floats(2, 3, 3, 2),
    floats(3),
    floats(3),
    fixed(floats(3)),
    fixed(positive(3)),
  ]),
  'BatchNormalization of rows, frozen': node('BatchNormalization', [
    floats(4, 3),
    floats(3),
    floats(3),
    fixed(floats(3)),
    fixed(positive(3)),
  ]),
  LayerNormalization: node('LayerNormalization', [floats(2, 3, 4), floats(4), floats(4)]),
  'LayerNormalization of two axes': node('LayerNormalization', [floats(2, 3, 4), floats(3, 4), floats(3, 4)], {
    axis: int(1),
    epsilon: float(0.01),
  }),
  'LayerNormalization without bias': node('LayerNormalization', [floats(2, 3, 4), floats(4)]),
  InstanceNormalization: node('InstanceNormalization', [floats(2, 3, 3, 2), floats(3), floats(3)]),
  GroupNormalization: node('GroupNormalization', [floats(2, 4, 3, 2), floats(4), floats(4)], { num_groups: int(2) }),
  RMSNormalization: node('RMSNormalization', [floats(2, 3, 4), floats(4)], {}, { opset: 23 }),
  LpNormalization: node('LpNormalization', [floats(2, 3, 4)], { axis: int(1) }),
  'LpNormalization of order 1': node('LpNormalization', [floats(2, 3, 4)], { axis: int(-1), p: int(1) }),
  LRN: node('LRN', [floats(2, 5, 2, 3)], { size: int(3), alpha: float(0.6) }),
  'LRN with every setting': node('LRN', [floats(2, 5, 2, 3)], {
    size: int(5),
    alpha: float(0.6),
    beta: float(0.5),
    bias: float(2),
  }),
}

const axes = constant('int64', [0, -1])

const REDUCTION: Readonly<Record<string, NodeCase>> = {
  ...each(
    ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map(
      (name) => `Reduce${name}`,
    ),
    (name) =>
      node(name, [
        { ...above1(2, 3, 4), values: above1(2, 3, 4).values?.map((v, i) => Number(v) + i / 500) ?? [] },
        axes,
      ]),
  ),
  'ReduceMean without axes': node('ReduceMean', [floats(2, 3)], { keepdims: int(0) }),
  'ReduceSum of one axis that goes away': node('ReduceSum', [floats(2, 3, 4), constant('int64', [1])], {
    keepdims: int(0),
  }),
  'ReduceMax of one axis that goes away': node('ReduceMax', [floats(2, 3, 4), constant('int64', [1])], {
    keepdims: int(0),
  }),
  'ReduceMean of old opsets': node('ReduceMean', [floats(2, 3, 4)], { axes: ints([1, 2]) }, { opset: 11 }),
  'ReduceSum of old opsets': node('ReduceSum', [floats(2, 3, 4)], { axes: ints([1]) }, { opset: 11 }),
  Softmax: node('Softmax', [floats(2, 3, 4)]),
  'Softmax over channels': node('Softmax', [floats(2, 3, 4)], { axis: int(1) }),
  'Softmax of old opsets': node('Softmax', [floats(2, 3, 4)], { axis: int(1) }, { opset: 11 }),
  LogSoftmax: node('LogSoftmax', [floats(2, 3, 4)], { axis: int(1) }),
  CumSum: node('CumSum', [floats(2, 4), constant('int64', 1)], { exclusive: int(1) }),
}

const MOVEMENT: Readonly<Record<string, NodeCase>> = {
  Reshape: node('Reshape', [floats(2, 3, 4), constant('int64', [0, -1])]),
  Flatten: node('Flatten', [floats(2, 3, 4)]),
  Squeeze: node('Squeeze', [floats(2, 1, 4), constant('int64', [1])]),
  Unsqueeze: node('Unsqueeze', [floats(2, 4), constant('int64', [1, -1])]),
  'Unsqueeze of old opsets': node('Unsqueeze', [floats(2, 4)], { axes: ints([0]) }, { opset: 11 }),
  Transpose: node('Transpose', [floats(2, 3, 4)], { perm: ints([1, 2, 0]) }),
  'Transpose that turns all around': node('Transpose', [floats(2, 3, 4)]),
  Concat: node('Concat', [floats(2, 3), floats(2, 1), floats(2, 2)], { axis: int(-1) }),
  Split: node('Split', [floats(2, 6), constant('int64', [2, 4])], { axis: int(1) }, { outputs: 2 }),
  'Split of old opsets': node('Split', [floats(6, 2)], {}, { outputs: 3, opset: 11 }),
  Expand: node('Expand', [floats(3, 1), constant('int64', [2, 3, 4])]),
  Tile: node('Tile', [floats(2, 3), constant('int64', [2, 3])]),
  'Dropout that drops nothing': node('Dropout', [floats(2, 3)]),
  DepthToSpace: node('DepthToSpace', [floats(1, 8, 2, 3)], { blocksize: int(2) }),
  'DepthToSpace by columns': node('DepthToSpace', [floats(1, 8, 2, 3)], { blocksize: int(2), mode: text('CRD') }),
  SpaceToDepth: node('SpaceToDepth', [floats(1, 2, 4, 6)], { blocksize: int(2) }),
  Trilu: node('Trilu', [floats(3, 4)], { upper: int(0) }),
}

const slice = (...settings: readonly (readonly number[])[]): NodeCase =>
  node('Slice', [floats(4, 7, 3), ...settings.map((values) => constant('int64', values))])

const SELECTION: Readonly<Record<string, NodeCase>> = {
  Slice: slice([1, -5], [3, 9_000_000_000]),
  'Slice of one axis': slice([1], [3], [-1]),
  'Slice with steps': slice([1, 0], [7, 4], [1, 0], [3, 2]),
  'Slice with steps on the last axis': slice([0], [3], [2], [2]),
  'Slice backwards': slice([-1, 5], [-9_000, 0], [0, 1], [-1, -2]),
  'Slice of old opsets': node(
    'Slice',
    [floats(4, 7)],
    { starts: ints([1]), ends: ints([-1]), axes: ints([1]) },
    { opset: 9 },
  ),
  Pad: node('Pad', [floats(2, 3), constant('int64', [0, 1, 2, 0]), constant('float32', 1.5)]),
  'Pad that crops': node('Pad', [floats(4, 5), constant('int64', [-1, 1, 2, -2])]),
  'Pad of some axes': node('Pad', [floats(2, 3, 4), constant('int64', [1, 2]), null, constant('int64', [-1])]),
  'Pad that mirrors': node('Pad', [floats(2, 3, 4), constant('int64', [0, 1, 2, 0, 1, 1])], { mode: text('reflect') }),
  'Pad with edges': node('Pad', [floats(2, 3), constant('int64', [1, 2, 0, 1])], { mode: text('edge') }),
  'Pad that goes around': node('Pad', [floats(3, 4), constant('int64', [1, 2, 0, 1])], { mode: text('wrap') }),
  'Pad of old opsets': node('Pad', [floats(2, 3)], { pads: ints([0, 1, 2, 0]) }, { opset: 9 }),
  Gather: node('Gather', [floats(5, 3), int64([2, 3], [0, 3, -1, 3, 2, 0])]),
  'Gather along an axis': node('Gather', [floats(2, 4, 3), int64([2, 2], [0, 3, 3, -1])], { axis: int(1) }),
  'Gather of one row': node('Gather', [floats(2, 4, 3), int64([], [0])], { axis: int(1) }),
  'Gather by int32': node('Gather', [floats(5, 3), { dtype: 'int32', shape: [2], values: [4, 4] }]),
  GatherElements: node('GatherElements', [floats(3, 4), int64([2, 4], [0, 1, 2, 0, 2, 1, 2, 0])], { axis: int(0) }),
  GatherND: node('GatherND', [floats(3, 4), int64([3, 2], [0, 1, 2, 3, 0, 1])]),
  'GatherND for each of a batch': node('GatherND', [floats(2, 3, 4), int64([2, 3, 1], [0, 2, 2, 1, 1, -1])], {
    batch_dims: int(1),
  }),
  TopK: node('TopK', [floats(3, 7), constant('int64', [3])], {}, { outputs: 2 }),
}

const resized = (attributes: NodeCase['attributes'], ...sizes: readonly number[]): NodeCase =>
  node('Resize', [floats(1, 2, 5, 4), null, null, constant('int64', [1, 2, ...sizes])], attributes)

const RESIZE: Readonly<Record<string, NodeCase>> = {
  'Resize by scales': node('Resize', [floats(1, 2, 3, 4), null, constant('float32', [1, 1, 2, 2])]),
  'Resize by rounding down': resized(
    { coordinate_transformation_mode: text('asymmetric'), nearest_mode: text('floor') },
    9,
    6,
  ),
  'Resize between pixels': resized({ mode: text('linear') }, 8, 7),
  'Resize between corners': resized(
    { mode: text('linear'), coordinate_transformation_mode: text('align_corners') },
    8,
    3,
  ),
  'Resize by cubic curves': resized({ mode: text('cubic') }, 8, 7),
  'Resize of some axes': node('Resize', [floats(1, 2, 3, 4), null, null, constant('int64', [7])], {
    mode: text('linear'),
    axes: ints([3]),
  }),
  Upsample: node('Upsample', [floats(1, 2, 3, 4), constant('float32', [1, 1, 2, 3])], {}, { opset: 9 }),
}

const sequence = (
  operator: string,
  gates: number,
  directions: number,
  attributes: NodeCase['attributes'] = {},
  more: readonly (InputCase | null)[] = [],
): NodeCase => {
  const weights = [
    floats(directions, gates * 3, 2),
    floats(directions, gates * 3, 3),
    floats(directions, 2 * gates * 3),
  ]
  const outputs = operator === 'LSTM' ? 3 : 2
  return node(operator, [floats(4, 2, 2), ...weights, ...more], { hidden_size: int(3), ...attributes }, { outputs })
}
const state = floats(1, 2, 3)

const RECURRENT: Readonly<Record<string, NodeCase>> = {
  LSTM: sequence('LSTM', 4, 1),
  'LSTM both ways': sequence('LSTM', 4, 2, { direction: text('bidirectional') }),
  'LSTM from a state, with peepholes': sequence('LSTM', 4, 1, {}, [null, state, state, floats(1, 9)]),
  'LSTM with gates of straight lines': sequence('LSTM', 4, 1, {
    activations: attribute.texts(['HardSigmoid', 'Tanh', 'Softsign']),
    activation_alpha: attribute.floats([0.1]),
    activation_beta: attribute.floats([0.45]),
  }),
  'LSTM over sequences of different lengths': sequence('LSTM', 4, 2, { direction: text('bidirectional') }, [
    constant('int32', [4, 2]),
  ]),
  'GRU over lengths that the run tells': sequence('GRU', 3, 1, {}, [{ dtype: 'int32', shape: [2], values: [1, 3] }]),
  GRU: sequence('GRU', 3, 1, {}, [null, state]),
  'GRU that resets after the product': sequence('GRU', 3, 1, { linear_before_reset: int(1) }),
  'GRU backwards': sequence('GRU', 3, 1, { direction: text('reverse') }),
  RNN: sequence('RNN', 1, 1),
}

const FAMILIES = {
  ACTIVATIONS,
  ELEMENTWISE,
  MATRIX,
  CONVOLUTION,
  POOLING,
  NORMALIZATION,
  REDUCTION,
  MOVEMENT,
  SELECTION,
  RESIZE,
  RECURRENT,
}

describe.each(Object.entries(FAMILIES))('%s', (_, cases) => {
  test.each(Object.entries(cases))('gradient of %s', async (_, single) => {
    const errors = await checkGradients(single)
    const wrong = Object.entries(errors).filter(([, error]) => !(error <= TOLERANCE))
    expect(wrong).toEqual([])
    expect(Object.keys(errors).length).toBeGreaterThan(0)
  })
})
