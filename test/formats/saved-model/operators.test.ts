import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../../formats/factory.js'
import type { Tensor } from '../../../src/graph/tensor.js'
import { countGraph } from '../../../src/operators/count.js'
import {
  attribute,
  constant,
  node,
  runOnce,
  savedModel,
  signature,
  TYPE,
  writeSavedModel,
} from '../../helpers/saved-model.js'

const golden: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('../../golden/saved-model-operators.json', import.meta.url), 'utf8'),
)

const size = (shape: readonly number[]) => shape.reduce((product, axis) => product * axis, 1)
const ramp = (shape: readonly number[], start = 0) =>
  Array.from({ length: size(shape) }, (_, index) => ((((index + start) * 37) % 101) - 50) / 50)

const PICTURE = [2, 7, 6, 4]
const KERNEL = [3, 2, 4, 6]
const weights = (name: string, shape: readonly number[], start = 5) => constant(name, shape, ramp(shape, start))
const whole = (name: string, values: readonly number[], shape: readonly number[] = [values.length]) =>
  constant(name, shape, values, TYPE.int32)
const number = (name: string, value: number) => constant(name, [], [value])
const { ints, text, bool, int, float, type } = attribute
const padding = (kind: string) => text('padding', kind)
const strides = (step: number) => ints('strides', [1, step, step, 1])
const conv = (name = 'conv', input = 'x') => node('Conv2D', name, [input, 'k'], [padding('VALID'), strides(1)])
const kernel = weights('k', KERNEL)

/** Nodes between the placeholder `x` and the node `y`; the shape of `x`. */
type Case = readonly [shape: readonly number[], ...nodes: Uint8Array[]]

const resize = (operator: string, height: number, width: number, flags: readonly Uint8Array[]): Case => [
  PICTURE,
  whole('size', [height, width]),
  node(operator, 'y', ['x', 'size'], flags),
]

/** Keras 3: `x * inv + (offset - mean * inv)`. */
const unfused = [
  weights('gamma', [6], 1),
  weights('beta', [6], 2),
  weights('mean', [6], 3),
  constant(
    'variance',
    [6],
    ramp([6], 4).map((value) => Math.abs(value) + 0.5),
  ),
  number('epsilon', 0.001),
  node('AddV2', 'shifted', ['variance', 'epsilon']),
  node('Rsqrt', 'deviation', ['shifted']),
  node('Mul', 'inv', ['deviation', 'gamma']),
  node('Mul', 'scaled', ['conv', 'inv']),
  node('Mul', 'moved', ['mean', 'inv']),
  node('Sub', 'rest', ['beta', 'moved']),
  node('AddV2', 'y', ['scaled', 'rest']),
]

const subscript = (begin: number[], end: number[], step: number[], masks: Readonly<Record<string, number>>): Case => [
  [3, 4, 5],
  whole('begin', begin),
  whole('end', end),
  whole('step', step),
  node(
    'StridedSlice',
    'y',
    ['x', 'begin', 'end', 'step'],
    Object.entries(masks).map(([name, value]) => int(`${name}_mask`, value)),
  ),
]

