/**
 * Compares gradients with central differences of what onnxruntime gives for the same node.
 *
 * Differences are of fourth order: (f(x-2h) - 8 f(x-h) + 8 f(x+h) - f(x+2h)) / 12h. Where onnxruntime has the operator in
 * float64 the node runs in that, with h = 1e-3 and an error far below 1e-8; else in float32, with h = 0.02, where rounding
 * makes about 1e-6 and the fifth derivative less. The gradients themselves are computed in float32, as in training.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { GraphBuilder } from '../../src/graph/builder.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { inferTypes } from '../../src/operators/infer.js'
import { shapeOf } from '../../src/operators/known-value.js'
import { toCurrentOpset } from '../../src/training/current-opset.js'
import { differentiate } from '../../src/training/differentiate.js'
import { Emitter } from '../../src/training/emitter.js'
import { writeForward } from '../../src/training/forward.js'
import { gradientRule } from '../../src/training/gradients/table.js'
import { unrollRecurrent } from '../../src/training/unroll.js'
import { type InputCase, type NodeCase, oneNode } from './one-node.js'

/** Largest difference of a gradient, relative to the largest number in it, by the input's name. */
export type GradientErrors = Readonly<Record<string, number>>

type Float = 'float32' | 'float64'
type Numbers = Float32Array | Float64Array

/** @returns numbers from -1 to 1, none of them twice, all of them apart from 0 */
export function distinct(count: number, seed = 0): readonly number[] {
  const prime = [211, 1009, 10_007].find((candidate) => candidate > 2 * count) ?? 100_003
  return Array.from({ length: count }, (_, index) => {
    const part = (((index + 1 + 5 * seed) * 89) % prime) / prime
    return part < 0.5 ? -0.12 - 1.7 * part : 0.12 + 1.7 * (part - 0.5)
  })
}

/** Compares the gradients of all inputs that are floating-point numbers and no constants. */
export async function checkGradients(node: NodeCase): Promise<GradientErrors> {
  const filled = {
    ...node,
    inputs: node.inputs.map((input, index) => (input === null ? null : withValues(input, index))),
  }
  const wanted = filled.inputs.flatMap((input, index) =>
    input !== null && input.isConstant !== true && input.dtype === 'float32' ? [`x${index}`] : [],
  )
  const feeds = new Map(
    filled.inputs.flatMap((input, index) =>
      input === null || input.isConstant === true
        ? []
        : [[`x${index}`, { ...input, numbers: (input.values ?? []).map(Number) }] as const],
    ),
  )
  const { graph, seeds, gradients } = gradientGraph(oneNode(filled), wanted)
  const found = await runOnce(graph, { ...tensorsOf(feeds, 'float32'), ...seedTensors(seeds) })
  const slopes = await centralDifferences(filled, feeds, wanted, seeds)
  return Object.fromEntries(
    wanted.map((name) => {
      const own = found[gradients.get(name) ?? '']?.data as Numbers | undefined
      return [name, own === undefined ? Number.NaN : relativeError(own, slopes.get(name) ?? [])]
    }),
  )
}

/** @returns the largest difference, relative to the largest number expected; infinite where the counts differ */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  const largest = Math.max(...Array.from(expected, Math.abs), 1e-12)
  return Math.max(...Array.from(expected, (value, index) => Math.abs(value - (found[index] ?? Number.NaN)))) / largest
}

interface Seed {
  readonly output: string
  readonly input: string
  readonly shape: readonly number[]
}

/** A model with the gradients of `wanted`; one more input for each floating-point output holds the gradient to start from. */
export function gradientGraph(model: ModelGraph, wanted: readonly string[]) {
  const prepared = unrollRecurrent(toCurrentOpset(model))
  const { main } = inferTypes(prepared)
  const builder = new GraphBuilder('gradient')
  for (const { name, type } of prepared.main.inputs) builder.inputOfType(name, type)
  for (const initializer of prepared.main.initializers.values()) builder.addInitializer(initializer)
  const seeds = main.outputs.flatMap((output) => {
    const value = main.values.get(output)
    const shape = (shapeOf(value) ?? []).map(Number)
    const isTensor = value?.type?.kind === 'tensor' && value.type.dtype.startsWith('float')
    return isTensor ? [{ output, input: builder.input(`seed of ${output}`, value.type.dtype, shape), shape }] : []
  })
  const emit = new Emitter(builder, 'training')
  const saved = writeForward(main, emit, gradientRule)
  const starts = new Map(seeds.map(({ output, input }) => [output, input]))
  const gradients = differentiate({ trace: main, emit, ruleOf: gradientRule, saved }, starts, new Set(wanted))
  for (const name of new Set(gradients.values())) builder.output(name)
  return { graph: { ...prepared, main: builder.build().main }, seeds, gradients }
}

