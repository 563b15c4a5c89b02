/** A training step on blocked channels gives what the same step gives on plain ones, which is held against central differences. */

import { join } from 'node:path'
import * as onnxruntime from 'onnxruntime-node'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/index.js'
import type { LabelledBatch } from '../../formats/trainer.js'
import { channelBlock } from '../../src/engines/channel-block.js'
import type { ModelGraph } from '../../src/graph/index.js'
import { attribute, GraphBuilder } from '../../src/graph/index.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { areaPieces } from '../../src/training/blocked/area-pieces.js'
import { packWeight, unpackWeight, weightLayout } from '../../src/training/blocked/weight-layout.js'
import { buildEvaluationGraph } from '../../src/training/evaluation-graph.js'
import { openTrainer } from '../../src/training/open-trainer.js'
import type { TrainerOptions } from '../../src/training/trainer-options.js'
import { buildTrainingGraph } from '../../src/training/training-graph.js'
import { distinct, relativeError } from '../helpers/gradient-check.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const { float, int, ints } = attribute

const block = await channelBlock(onnxruntime)
const where = block === undefined ? test.skip : test
if (block === undefined) console.log('skipped: this processor has no blocked convolutions')

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
const numbers = (shape: readonly number[], seed: number): Float32Array =>
  Float32Array.from(distinct(countOf(shape), seed), (value, index) => value * (1 + (index % 7) / 9))

/** A model under construction: weights get numbers of their own. */
class Network {
  readonly builder = new GraphBuilder('network')
  #count = 0

  weight(shape: readonly number[], shift = 0): string {
    this.#count += 1
    const elements = numbers(shape, this.#count).map((value) => value / 2 + shift)
    return this.builder.initializer(`w${this.#count}`, elements, shape)
  }

  conv(x: string, shape: readonly number[], attributes = {}, bias = false): string {
    const inputs = [x, this.weight(shape), ...(bias ? [this.weight([shape[0] ?? 1])] : [])]
    return this.builder.node('Conv', inputs, attributes)
  }

  norm(x: string, channels: number): string {
    const parts = [
      this.weight([channels], 1),
      this.weight([channels]),
      this.weight([channels]),
      this.weight([channels], 2),
    ]
    return this.builder.node('BatchNormalization', [x, ...parts], { epsilon: float(0.01) })
  }
}

/** @returns loss, gradients and running statistics by name, as the model's own weights lie */
async function step(model: ModelGraph, channels: 8 | 16 | undefined, frozen: boolean) {
  const training = buildTrainingGraph(model, {
    loss: { kind: 'mean-squared-error' },
    batchNormalization: frozen ? 'frozen' : 'batch',
    ...(channels === undefined ? {} : { channelBlock: channels }),
  })
  const [image] = model.main.inputs
  const sizes = image?.type?.kind === 'tensor' ? (image.type.shape ?? []).map(Number) : []
  const feeds: Record<string, Tensor> = {
    [image?.name ?? '']: new Tensor('float32', numbers(sizes, 50), sizes),
    [training.target.name]: new Tensor('float32', numbers(training.target.shape, 60), training.target.shape),
  }
  const plain = (name: string) =>
    new Float32Array((model.main.initializers.get(name)?.data.read() ?? new Uint8Array()).slice().buffer)
  for (const { name, shape, layout } of training.weights) {
    const elements = layout === undefined ? plain(name) : packWeight(plain(name), layout)
    feeds[name] = new Tensor('float32', elements as Float32Array, shape)
  }
  for (const { name, initializer } of training.statistics) {
    feeds[name] = new Tensor('float32', plain(name), initializer.shape)
  }
  const session = await InferenceSession.create(writeOnnx(training.graph), { logSeverityLevel: 4 })
  const results = await session.run(feeds)
  await session.release()
  const data = (name: string) => results[name]?.data as Float32Array
  const gradients = training.weights.map(({ name, gradient, layout }) => {
    return [name, layout === undefined ? data(gradient) : unpackWeight(data(gradient), layout)] as const
  })
  const running = training.statistics.map(({ name, updated }) => [name, data(updated)] as const)
  const values = new Map([['loss', data(training.loss)] as const, ...gradients, ...running])
  return { values, blocked: training.weights.filter(({ layout }) => layout !== undefined).length }
}

/** float32 in another order of the sums. */
const TOLERANCE = 1e-4

async function expectSame(model: ModelGraph, blocked: number, frozen = false): Promise<void> {
  const [plain, onBlocks] = [await step(model, undefined, frozen), await step(model, block, frozen)]
  expect(onBlocks.blocked).toBe(blocked)
  const wrong = [...plain.values].flatMap(([name, expected]) => {
    const error = relativeError(onBlocks.values.get(name) ?? [], expected)
    return error <= TOLERANCE ? [] : [[name, error]]
  })
  expect(wrong).toEqual([])
}

interface Case {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly attributes?: Readonly<Record<string, ReturnType<typeof int>>>
  readonly bias?: boolean
}

const same = { pads: ints([1, 1, 1, 1]) }
const half = { pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) }
const CONVOLUTIONS: Readonly<Record<string, Case>> = {
  'of the same size': { x: [16, 32, 6, 5], w: [48, 32, 3, 3], attributes: same },
  'with a bias': { x: [16, 16, 4, 4], w: [32, 16, 3, 3], attributes: same, bias: true },
  'without pads': { x: [16, 16, 6, 6], w: [16, 16, 3, 2] },
  'with uneven pads': { x: [16, 16, 6, 6], w: [16, 16, 3, 3], attributes: { pads: ints([0, 1, 2, 0]) } },
  'of few images': { x: [3, 16, 5, 5], w: [16, 16, 3, 3], attributes: same },
  'of more images than a block': { x: [35, 32, 4, 4], w: [16, 32, 3, 3], attributes: same },
  'of channels that fill no block': { x: [4, 24, 5, 5], w: [40, 24, 3, 3], attributes: same, bias: true },
  'with strides': { x: [4, 16, 8, 8], w: [32, 16, 3, 3], attributes: half },
  'with strides that leave rows': { x: [4, 16, 7, 8], w: [16, 16, 3, 3], attributes: { strides: ints([2, 3]) } },
  'with strides that end early': { x: [4, 16, 9, 8], w: [16, 16, 2, 2], attributes: { strides: ints([2, 3]) } },
  'of single pixels': { x: [4, 32, 5, 5], w: [48, 32, 1, 1] },
  'of single pixels with strides': { x: [4, 32, 5, 6], w: [16, 32, 1, 1], attributes: { strides: ints([2, 2]) } },
  'of one image': { x: [1, 32, 6, 6], w: [16, 32, 3, 3], attributes: same },
  'of few images that cut into a block': { x: [4, 32, 8, 8], w: [16, 32, 3, 3], attributes: half },
  'of sixteen large images': { x: [16, 16, 32, 17], w: [32, 16, 3, 3], attributes: same },
  'of large images': { x: [2, 16, 30, 28], w: [16, 16, 3, 3], attributes: same },
  'of each channel': { x: [4, 32, 6, 6], w: [32, 1, 3, 3], attributes: { ...same, group: int(32) } },
  'of each channel with strides': { x: [4, 32, 7, 6], w: [32, 1, 3, 3], attributes: { ...half, group: int(32) } },
  'of each channel that ends early': {
    x: [2, 16, 8, 8],
    w: [16, 1, 3, 3],
    attributes: { strides: ints([2, 2]), group: int(16) },
  },
  'of the stem of a ResNet': {
    x: [4, 16, 14, 14],
    w: [16, 16, 7, 7],
    attributes: { pads: ints([3, 3, 3, 3]), strides: ints([2, 2]) },
  },
}

