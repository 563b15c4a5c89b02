/** Folded graphs compute what the whole ones compute, by onnxruntime without any optimisation of its own. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/core/random.js'
import { float, int } from '../../src/graph/attributes.js'
import { GraphBuilder } from '../../src/graph/builder.js'
import { foldBatchNormalization } from '../../src/graph/fold-batch-normalization.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { transposedInitializer } from '../../src/graph/transpose.js'

const SIZE = 6

interface Case {
  readonly channels: number
  readonly filters: number
  readonly groups?: number
  readonly hasBias?: boolean
  readonly isTurned?: boolean
  /** Adds to the graph what may stand in the way. */
  readonly more?: (builder: GraphBuilder, convolved: string, normalized: string) => void
}

/** A convolution and its normalisation, with random weights. */
function normalizedConvolution({ channels, filters, groups = 1, hasBias, isTurned, more }: Case): ModelGraph {
  const random = seededRandom(3)
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() + 0.1)
  const builder = new GraphBuilder('folding')
  const input = builder.input('x', 'float32', ['N', channels, SIZE, SIZE])
  const inside = channels / groups
  const kernel = isTurned
    ? transposedInitializer(
        memoryInitializer('w', numbers(9 * inside * filters), [3, 3, inside, filters]),
        [3, 2, 0, 1],
      )
    : memoryInitializer('w', numbers(9 * inside * filters), [filters, inside, 3, 3])
  const bias = hasBias ? [builder.initializer('b', numbers(filters))] : []
  const convolved = builder.node('Conv', [input, builder.addInitializer(kernel), ...bias], { group: int(groups) })
  const vectors = ['scale', 'shift', 'mean', 'variance'].map((name) => builder.initializer(name, numbers(filters)))
  const normalized = builder.node('BatchNormalization', [convolved, ...vectors], { epsilon: float(1e-3) })
  builder.output(builder.node('Relu', [normalized]))
  more?.(builder, convolved, normalized)
  return builder.build()
}

async function outputsOf(model: ModelGraph, channels: number): Promise<number[]> {
  const session = await InferenceSession.create(writeOnnx(model), { graphOptimizationLevel: 'disabled' })
  const random = seededRandom(5)
  const data = Float32Array.from({ length: channels * SIZE * SIZE }, () => random() - 0.5)
  const results = await session.run({ x: new Tensor('float32', data, [1, channels, SIZE, SIZE]) })
  return Object.values(results).flatMap(({ data: found }) => [...(found as Float32Array)])
}

const operatorsOf = ({ main }: ModelGraph): string[] => main.nodes.map(({ operator }) => operator)

describe('a folded graph computes the same', () => {
  test.each<[string, Case]>([
    ['without a bias', { channels: 3, filters: 5 }],
    ['with a bias', { channels: 3, filters: 5, hasBias: true }],
    ['with a kernel that is turned while it is read', { channels: 3, filters: 40, isTurned: true }],
    ['depthwise', { channels: 4, filters: 4, groups: 4, hasBias: true }],
    ['with a second user of the result', { channels: 3, filters: 5, more: (b, _, y) => void b.output(y) }],
  ])('%s', async (_, options) => {
    const whole = normalizedConvolution(options)
    const folded = foldBatchNormalization(whole)
    expect(operatorsOf(folded)).not.toContain('BatchNormalization')
    expect([...folded.main.initializers.keys()].filter((name) => !name.includes('_folded_'))).toEqual([])
    const [expected, found] = [await outputsOf(whole, options.channels), await outputsOf(folded, options.channels)]
    // Sums of 36 products of numbers around 1, in single precision.
    for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 5)
  })

  test('in pieces as in one', () => {
    const folded = foldBatchNormalization(normalizedConvolution({ channels: 3, filters: 40, isTurned: true }))
    const kernel = [...folded.main.initializers.values()].find(({ name }) => name.endsWith('kernel'))
    const written = Buffer.from(writeOnnx(folded))
    expect(written.includes(Buffer.from(kernel?.data.read() ?? []))).toBe(true)
  })
})

describe('a graph stays as it is', () => {
  const base = { channels: 3, filters: 5 }
  test.each<[string, ModelGraph]>([
    ['when the convolution has another user', normalizedConvolution({ ...base, more: (b, y) => void b.output(y) })],
    ['in training', training(normalizedConvolution(base))],
    ['when a statistic is computed', withComputedMean(normalizedConvolution(base))],
  ])('%s', (_, model) => {
    expect(operatorsOf(foldBatchNormalization(model))).toEqual(operatorsOf(model))
  })
})

function training(model: ModelGraph): ModelGraph {
  const nodes = model.main.nodes.map((node) =>
    node.operator === 'BatchNormalization'
      ? { ...node, attributes: new Map([...node.attributes, ['training_mode', int(1)]]) }
      : node,
  )
  return { ...model, main: { ...model.main, nodes } }
}

function withComputedMean(model: ModelGraph): ModelGraph {
  const nodes = model.main.nodes.map((node) =>
    node.operator === 'BatchNormalization'
      ? { ...node, inputs: node.inputs.map((name) => (name === 'mean' ? 'computed' : name)) }
      : node,
  )
  const maker = {
    name: '',
    operator: 'Neg',
    domain: '',
    inputs: ['mean'],
    outputs: ['computed'],
    attributes: new Map(),
  }
  return { ...model, main: { ...model.main, nodes: [maker, ...nodes] } }
}