type Feeds = ReadonlyMap<string, InputCase & { readonly numbers: readonly number[] }>

function withValues(input: InputCase, index: number): InputCase {
  if (input.values !== undefined || !input.dtype.startsWith('float')) return input
  return { ...input, values: distinct(countOf(input.shape), index) }
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

const seedNumbers = ({ shape }: Seed): readonly number[] => distinct(countOf(shape), 17)

function seedTensors(seeds: readonly Seed[]): Record<string, Tensor> {
  return Object.fromEntries(seeds.map((seed) => [seed.input, floatTensor(seedNumbers(seed), seed.shape, 'float32')]))
}

function floatTensor(numbers: readonly number[], shape: readonly number[], dtype: Float): Tensor {
  return new Tensor(dtype, dtype === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers), shape)
}

function tensorsOf(feeds: Feeds, dtype: Float): Record<string, Tensor> {
  return Object.fromEntries(
    [...feeds].map(([name, input]) => {
      if (input.dtype === 'int64')
        return [name, new Tensor('int64', BigInt64Array.from(input.numbers, BigInt), input.shape)]
      if (input.dtype === 'int32') return [name, new Tensor('int32', Int32Array.from(input.numbers), input.shape)]
      if (input.dtype === 'bool') return [name, new Tensor('bool', Uint8Array.from(input.numbers), input.shape)]
      return [name, floatTensor(input.numbers, input.shape, dtype)]
    }),
  )
}

async function open(graph: ModelGraph): Promise<InferenceSession> {
  return InferenceSession.create(writeOnnx(graph), { logSeverityLevel: 4, intraOpNumThreads: 1 })
}

async function runOnce(graph: ModelGraph, feeds: Record<string, Tensor>): Promise<InferenceSession.ReturnType> {
  const session = await open(graph)
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** Whatever their inputs are: Resize has float32 scales, GroupNormalization float32 statistics, LSTM and GRU no kernel. */
const COMPUTE_IN_FLOAT32 = new Set(['Resize', 'GroupNormalization', 'LSTM', 'GRU'])

async function openWidest(node: NodeCase): Promise<{ session: InferenceSession; dtype: Float }> {
  const wide = (input: InputCase | null): InputCase | null =>
    input?.dtype === 'float32' ? { ...input, dtype: 'float64' } : input
  try {
    if (COMPUTE_IN_FLOAT32.has(node.operator)) throw new Error('it is no wider inside')
    return { session: await open(oneNode({ ...node, inputs: node.inputs.map(wide) })), dtype: 'float64' }
  } catch {
    return { session: await open(oneNode(node)), dtype: 'float32' }
  }
}

async function centralDifferences(
  node: NodeCase,
  feeds: Feeds,
  wanted: readonly string[],
  seeds: readonly Seed[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { session, dtype } = await openWidest(node)
  const step = dtype === 'float64' ? 1e-3 : 0.02
  const weights = seeds.map((seed) => [seed.output, seedNumbers(seed)] as const)
  const tensors = tensorsOf(feeds, dtype)
  const lossAt = async (data: Numbers, index: number, value: number): Promise<number> => {
    data[index] = value
    const results = await session.run(tensors)
    return weights.reduce((sum, [name, factors]) => sum + dot(results[name]?.data as Numbers, factors), 0)
  }
  try {
    const slopes = new Map<string, readonly number[]>()
    for (const name of wanted) {
      const data = tensors[name]?.data as Numbers
      const list: number[] = []
      for (let index = 0; index < data.length; index += 1) {
        const start = data[index] ?? 0
        const near = (await lossAt(data, index, start + step)) - (await lossAt(data, index, start - step))
        const far = (await lossAt(data, index, start + 2 * step)) - (await lossAt(data, index, start - 2 * step))
        data[index] = start
        list.push((8 * near - far) / (12 * step))
      }
      slopes.set(name, list)
    }
    return slopes
  } finally {
    await session.release()
  }
}

function dot(values: Numbers, factors: readonly number[]): number {
  return factors.reduce((sum, factor, index) => sum + factor * (values[index] ?? Number.NaN), 0)
}
