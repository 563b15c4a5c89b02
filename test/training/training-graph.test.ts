/** The graph of a training step: loss, gradients and running statistics of small models. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { attribute, GraphBuilder, type ModelGraph, writeOnnx } from '../../src/graph/index.js'
import { dropoutKey } from '../../src/training/dropout-mask.js'
import { buildTrainingGraph, type TrainingGraph, type TrainingGraphOptions } from '../../src/training/training-graph.js'
import { distinct, relativeError } from '../helpers/gradient-check.js'

const { float, int, ints } = attribute
const MODE = { batchSize: 4, batchNormalization: 'batch' } as const
const LABELS = [2, 0, 1, 2]

type Values = Readonly<Record<string, readonly number[]>>

/** Runs a training step with weights as they are in the model, but for those that `changed` gives. */
async function step(
  training: TrainingGraph,
  changed: Values = {},
  key = Uint32Array.of(1, 2),
): Promise<InferenceSession.ReturnType> {
  const session = await InferenceSession.create(writeOnnx(training.graph), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  })
  const stored = [...training.weights, ...training.statistics].map(({ initializer }) => initializer)
  const weights = stored.map(({ name, shape, data }) => {
    const numbers = changed[name] ?? [...new Float32Array(data.read().slice().buffer)]
    return [name, new Tensor('float32', Float32Array.from(numbers), shape)] as const
  })
  const { name, dtype, shape } = training.target
  const count = shape.reduce((product, size) => product * size, 1)
  const target =
    dtype === 'int64'
      ? new Tensor('int64', BigInt64Array.from(LABELS, BigInt), shape)
      : new Tensor('float32', Float32Array.from(distinct(count, 3), Math.abs), shape)
  const images = training.graph.main.inputs[0]
  const sizes = images?.type?.kind === 'tensor' ? (images.type.shape ?? []).map(Number) : []
  const image = new Tensor(
    'float32',
    Float32Array.from(
      distinct(
        sizes.reduce((product, size) => product * size, 1),
        5,
      ),
    ),
    sizes,
  )
  const dropout = training.dropoutKey === undefined ? {} : { [training.dropoutKey]: new Tensor('uint32', key, [2]) }
  try {
    return await session.run({
      ...Object.fromEntries(weights),
      ...dropout,
      [name]: target,
      [images?.name ?? '']: image,
    })
  } finally {
    await session.release()
  }
}

const numbersOf = (results: InferenceSession.ReturnType, name: string): readonly number[] =>
  Array.from(results[name]?.data as Float32Array)

/** A small network with what usual ones have. @param last - activation behind the logits; `''` for none */
function network(last: string, hidden = 'Tanh'): ModelGraph {
  const builder = new GraphBuilder('small')
  const weight = (name: string, shape: readonly number[], shift = 0) => {
    const count = shape.reduce((product, size) => product * size, 1)
    return builder.initializer(
      name,
      Float32Array.from(distinct(count, count), (value) => value / 2 + shift),
      shape,
    )
  }
  const image = builder.input('image', 'float32', ['N', 2, 6, 6])
  const conv = builder.node('Conv', [image, weight('conv', [3, 2, 3, 3]), weight('bias', [3])], {
    pads: ints([1, 1, 1, 1]),
  })
  const statistics = [weight('scale', [3], 1), weight('shift', [3]), weight('mean', [3]), weight('variance', [3], 1)]
  const normal = builder.node('BatchNormalization', [conv, ...statistics], { momentum: float(0.8) })
  const active = builder.node(hidden, [normal])
  const sum = builder.node('Add', [active, normal])
  const flat = builder.node('Flatten', [builder.node('GlobalAveragePool', [sum])])
  const logits = builder.node('Gemm', [flat, weight('head', [3, 3])], { transB: int(1) })
  builder.output(last === '' ? logits : builder.node(last, [logits]))
  return builder.build()
}

/** An LSTM that clips its gates. */
function recurrent(): ModelGraph {
  const builder = new GraphBuilder('recurrent')
  const weight = (name: string, shape: readonly number[]) => builder.initializer(name, new Float32Array(96), shape)
  const weights = [weight('w', [1, 24, 4]), weight('r', [1, 16, 6])]
  const inputs = [builder.input('x', 'float32', [3, 2, 4]), ...weights]
  builder.output(builder.node('LSTM', inputs, { hidden_size: int(6), clip: float(3) }, { name: 'lstm' }))
  return builder.build()
}