describe('a convolution on blocked channels', () => {
  where.each(Object.entries(CONVOLUTIONS))('%s', async (_, { x, w, attributes = {}, bias = false }) => {
    const network = new Network()
    const image = network.builder.input('image', 'float32', [x[0] ?? 1, 3, ...x.slice(2)])
    // The one in front makes the values that this one's gradient is asked for.
    const front = network.conv(image, [x[1] ?? 1, 3, 1, 1])
    network.builder.output(network.conv(front, w, attributes, bias))
    await expectSame(network.builder.build(), 2)
  })

  where('asks for no block where it steps over elements of its own, or works in groups of several', async () => {
    const network = new Network()
    const image = network.builder.input('image', 'float32', [2, 16, 8, 8])
    const wide = network.conv(image, [32, 16, 3, 3], { dilations: ints([2, 2]) })
    network.builder.output(network.conv(wide, [32, 8, 1, 1], { group: int(4) }))
    await expectSame(network.builder.build(), 0)
  })

  where('gives the gradient of plain channels before it', async () => {
    const network = new Network()
    const image = network.builder.input('image', 'float32', [4, 3, 6, 6])
    const scaled = network.builder.node('Mul', [image, network.weight([3, 1, 1])])
    network.builder.output(network.conv(scaled, [32, 3, 3, 3], same))
    await expectSame(network.builder.build(), 1)
  })
})

