/** Each operator of the table gives on TensorFlow.js what onnxruntime gives for the same node. */
import { expect, test } from 'vitest'
import { onnxRuntimeEngine } from '../../../src/engines/onnxruntime.js'
import { OPERATOR_PLANS } from '../../../src/engines/tfjs/operators/table.js'
import { tfjsEngine } from '../../../src/engines/tfjs/tfjs.js'
import { attribute } from '../../../src/graph/index.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { differenceOf, modelOf, runOn } from '../../helpers/engine-comparison.js'
import { constant, floats, type InputCase, type NodeCase, oneNode, weight } from '../../helpers/one-node.js'

const { int, ints, float, floats: floatList, text } = attribute

const node = (
  operator: string,
  inputs: NodeCase['inputs'],
  attributes: NodeCase['attributes'] = {},
  more: Partial<NodeCase> = {},
): NodeCase => ({
  operator,
  inputs,
  attributes,
  ...more,
})

const positive = (...shape: readonly number[]): InputCase => ({
  ...floats(...shape),
  values: Array.from(
    { length: shape.reduce((count, size) => count * size, 1) },
    (_, index) => 0.1 + ((index * 7) % 11) / 11,
  ),
})
const bools = (...shape: readonly number[]): InputCase => ({ dtype: 'bool', shape })
const int64 = (...values: readonly number[]): InputCase => ({ dtype: 'int64', shape: [values.length], values })
const picture = floats(2, 4, 7, 6)