const CASES: Readonly<Record<string, Case>> = {
  'Conv2D SAME stride 2': [PICTURE, kernel, node('Conv2D', 'y', ['x', 'k'], [padding('SAME'), strides(2)])],
  'Conv2D SAME dilated': [
    PICTURE,
    kernel,
    node('Conv2D', 'y', ['x', 'k'], [padding('SAME'), strides(1), ints('dilations', [1, 2, 2, 1])]),
  ],
  'Conv2D VALID': [PICTURE, kernel, conv('y')],
  'Conv2D EXPLICIT': [
    PICTURE,
    kernel,
    node(
      'Conv2D',
      'y',
      ['x', 'k'],
      [padding('EXPLICIT'), strides(1), ints('explicit_paddings', [0, 0, 1, 2, 0, 3, 0, 0])],
    ),
  ],
  'Conv2D grouped': [PICTURE, weights('k', [3, 2, 2, 6]), conv('y')],
  'Conv2D NCHW': [
    [2, 4, 7, 6],
    kernel,
    node('Conv2D', 'y', ['x', 'k'], [padding('VALID'), strides(1), text('data_format', 'NCHW')]),
  ],
  'depthwise with multiplier': [
    PICTURE,
    weights('k', [3, 3, 4, 2]),
    node('DepthwiseConv2dNative', 'y', ['x', 'k'], [padding('SAME'), strides(1)]),
  ],
  'transposed SAME': [
    PICTURE,
    whole('size', [2, 14, 11, 5]),
    weights('k', [3, 3, 5, 4]),
    node('Conv2DBackpropInput', 'y', ['size', 'k', 'x'], [padding('SAME'), strides(2)]),
  ],
  'transposed VALID': [
    PICTURE,
    whole('size', [2, 15, 13, 5]),
    weights('k', [3, 3, 5, 4]),
    node('Conv2DBackpropInput', 'y', ['size', 'k', 'x'], [padding('VALID'), strides(2)]),
  ],
  'MaxPool SAME': [PICTURE, node('MaxPool', 'y', ['x'], [padding('SAME'), strides(2), ints('ksize', [1, 3, 3, 1])])],
  'AvgPool SAME': [PICTURE, node('AvgPool', 'y', ['x'], [padding('SAME'), strides(2), ints('ksize', [1, 3, 3, 1])])],
  FusedBatchNorm: [
    PICTURE,
    weights('gamma', [4], 1),
    weights('beta', [4], 2),
    weights('mean', [4], 3),
    constant(
      'variance',
      [4],
      ramp([4], 4).map((value) => Math.abs(value) + 0.5),
    ),
    node(
      'FusedBatchNormV3',
      'y',
      ['x', 'gamma', 'beta', 'mean', 'variance'],
      [bool('is_training', false), float('epsilon', 0.001)],
    ),
  ],
  'unfused batch normalisation': [PICTURE, kernel, conv(), ...unfused],
  'squeeze and excite': [
    PICTURE,
    kernel,
    conv(),
    whole('axes', [1, 2]),
    node('Mean', 'mean', ['conv', 'axes'], [bool('keep_dims', true)]),
    weights('w', [1, 1, 6, 6], 9),
    node('Conv2D', 'excited', ['mean', 'w'], [padding('SAME'), strides(1)]),
    node('Sigmoid', 'gate', ['excited']),
    node('Mul', 'y', ['conv', 'gate']),
  ],
  'free reshape': [
    PICTURE,
    kernel,
    conv(),
    node('Shape', 'sizes', ['conv'], [type('out_type', TYPE.int32)]),
    whole('zero', [0]),
    whole('one', [1]),
    node('StridedSlice', 'batch', ['sizes', 'zero', 'one', 'one'], [int('shrink_axis_mask', 1)]),
    whole('rest', [150], []),
    node('Pack', 'target', ['batch', 'rest'], [int('N', 2)]),
    node('Reshape', 'y', ['conv', 'target']),
  ],
  'concat, bias and pad behind a convolution': [
    PICTURE,
    kernel,
    conv(),
    node('Relu', 'relu', ['conv']),
    whole('axis', [-1], []),
    node('ConcatV2', 'joined', ['conv', 'relu', 'axis']),
    weights('bias', [12], 3),
    node('BiasAdd', 'biased', ['joined', 'bias']),
    whole('pads', [0, 0, 2, 0, 1, 2, 0, 0], [4, 2]),
    node('Pad', 'y', ['biased', 'pads']),
  ],
  'split channels': [
    PICTURE,
    kernel,
    conv(),
    whole('axis', [3], []),
    node('Split', 'thirds', ['axis', 'conv'], [int('num_split', 3)]),
    node('Identity', 'y', ['thirds:1']),
  ],
  'bilinear by half pixels': resize('ResizeBilinear', 14, 9, [bool('half_pixel_centers', true)]),
  'bilinear by corners': resize('ResizeBilinear', 14, 9, [bool('align_corners', true)]),
  'nearest from corners': resize('ResizeNearestNeighbor', 14, 9, []),
  'nearest by half pixels': resize('ResizeNearestNeighbor', 10, 9, [bool('half_pixel_centers', true)]),
  'dilated by batches': [
    [2, 4, 8, 8],
    whole('order', [0, 2, 3, 1]),
    node('Transpose', 'turned', ['x', 'order']),
    whole('block', [2, 2]),
    whole('none', [0, 0, 0, 0], [2, 2]),
    node('SpaceToBatchND', 'batches', ['turned', 'block', 'none']),
    weights('k', [3, 3, 4, 6]),
    conv('conv', 'batches'),
    node('BatchToSpaceND', 'y', ['conv', 'block', 'none']),
  ],
  subscript: subscript([1, 0, 0, 3], [0, 0, 0, 4], [1, -2, 1, 1], { begin: 2, end: 3, new_axis: 4, shrink_axis: 8 }),
  'subscript with ellipsis': subscript([0, -1], [0, 0], [1, 1], { ellipsis: 1, shrink_axis: 2 }),
  products: [[2, 3, 4], weights('m', [3, 4], 0), node('BatchMatMulV2', 'y', ['x', 'm'], [bool('adj_y', true)])],
  elementwise: [
    [2, 3, 4],
    ...[0.1, 1, 2, 10].map((value) => number(`c${value}`, value)),
    node('Square', 'square', ['x']),
    node('AddV2', 'more', ['square', 'c1']),
    node('Rsqrt', 'root', ['more']),
    node('Greater', 'condition', ['x', 'c0.1']),
    node('Elu', 'elu', ['x']),
    node('Selu', 'selu', ['x']),
    node('Sub', 'difference', ['elu', 'selu']),
    node('SelectV2', 'chosen', ['condition', 'x', 'difference']),
    node('Mul', 'product', ['root', 'chosen']),
    node('Neg', 'negative', ['x']),
    node('Maximum', 'maximum', ['x', 'negative']),
    node('Erf', 'erf', ['x']),
    node('AddV2', 'divisor', ['c2', 'erf']),
    node('RealDiv', 'quotient', ['maximum', 'divisor']),
    node('Mul', 'tens', ['x', 'c10']),
    node('Relu6', 'relu6', ['tens']),
    node('LeakyRelu', 'leaky', ['x'], [float('alpha', 0.3)]),
    node('Neg', 'unleaky', ['leaky']),
    node('Softplus', 'softplus', ['x']),
    node('AddN', 'y', ['product', 'quotient', 'relu6', 'unleaky', 'softplus']),
  ],
  'softmax over channels': [PICTURE, kernel, conv(), node('Softmax', 'y', ['conv'])],
  reductions: [
    [2, 3, 4],
    whole('last', [-1]),
    ...['Mean', 'Sum', 'Max', 'Min', 'Prod'].map((operator) => node(operator, operator, ['x', 'last'])),
    node('Mul', 'product', ['Sum', 'Max']),
    node('Sub', 'difference', ['product', 'Min']),
    node('AddN', 'y', ['Mean', 'difference', 'Prod']),
  ],
  'gathered rows': [
    [3, 4],
    whole('rows', [2, 0, 2]),
    whole('axis', [0], []),
    node('GatherV2', 'y', ['x', 'rows', 'axis']),
  ],
  'division that rounds down': [
    [2, 3, 4],
    number('five', 5),
    number('divisor', -0.7),
    node('Mul', 'fives', ['x', 'five']),
    node('FloorDiv', 'quotient', ['fives', 'divisor']),
    node('FloorMod', 'rest', ['x', 'divisor']),
    node('AddV2', 'y', ['quotient', 'rest']),
  ],
  'whole division that rounds down': [
    [2, 3, 4],
    number('nine', 9),
    whole('divisor', [-4], []),
    node('Mul', 'nines', ['x', 'nine']),
    node('Cast', 'whole', ['nines'], [type('DstT', TYPE.int32)]),
    node('FloorDiv', 'quotient', ['whole', 'divisor']),
    node('FloorMod', 'rest', ['whole', 'divisor']),
    node('AddV2', 'y', ['quotient', 'rest']),
  ],
  'normalised across channels': [
    PICTURE,
    node('LRN', 'y', ['x'], [int('depth_radius', 1), float('alpha', 0.2), float('beta', 0.75), float('bias', 2)]),
  ],
  // As Keras writes a Dense layer on [batch, time, features].
  'dense layer on three axes': [
    [2, 3, 4],
    weights('w', [4, 5]),
    node('Shape', 'sizes', ['x'], [type('out_type', TYPE.int32)]),
    whole('axes', [2]),
    whole('free', [0, 1]),
    whole('zero', [0], []),
    whole('first', [0]),
    node('GatherV2', 'outer', ['sizes', 'free', 'zero']),
    node('GatherV2', 'inner', ['sizes', 'axes', 'zero']),
    node('Prod', 'rows', ['outer', 'first']),
    node('Prod', 'columns', ['inner', 'first']),
    node('Pack', 'flat', ['rows', 'columns'], [int('N', 2)]),
    node('ConcatV2', 'order', ['free', 'axes', 'zero']),
    node('Transpose', 'turned', ['x', 'order']),
    node('Reshape', 'matrix', ['turned', 'flat']),
    node('MatMul', 'product', ['matrix', 'w']),
    whole('units', [5]),
    node('ConcatV2', 'target', ['outer', 'units', 'zero']),
    node('Reshape', 'tensor', ['product', 'target']),
    weights('bias', [5], 3),
    node('BiasAdd', 'y', ['tensor', 'bias']),
  ],
  'stacked and unstacked': [
    [2, 3, 4],
    node('Unpack', 'rows', ['x'], [int('axis', 1), int('num', 3)]),
    node('Pack', 'y', ['rows:1', 'rows'], [int('axis', 1), int('N', 2)]),
  ],
}