/** A residual block between a stem and a pooled head. */
function residual(activation: string, channels: number): ModelGraph {
  const network = new Network()
  const { builder } = network
  const image = builder.input('image', 'float32', [4, 3, 8, 8])
  const active = (x: string) =>
    activation === 'Clip'
      ? builder.node('Clip', [x, builder.constant(0, 'float32'), builder.constant(6, 'float32')])
      : builder.node(activation, [x])
  const stem = active(network.norm(network.conv(image, [channels, 3, 3, 3], half), channels))
  const body = network.norm(network.conv(stem, [channels, channels, 3, 3], same), channels)
  const sum = active(builder.node('Add', [body, stem]))
  const pool = builder.node('MaxPool', [sum], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) })
  const flat = builder.node('Flatten', [builder.node('GlobalAveragePool', [pool])])
  builder.output(builder.node('Gemm', [flat, network.weight([channels, 5])]))
  return builder.build()
}

describe('a network on blocked channels', () => {
  where.each([
    ['Relu', 32],
    ['Relu', 24],
    ['Clip', 32],
    ['Sigmoid', 32],
    ['Sigmoid', 24],
    ['HardSwish', 16],
  ])('with %s over %i channels', async (activation, channels) => {
    await expectSame(residual(activation, channels), 2)
  })

  where('with frozen statistics', async () => {
    await expectSame(residual('Relu', 24), 2, true)
  })
})

test('packing a weight and taking it apart gives the same', () => {
  for (const [kind, shape] of [
    ['full', [24, 20, 3, 2]],
    ['image', [24, 3, 5, 5]],
    ['depthwise', [32, 1, 3, 3]],
  ] as const) {
    const layout = weightLayout(kind, 16, shape)
    const elements = numbers(shape, 3)
    expect(unpackWeight(packWeight(elements, layout), layout)).toEqual(elements)
  }
})

test('the area is cut into pieces that fill a block and fit into the cache', () => {
  const filled = { images: 16, inner: 16 }
  expect(areaPieces(16, [56, 56], 16)).toMatchObject({ ...filled, rows: 4, groups: 14 })
  expect(areaPieces(16, [16, 16], 16)).toMatchObject({ ...filled, rows: 16, groups: 1, isOneBlock: true })
  expect(areaPieces(16, [7, 1000], 16)).toMatchObject({ ...filled, rows: 1, groups: 7 })
  expect(areaPieces(4, [8, 8], 16)).toMatchObject({ rows: 2, images: 4, inner: 16, groups: 1, isOneBlock: false })
})

test('images that fill no block are fewer channels, or get images of zeros beside them', () => {
  expect(areaPieces(3, [7, 7], 16)).toMatchObject({ rows: 7, images: 3, inner: 3, groups: 1 })
  expect(areaPieces(35, [5, 5], 16)).toMatchObject({ rows: 5, images: 48, inner: 16, groups: 3 })
})

/** Channels that a block of 16 has too. */
function images(seed: number): LabelledBatch {
  const data = Float32Array.from(distinct(4 * 3 * 64, seed), (value, index) => value * ((index + seed) % 5))
  return { input: { dtype: 'float32', shape: [4, 3, 8, 8], data }, labels: Int32Array.from([0, 2, 4, 1]) }
}

const TRAINER = {
  batchSize: 4,
  threads: 1,
  seed: 3,
  optimizer: { kind: 'sgd', momentum: 0.9 },
  schedule: { kind: 'constant', rate: 0.01 },
  loss: { kind: 'softmax-cross-entropy' },
} as const satisfies TrainerOptions

describe('a trainer of a model on blocked channels', () => {
  const open = () => openTrainer({ name: 'model', format: 'onnx', graph: residual('Relu', 24) }, TRAINER)

  where('saves a model that another trainer evaluates to the same loss, on plain channels', async () => {
    const trainer = await open()
    for (let seed = 0; seed < 3; seed += 1) await trainer.step(images(seed))
    const { loss } = await trainer.evaluate(images(9))
    const path = join(temporaryFolder(), 'trained.onnx')
    await trainer.save(path)
    await trainer.close()
    const { graph } = await ModelFactory.withPredefinedFormats().open(path)
    if (graph === undefined) throw new Error('an ONNX file has a graph')
    const { graph: evaluation, ...names } = buildEvaluationGraph(graph, { ...TRAINER, rowWeights: false }, new Set())
    const session = await InferenceSession.create(writeOnnx(evaluation))
    const { input, labels } = images(9)
    const results = await session.run({
      image: new Tensor('float32', input.data as Float32Array, input.shape),
      [names.target.name]: new Tensor('int64', BigInt64Array.from(labels as Int32Array, BigInt), [4]),
    })
    await session.release()
    expect(results[names.loss]?.data[0]).toBeCloseTo(loss, 5)
  })

  where('keeps a state in the layout of the model, and goes on from it', async () => {
    const first = await open()
    await first.step(images(0))
    const state = await first.state()
    const expected = (await first.step(images(1))).loss
    await first.close()
    expect(state.tensors.get('w1')?.shape).toEqual([24, 3, 3, 3])
    const second = await open()
    await second.restore(state)
    expect((await second.step(images(1))).loss).toBe(expected)
    await second.close()
  })
})