const CASES: Readonly<Record<string, NodeCase>> = {
  ...Object.fromEntries(
    [
      'Abs',
      'Neg',
      'Exp',
      'Floor',
      'Ceil',
      'Sign',
      'Erf',
      'Sin',
      'Cos',
      'Tan',
      'Asin',
      'Acos',
      'Atan',
      'Sinh',
      'Cosh',
    ].map((name) => [name, node(name, [floats(3, 4)])]),
  ),
  ...Object.fromEntries(['Log', 'Sqrt', 'Reciprocal'].map((name) => [name, node(name, [positive(3, 4)])])),
  ...Object.fromEntries(
    [
      'Relu',
      'Sigmoid',
      'Tanh',
      'Softplus',
      'Softsign',
      'HardSwish',
      'Mish',
      'Elu',
      'Celu',
      'Selu',
      'LeakyRelu',
      'HardSigmoid',
      'ThresholdedRelu',
      'Identity',
      'IsNaN',
      'Round',
    ].map((name) => [name, node(name, [floats(3, 5)])]),
  ),
  'Elu with alpha': node('Elu', [floats(3, 5)], { alpha: float(2) }),
  Gelu: node('Gelu', [floats(3, 5)]),
  'Gelu by tanh': node('Gelu', [floats(3, 5)], { approximate: text('tanh') }),
  Swish: node('Swish', [floats(3, 5)], { alpha: float(1.5) }, { opset: 24 }),
  Not: node('Not', [bools(2, 3)]),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map(
      (name) => [name, node(name, [floats(2, 3, 4), positive(3, 1)])],
    ),
  ),
  ...Object.fromEntries(
    ['And', 'Or', 'Xor'].map((name) => [name, node(name, [bools(2, 3), { ...bools(3), values: [1, 0, 1] }])]),
  ),
  'Div of whole numbers': node('Div', [int64(-7, 7, 9), { ...int64(2, -2, 3) }]),
  Mod: node('Mod', [int64(-7, 7, 9), { ...int64(2, 4, 4) }]),
  Pow: node('Pow', [positive(2, 3), constant('float32', 2)]),
  Sum: node('Sum', [floats(2, 3), floats(3), floats(2, 1)]),
  Mean: node('Mean', [floats(2, 3), floats(3), floats(2, 1)]),
  PRelu: node('PRelu', [picture, weight('float32', 4, 1, 1)]),
  'PRelu of the last axis': node('PRelu', [floats(2, 3, 4), weight('float32', 4)]),
  Where: node('Where', [bools(2, 3), floats(2, 3), floats(3)]),
  Clip: node('Clip', [floats(3, 4), constant('float32', -0.1), constant('float32', 0.2)]),
  'Clip of old opsets': node('Clip', [floats(3, 4)], { min: float(0), max: float(0.3) }, { opset: 6 }),
  Softmax: node('Softmax', [floats(2, 3, 4)]),
  'Softmax over channels': node('Softmax', [picture], { axis: int(1) }),
  'Softmax of old opsets': node('Softmax', [floats(2, 3, 4)], { axis: int(1) }, { opset: 11 }),
  LogSoftmax: node('LogSoftmax', [floats(2, 3, 4)], { axis: int(1) }),
  Conv: node('Conv', [picture, weight('float32', 5, 4, 3, 3), weight('float32', 5)], { pads: ints([1, 1, 1, 1]) }),
  'Conv with strides': node('Conv', [picture, weight('float32', 5, 4, 3, 2)], {
    pads: ints([0, 1, 1, 0]),
    strides: ints([2, 2]),
  }),
  'Conv of the same size': node('Conv', [picture, weight('float32', 5, 4, 3, 3)], {
    auto_pad: text('SAME_UPPER'),
    strides: ints([2, 2]),
  }),
  'Conv with more in front': node('Conv', [picture, weight('float32', 5, 4, 2, 2)], { auto_pad: text('SAME_LOWER') }),
  'Conv with dilations': node('Conv', [picture, weight('float32', 5, 4, 2, 2)], { dilations: ints([2, 2]) }),
  'Conv in groups': node('Conv', [picture, weight('float32', 6, 2, 3, 3), weight('float32', 6)], { group: int(2) }),
  'Conv for each channel': node('Conv', [picture, weight('float32', 8, 1, 3, 3), weight('float32', 8)], {
    group: int(4),
    pads: ints([1, 1, 1, 1]),
  }),
  'Conv of lines': node('Conv', [floats(2, 3, 8), weight('float32', 4, 3, 3), weight('float32', 4)], {
    pads: ints([1, 0]),
    strides: ints([2]),
  }),
  'Conv of lines for each channel': node('Conv', [floats(2, 3, 8), weight('float32', 3, 1, 3)], { group: int(3) }),
  'Conv of volumes': node('Conv', [floats(1, 2, 4, 5, 4), weight('float32', 3, 2, 2, 3, 2), weight('float32', 3)], {
    pads: ints([0, 1, 0, 1, 1, 0]),
  }),
  'Conv with weights of the run': node('Conv', [picture, floats(5, 4, 3, 3)]),
  ConvTranspose: node('ConvTranspose', [picture, weight('float32', 4, 3, 3, 3), weight('float32', 3)], {
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
  }),
  'ConvTranspose with output padding': node('ConvTranspose', [picture, weight('float32', 4, 3, 3, 3)], {
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
    output_padding: ints([1, 1]),
  }),
  MaxPool: node('MaxPool', [picture], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) }),
  'MaxPool that rounds up': node('MaxPool', [picture], {
    kernel_shape: ints([2, 3]),
    strides: ints([2, 2]),
    ceil_mode: int(1),
  }),
  'MaxPool of lines': node('MaxPool', [floats(2, 3, 8)], {
    kernel_shape: ints([3]),
    strides: ints([2]),
    pads: ints([1, 1]),
  }),
  'MaxPool of volumes': node('MaxPool', [floats(1, 2, 4, 5, 4)], {
    kernel_shape: ints([2, 1, 3]),
    pads: ints([0, 0, 1, 0, 0, 1]),
  }),
  AveragePool: node('AveragePool', [picture], {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
    pads: ints([1, 1, 1, 1]),
  }),
  'AveragePool that counts its margins': node('AveragePool', [picture], {
    kernel_shape: ints([3, 3]),
    pads: ints([1, 0, 1, 2]),
    count_include_pad: int(1),
  }),
  'AveragePool of volumes': node('AveragePool', [floats(1, 2, 4, 5, 4)], { kernel_shape: ints([2, 1, 3]) }),
  GlobalAveragePool: node('GlobalAveragePool', [picture]),
  GlobalMaxPool: node('GlobalMaxPool', [picture]),
  Gemm: node('Gemm', [floats(3, 4), weight('float32', 5, 4), weight('float32', 5)], { transB: int(1) }),
  'Gemm with every setting': node('Gemm', [floats(4, 3), floats(5, 4), floats(1, 5)], {
    alpha: float(0.5),
    beta: float(2),
    transA: int(1),
    transB: int(1),
  }),
  'Gemm that adds a matrix': node('Gemm', [floats(3, 4), floats(4, 5), floats(3, 5)]),
  MatMul: node('MatMul', [floats(2, 3, 4), weight('float32', 4, 5)]),
  'MatMul of batches': node('MatMul', [floats(2, 1, 3, 4), floats(5, 4, 2)]),
  'MatMul of vectors': node('MatMul', [floats(4), floats(2, 4, 3)]),
  BatchNormalization: node('BatchNormalization', [
    picture,
    weight('float32', 4),
    weight('float32', 4),
    weight('float32', 4),
    { ...positive(4), isConstant: true },
  ]),
  'BatchNormalization of rows': node('BatchNormalization', [
    floats(3, 4),
    weight('float32', 4),
    weight('float32', 4),
    weight('float32', 4),
    { ...positive(4), isConstant: true },
  ]),
  InstanceNormalization: node('InstanceNormalization', [picture, weight('float32', 4), weight('float32', 4)]),
  LayerNormalization: node('LayerNormalization', [floats(2, 3, 4), weight('float32', 4), weight('float32', 4)]),
  GroupNormalization: node('GroupNormalization', [picture, weight('float32', 4), weight('float32', 4)], {
    num_groups: int(2),
  }),
  RMSNormalization: node('RMSNormalization', [floats(2, 3, 4), weight('float32', 4)], {}, { opset: 23 }),
  LRN: node('LRN', [picture], { size: int(3), alpha: float(0.3) }),
  LpNormalization: node('LpNormalization', [floats(2, 3, 4)], { axis: int(1) }),
  ...Object.fromEntries(
    [
      'ReduceMean',
      'ReduceMax',
      'ReduceMin',
      'ReduceProd',
      'ReduceL1',
      'ReduceL2',
      'ReduceSumSquare',
      'ReduceLogSumExp',
      'ReduceSum',
    ].map((name) => [name, node(name, [positive(2, 3, 4), constant('int64', [1, -1])], { keepdims: int(0) })]),
  ),
  ReduceLogSum: node('ReduceLogSum', [positive(2, 3, 4)]),
  'ReduceMean of old opsets': node('ReduceMean', [floats(2, 3, 4)], { axes: ints([1]) }, { opset: 13 }),
  ArgMax: node('ArgMax', [floats(2, 3, 4)], { axis: int(1), keepdims: int(0) }),
  ArgMin: node('ArgMin', [floats(2, 3, 4)], { axis: int(-1) }),
  Reshape: node('Reshape', [floats(2, 3, 4), constant('int64', [0, -1])]),
  Flatten: node('Flatten', [floats(2, 3, 4)], { axis: int(2) }),
  Squeeze: node('Squeeze', [floats(2, 1, 4), constant('int64', [1])]),
  Unsqueeze: node('Unsqueeze', [floats(2, 4), constant('int64', [1])]),
  Transpose: node('Transpose', [floats(2, 3, 4)], { perm: ints([2, 0, 1]) }),
  Dropout: node('Dropout', [floats(2, 3)]),
  Concat: node('Concat', [floats(2, 3), floats(2, 1)], { axis: int(-1) }),
  Split: node('Split', [floats(2, 6), constant('int64', [2, 4])], { axis: int(1) }, { outputs: 2 }),
  Cast: node('Cast', [floats(2, 3)], { to: int(9) }),
  'Cast to whole numbers': node('Cast', [{ ...floats(3), values: [-1.5, 0.5, 2.7] }], { to: int(7) }),
  Expand: node('Expand', [floats(3, 1), constant('int64', [2, 3, 4])]),
  Tile: node('Tile', [floats(2, 3), constant('int64', [2, 1])]),
  Pad: node('Pad', [floats(2, 3), constant('int64', [0, 1, 2, 0]), constant('float32', 1.5)]),
  'Pad that mirrors': node('Pad', [floats(2, 3, 4), constant('int64', [0, 1, 2, 0, 1, 1])], { mode: text('reflect') }),
  'Pad with edges': node('Pad', [floats(2, 3), constant('int64', [1, 2, 0, 1])], { mode: text('edge') }),
  DepthToSpace: node('DepthToSpace', [floats(1, 8, 2, 3)], { blocksize: int(2) }),
  'DepthToSpace by columns': node('DepthToSpace', [floats(1, 8, 2, 3)], { blocksize: int(2), mode: text('CRD') }),
  SpaceToDepth: node('SpaceToDepth', [floats(1, 2, 4, 6)], { blocksize: int(2) }),
  Slice: node('Slice', [floats(4, 6), constant('int64', [1, -5]), constant('int64', [3, 9_000_000_000])]),
  'Slice backwards': node('Slice', [
    floats(4, 6),
    constant('int64', [-1]),
    constant('int64', [-9_000]),
    constant('int64', [1]),
    constant('int64', [-2]),
  ]),
  Gather: node('Gather', [floats(3, 4), int64(0, -1, 1)], { axis: int(1) }),
  'Gather by constants': node('Gather', [floats(3, 4), constant('int64', [0, -1])]),
  GatherND: node('GatherND', [floats(3, 4), { dtype: 'int64', shape: [2, 2], values: [0, 1, 2, 3] }]),
  TopK: node('TopK', [floats(3, 7), constant('int64', [3])], { axis: int(0 + 1) }, { outputs: 2 }),
  'TopK of the smallest': node(
    'TopK',
    [{ ...floats(2, 4), values: [4, 1, 3, 2, 8, 6, 7, 5] }, constant('int64', [2])],
    { largest: int(0) },
    { outputs: 2 },
  ),
  CumSum: node('CumSum', [floats(2, 3), constant('int64', 1)], { reverse: int(1) }),
  OneHot: node('OneHot', [int64(0, 2, -1), constant('int64', 3), constant('float32', [0.5, 2])], { axis: int(0) }),
  Resize: node('Resize', [picture, null, constant('float32', [1, 1, 2, 2])]),
  'Resize by rounding down': node('Resize', [picture, null, null, constant('int64', [2, 4, 9, 4])], {
    coordinate_transformation_mode: text('asymmetric'),
    nearest_mode: text('floor'),
  }),
  'Resize between pixels': node('Resize', [picture, null, null, constant('int64', [2, 4, 14, 9])], {
    mode: text('linear'),
  }),
  'Resize between corners': node('Resize', [picture, null, null, constant('int64', [2, 4, 14, 9])], {
    mode: text('linear'),
    coordinate_transformation_mode: text('align_corners'),
  }),
  Upsample: node('Upsample', [picture, constant('float32', [1, 1, 2, 2])], {}, { opset: 9 }),
  LSTM: node(
    'LSTM',
    [floats(3, 2, 4), weight('float32', 1, 12, 4), weight('float32', 1, 12, 3), weight('float32', 1, 24)],
    { hidden_size: int(3) },
    { outputs: 3 },
  ),
  'LSTM both ways': node(
    'LSTM',
    [floats(3, 2, 4), weight('float32', 2, 12, 4), weight('float32', 2, 12, 3)],
    { hidden_size: int(3), direction: text('bidirectional') },
    { outputs: 3 },
  ),
  GRU: node(
    'GRU',
    [floats(3, 2, 4), weight('float32', 1, 9, 4), weight('float32', 1, 9, 3), weight('float32', 1, 18)],
    { hidden_size: int(3), linear_before_reset: int(1) },
    { outputs: 2 },
  ),
  'GRU backwards': node(
    'GRU',
    [floats(3, 2, 4), weight('float32', 1, 9, 4), weight('float32', 1, 9, 3)],
    { hidden_size: int(3), direction: text('reverse') },
    { outputs: 2 },
  ),
  RNN: node(
    'RNN',
    [floats(3, 2, 4), weight('float32', 1, 3, 4), weight('float32', 1, 3, 3)],
    { hidden_size: int(3) },
    { outputs: 2 },
  ),
  'Clip to 6': node('Clip', [{ ...floats(3), values: [-1, 3, 9] }, constant('float32', 0), constant('float32', 6)]),
  'Selu with its own numbers': node('Selu', [floats(5)], { alpha: float(1.2), gamma: float(0.9) }),
  'Pad with zeros around pictures': node('Pad', [picture, constant('int64', [0, 0, 1, 2, 0, 0, 0, 1])]),
  'scales in a list': node('Upsample', [floats(1, 2, 3, 3)], { scales: floatList([1, 1, 2, 3]) }, { opset: 7 }),
}