/** Central differences of the loss that the training graph itself tells. */
async function lossSlopes(training: TrainingGraph, name: string): Promise<readonly number[]> {
  const initializer = training.weights.find((weight) => weight.name === name)?.initializer
  const start = [...new Float32Array((initializer?.data.read() ?? new Uint8Array()).slice().buffer)]
  const lossAt = async (index: number, by: number) => {
    const moved = start.map((value, place) => (place === index ? value + by : value))
    return numbersOf(await step(training, { [name]: moved }), training.loss)[0] ?? Number.NaN
  }
  const slopes: number[] = []
  for (const index of start.slice(0, 6).keys()) {
    const near = (await lossAt(index, 0.05)) - (await lossAt(index, -0.05))
    const far = (await lossAt(index, 0.1)) - (await lossAt(index, -0.1))
    slopes.push((8 * near - far) / 0.6)
  }
  return slopes
}

/** Everything is float32 here, differences of a loss included. */
const TOLERANCE = 1e-3

describe.each([
  ['softmax-cross-entropy', '', {}],
  ['softmax-cross-entropy', 'Softmax', { labelSmoothing: 0.2 }],
  ['softmax-cross-entropy', 'LogSoftmax', {}],
  ['sigmoid-cross-entropy', 'Sigmoid', {}],
  ['sigmoid-cross-entropy', '', {}],
  ['mean-squared-error', 'Sigmoid', {}],
] as const)('%s after %s', (kind, last, more) => {
  const options: TrainingGraphOptions = { ...MODE, loss: { kind, ...more } }
  test.each(['conv', 'scale', 'shift', 'head'])('the gradient of %s is the slope of the loss', async (name) => {
    const training = buildTrainingGraph(network(last), options)
    const weight = training.weights.find((candidate) => candidate.name === name)
    const gradient = numbersOf(await step(training), weight?.gradient ?? '').slice(0, 6)
    expect(relativeError(gradient, await lossSlopes(training, name))).toBeLessThan(TOLERANCE)
  })
})

const crossEntropy: TrainingGraphOptions = { ...MODE, loss: { kind: 'softmax-cross-entropy' } }

test('the last Softmax is fused: no gradient goes through it', () => {
  const { graph } = buildTrainingGraph(network('Softmax'), crossEntropy)
  const operators = graph.main.nodes.map(({ operator }) => operator)
  expect(operators.filter((operator) => operator === 'Softmax')).toHaveLength(1)
})

test('running statistics move towards those of the batch, the weights stay inputs', async () => {
  const training = buildTrainingGraph(network(''), crossEntropy)
  expect(training.statistics.map(({ name }) => name)).toEqual(['mean', 'variance'])
  expect(training.weights.map(({ name }) => name)).toEqual(['conv', 'bias', 'scale', 'shift', 'head'])
  const once = numbersOf(await step(training), training.statistics[0]?.updated ?? '')
  const twice = numbersOf(await step(training, { mean: once }), training.statistics[0]?.updated ?? '')
  const start = distinct(3, 3).map((value) => value / 2)
  const batch = once.map((value, index) => (value - 0.8 * (start[index] ?? 0)) / 0.2)
  expect(
    relativeError(
      twice,
      once.map((value, index) => 0.8 * value + 0.2 * (batch[index] ?? 0)),
    ),
  ).toBeLessThan(1e-5)
})

test('two normalisations that share their statistics move them twice', async () => {
  const builder = new GraphBuilder('shared')
  const ones = (name: string) => builder.initializer(name, Float32Array.of(1, 1), [2])
  const parts = [ones('scale'), ones('shift'), ones('mean'), ones('variance')]
  const once = builder.node('BatchNormalization', [builder.input('x', 'float32', [4, 2]), ...parts])
  builder.output(builder.node('BatchNormalization', [once, ...parts]))
  const training = buildTrainingGraph(builder.build(), { ...MODE, loss: { kind: 'mean-squared-error' } })
  expect(training.statistics.map(({ name }) => name)).toEqual(['mean', 'variance'])
  const sums = [0, 1].map((channel) => distinct(8, 5).reduce((sum, x, i) => sum + (i % 2 === channel ? x / 4 : 0), 0))
  // The second one sees a batch whose mean is the shift, 1.
  const expected = sums.map((mean) => 0.9 * (0.9 * 1 + 0.1 * mean) + 0.1 * 1)
  const found = numbersOf(await step(training), training.statistics[0]?.updated ?? '')
  expect(relativeError(found, expected)).toBeLessThan(1e-6)
})