async function open([shape, ...nodes]: Case) {
  const placeholder = node('Placeholder', 'x', [], [type('dtype', TYPE.float)])
  const free = [-1, ...shape.slice(1)]
  const slots = [{ x: { tensor: 'x:0', shape: free } }, { y: { tensor: 'y:0' } }] as const
  const path = writeSavedModel(savedModel([placeholder, ...nodes], signature('serving_default', ...slots)))
  return ModelFactory.withPredefinedFormats().open(path)
}

const input = ([shape]: Case): Tensor => ({ dtype: 'float32', shape, data: Float32Array.from(ramp(shape)) })

function caseOf(name: string): Case {
  const found = CASES[name]
  if (found === undefined) throw new Error(`there is no case "${name}"`)
  return found
}

describe('graphs compute what their definition says', () => {
  test.each(Object.keys(golden))('%s', async (name) => {
    const outputs = await runOnce(await open(caseOf(name)), { x: input(caseOf(name)) })
    const expected = golden[name] ?? []
    expect(outputs).toHaveLength(expected.length)
    for (const [index, value] of outputs.entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 4)
  })

  test('every case has its golden values', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(golden).sort())
  })
})

/** The same layers as Keras 3 writes them: vectors get axes of size 1, and a bias loses them again. */
const biased = [kernel, weights('bias', [6], 7), conv('bare')]
const plainLayers: Case = [PICTURE, ...biased, node('BiasAdd', 'conv', ['bare', 'bias']), ...unfused]
const spreadLayers: Case = [
  PICTURE,
  ...biased,
  whole('spread', [1, 1, 1, 6]),
  node('Reshape', 'spread_bias', ['bias', 'spread']),
  node('Squeeze', 'squeezed_bias', ['spread_bias']),
  node('BiasAdd', 'conv', ['bare', 'squeezed_bias']),
  ...unfused.slice(0, 5),
  ...['gamma', 'beta', 'mean', 'variance'].map((name) => node('Reshape', `spread_${name}`, [name, 'spread'])),
  node('AddV2', 'shifted', ['spread_variance', 'epsilon']),
  node('Rsqrt', 'deviation', ['shifted']),
  node('Mul', 'inv', ['deviation', 'spread_gamma']),
  node('Mul', 'scaled', ['conv', 'inv']),
  node('Mul', 'moved', ['spread_mean', 'inv']),
  node('Sub', 'rest', ['spread_beta', 'moved']),
  node('AddV2', 'y', ['scaled', 'rest']),
]