/** Operators whose only kernel is not on WebAssembly, or that other nodes stand for before the run. */
const ELSEWHERE = ['Einsum', 'Constant', 'ConstantOfShape']

test.each(Object.entries(CASES))('%s gives what onnxruntime gives', async (_, given) => {
  process.env.ALLOW_RELEASED_ONNX_OPSET_ONLY = '0'
  const model = modelOf(oneNode(given))
  const inputs = new Map(
    given.inputs.flatMap((input, index): [string, Tensor][] =>
      input === null || input.isConstant === true ? [] : [[`x${index}`, tensorOf(input)]],
    ),
  )
  const [found, expected] = [
    await runOn(tfjsEngine('tfjs-wasm'), model, inputs),
    await runOn(onnxRuntimeEngine(), model, inputs),
  ]
  const { other, largest } = differenceOf(found, expected)
  expect(other).toEqual([])
  expect(largest).toBeLessThan(2e-6)
})

test('every operator of the table has a case', () => {
  const tested = new Set([...Object.values(CASES).map(({ operator }) => operator), ...ELSEWHERE])
  expect(Object.keys(OPERATOR_PLANS).filter((name) => !tested.has(name))).toEqual([])
})

function tensorOf({ dtype, shape, values }: InputCase): Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  const numbers = Array.from({ length: count }, (_, index) =>
    Number(values?.[index] ?? (dtype === 'float32' ? ((index * 7) % 11) / 11 - 0.4 : index % 2)),
  )
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(numbers, BigInt) }
  return { dtype, shape, data: dtype === 'bool' ? Uint8Array.from(numbers) : Float32Array.from(numbers) }
}