test.each([
  [true, 'Mul'],
  [false, 'Div'],
])('an If whose condition is %s before the run gives way to its branch', (condition, operator) => {
  const builder = new GraphBuilder('branches')
  const x = builder.input('x', 'float32', [4, 3])
  const weight = builder.initializer('weight', Float32Array.of(1, 2, 3), [3])
  const branch = (name: string) =>
    attribute.graphAttribute(builder.subgraph(name, (inner) => inner.output(inner.node(name, [x, weight]))))
  const isThen = builder.node('Equal', [
    builder.node('Shape', [x], { end: int(1) }),
    builder.constant([condition ? 4 : 5]),
  ])
  const branches = { then_branch: branch('Mul'), else_branch: branch('Div') }
  builder.output(builder.node('If', [builder.node('Squeeze', [isThen])], branches))
  const { graph } = buildTrainingGraph(builder.build({ opset: 17 }), { ...MODE, loss: { kind: 'mean-squared-error' } })
  expect(graph.main.nodes.map((node) => node.operator)).toContain(operator)
  expect(graph.main.nodes.map((node) => node.operator)).not.toContain('If')
})

test('frozen statistics are no outputs', () => {
  const training = buildTrainingGraph(network(''), { ...crossEntropy, batchNormalization: 'frozen' })
  expect(training.statistics).toEqual([])
})

test('weights that are not to be trained stay in the graph', () => {
  const training = buildTrainingGraph(network(''), { ...crossEntropy, isTrained: (name) => name === 'head' })
  expect(training.weights.map(({ name }) => name)).toEqual(['head'])
  expect(training.graph.main.initializers.has('conv')).toBe(true)
})

/** Of a model that drops a quarter of 4096 elements. */
async function dropped(seed: number, number: number): Promise<readonly [readonly boolean[], readonly boolean[]]> {
  const builder = new GraphBuilder('dropout')
  const weight = builder.initializer('weight', Float32Array.from(distinct(4096)), [1, 4096])
  const all = builder.node('Mul', [builder.input('x', 'float32', [1, 4096]), weight])
  builder.output(builder.node('Dropout', [all, builder.constant(0.25, 'float32')]))
  const training = buildTrainingGraph(builder.build(), { ...MODE, loss: { kind: 'mean-squared-error' } })
  const results = await step(training, {}, dropoutKey(seed, number))
  const isKept = (name: string) => numbersOf(results, name).map((value) => value !== 0)
  return [isKept(training.output), isKept(training.weights[0]?.gradient ?? '')]
}

const shareOf = (flags: readonly boolean[]): number => flags.filter((flag) => flag).length / flags.length

test('Dropout drops as many elements as it says, and the gradient goes where they stayed', async () => {
  const [output, gradient] = await dropped(1, 0)
  expect(gradient).toEqual(output)
  // Four deviations of a binomial distribution.
  expect(Math.abs(shareOf(output) - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 4096))
})

test('Dropout drops the same elements at the same step, others at another step or seed, without a pattern', async () => {
  const [[first], [again], [later], [other]] = await Promise.all([
    dropped(1, 0),
    dropped(1, 0),
    dropped(1, 1),
    dropped(2, 0),
  ])
  expect(again).toEqual(first)
  for (const second of [later, other, [...first.slice(1), ...first.slice(0, 1)]]) {
    const same = shareOf(first.map((flag, index) => flag === second[index]))
    expect(Math.abs(same - (0.75 ** 2 + 0.25 ** 2))).toBeLessThan(4 * Math.sqrt((0.625 * 0.375) / 4096))
  }
})

test('operators without a gradient are refused by name, with the node', () => {
  const model = network('', 'Tanh')
  const nodes = model.main.nodes.map((node) =>
    node.operator === 'Tanh' ? { ...node, operator: 'MeanVarianceNormalization' } : node,
  )
  expect(() => buildTrainingGraph({ ...model, main: { ...model.main, nodes } }, crossEntropy)).toThrow(
    'no gradient is known for MeanVarianceNormalization "Tanh"',
  )
})

test.each([
  ['a model of opset 6', network(''), 6, /opset 6, training knows 7/],
  ['an LSTM that clips', recurrent(), 21, /LSTM "lstm": clip is not trained/],
])('%s is refused', (_, model, opset, message) => {
  const older = { ...model, opsets: new Map([['', opset]]) }
  expect(() => buildTrainingGraph(older, crossEntropy)).toThrow(message)
})

test('a batch that is left free is refused', () => {
  const { batchSize: _, ...free } = crossEntropy
  expect(() => buildTrainingGraph(network(''), free)).toThrow(/fixed/)
})

test('a model without weights is refused', () => {
  const builder = new GraphBuilder('none')
  builder.output(builder.node('Relu', [builder.input('x', 'float32', [4, 3])]))
  expect(() => buildTrainingGraph(builder.build(), crossEntropy)).toThrow(/depends on no weight/)
})