describe('the graph in ONNX words', () => {
  test.each([
    ['a bias is an input of its convolution', plainLayers],
    ['so it is, and normalisation one operator, where vectors have axes of size 1', spreadLayers],
  ])('%s', async (_, layers) => {
    const model = await open(layers)
    const { nodes, initializers } = model.graph?.main ?? { nodes: [], initializers: new Map() }
    expect(nodes.map(({ operator }) => operator)).toEqual(['Transpose', 'Conv', 'BatchNormalization', 'Transpose'])
    expect([...initializers.values()].filter(({ shape }) => shape.length === 1)).toHaveLength(5)
    const [found, expected] = [
      await runOnce(model, { x: input(layers) }),
      await runOnce(await open(plainLayers), { x: input(layers) }),
    ]
    expect(found).toEqual(expected)
  })

  test('a bias stays in a node of its own where the bare convolution is read too', async () => {
    const layers: Case = [
      PICTURE,
      ...biased,
      node('BiasAdd', 'conv', ['bare', 'bias']),
      node('Mul', 'y', ['conv', 'bare']),
    ]
    const operators = (await open(layers)).graph?.main.nodes.map(({ operator }) => operator)
    expect(operators).toEqual(['Transpose', 'Conv', 'Add', 'Mul', 'Transpose'])
  })

  test('two calls of a layer share one bias', async () => {
    const layers: Case = [
      PICTURE,
      ...biased,
      node('BiasAdd', 'once', ['bare', 'bias']),
      node('Neg', 'negative', ['x']),
      conv('again', 'negative'),
      node('BiasAdd', 'twice', ['again', 'bias']),
      node('Mul', 'y', ['once', 'twice']),
    ]
    const { nodes, initializers } = (await open(layers)).graph?.main ?? { nodes: [], initializers: new Map() }
    expect(nodes.filter(({ operator }) => operator === 'Add')).toEqual([])
    expect(initializers.size).toBe(2)
  })

  const operatorsOf = async (name: string) =>
    (await open(caseOf(name))).graph?.main.nodes.map(({ operator }) => operator)

  test('unfused normalisation is one operator', async () => {
    expect(await operatorsOf('unfused batch normalisation')).toEqual([
      'Transpose',
      'Conv',
      'BatchNormalization',
      'Transpose',
    ])
  })

  test('mean, gate and product stay with channels first', async () => {
    expect(await operatorsOf('squeeze and excite')).toEqual([
      'Transpose',
      'Conv',
      'ReduceMean',
      'Conv',
      'Sigmoid',
      'Mul',
      'Transpose',
    ])
  })

  test('a dense layer on three axes is a product between two constant reshapes', async () => {
    expect(await operatorsOf('dense layer on three axes')).toEqual(['Reshape', 'MatMul', 'Reshape', 'Add'])
    const { graph } = await open(caseOf('dense layer on three axes'))
    expect(graph && countGraph(graph, {}).outputs).toMatchObject([{ shape: ['batch', 3, 5] }])
  })

  test('a shape that follows from the batch is a constant, and the batch stays free', async () => {
    expect(await operatorsOf('free reshape')).toEqual(['Transpose', 'Conv', 'Transpose', 'Reshape'])
    const { graph } = await open(caseOf('free reshape'))
    expect(graph && countGraph(graph, {}).outputs).toMatchObject([{ shape: ['batch', 150] }])
  })
})
