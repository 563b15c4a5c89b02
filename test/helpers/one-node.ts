/** Models of a single node, inferred by greenbench and run by onnxruntime, so that the two can be compared. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { type Attributes, GraphBuilder } from '../../src/graph/builder.js'
import { DATA_TYPES, type DataType } from '../../src/graph/data-type.js'
import { type Dimension, evaluate, formatDimension } from '../../src/graph/dimension.js'
import type { ModelGraph } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import type { TensorElements } from '../../src/graph/tensor.js'
import { inferTypes } from '../../src/operators/infer.js'

/** One input of the node. */
export interface InputCase {
  readonly dtype: DataType
  readonly shape: readonly number[]
  /** Contents; small made-up numbers when left out. */
  readonly values?: readonly number[] | readonly string[]
  /** The input is an initializer of the file. */
  readonly isConstant?: boolean
}

/** A node and what it reads; `null` leaves an optional input out. */
export interface NodeCase {
  readonly operator: string
  readonly domain?: string
  /** Of the standard domain; 21 when left out. */
  readonly opset?: number
  /** Of the node's own domain, where it has one; 1 when left out. */
  readonly domainOpset?: number
  readonly inputs: readonly (InputCase | null)[]
  readonly attributes?: Attributes
  /** Some sizes are known only to the run, so `?` may stand for them. */
  readonly isDecidedByRun?: boolean
  /** The same once sizes are free, where fixed ones settle it. */
  readonly isDecidedWhenFixed?: boolean
  /** How many outputs the node has, or their names (`''` leaves one out); one when left out. */
  readonly outputs?: number | readonly string[]
}

/** Element type and sizes of an output; a size that only the run tells is `?`. */
export type Outcome = string

export const floats = (...shape: readonly number[]): InputCase => ({ dtype: 'float32', shape })
export const bytes = (...shape: readonly number[]): InputCase => ({ dtype: 'uint8', shape })
export const weight = (dtype: DataType, ...shape: readonly number[]): InputCase => ({ dtype, shape, isConstant: true })

/** @returns a constant: a scalar for a number, a vector for a list */
export function constant(dtype: DataType, values: number | readonly number[] | readonly string[]): InputCase {
  const list = typeof values === 'number' ? [values] : values
  return { dtype, shape: typeof values === 'number' ? [] : [list.length], values: list, isConstant: true }
}

/** @param free - gives inputs that are no constants free dimensions, named after their size: `n3` */
export function oneNode(node: NodeCase, free = false): ModelGraph {
  const builder = new GraphBuilder('one')
  const inputs = node.inputs.map((input, index) => {
    if (input === null) return ''
    if (input.isConstant !== true) {
      return builder.input(`x${index}`, input.dtype, free ? input.shape.map((size) => `n${size}`) : input.shape)
    }
    return builder.initializer(`x${index}`, elementsOf(input), input.shape, { dtype: input.dtype })
  })
  const { domain = '', outputs = 1 } = node
  const names = builder.nodeWithOutputs(node.operator, inputs, node.attributes, { domain, outputs })
  for (const name of names) if (name !== '') builder.output(name)
  const opsets = domain === '' ? {} : { [domain]: node.domainOpset ?? 1 }
  return builder.build({ opset: node.opset ?? 21, opsets })
}

/** Declares the tests of each case: greenbench finds what onnxruntime gives, with sizes that are fixed and that are free. */
export function describeNodes(cases: Readonly<Record<string, NodeCase>>): void {
  describe.each(Object.entries(cases))('%s', (_, node) => {
    test('has the types and sizes that onnxruntime gives', async () => {
      const found = await observed(node)
      expect(inferred(node)).toEqual(node.isDecidedByRun === true ? leaveOpen(found, inferred(node)) : found)
    })
    test('has the same when the sizes of its inputs are free', () => {
      const free = inferredFree(node)
      const fixed = inferred(node)
      expect(free).toEqual(node.isDecidedWhenFixed === true ? leaveOpen(fixed, free) : fixed)
    })
  })
}

/** Puts `?` where `open` has one, and `?` for what nobody can tell. */
function leaveOpen(found: readonly Outcome[], open: readonly Outcome[]): readonly Outcome[] {
  return found.map((outcome, index) => {
    const pattern = open[index] ?? ''
    const sizes = pattern.slice(pattern.indexOf('[') + 1, -1).split(', ')
    const own = outcome.slice(outcome.indexOf('[') + 1, -1).split(', ')
    if (!pattern.includes('[') || sizes.length !== own.length) return outcome
    return `${outcome.split('[')[0]}[${own.map((size, axis) => (sizes[axis] === '?' ? '?' : size)).join(', ')}]`
  })
}

/** @returns what greenbench infers for each output, e.g. `float32[2, 3]` */
export function inferred(node: NodeCase): readonly Outcome[] {
  return outcomes(oneNode(node), new Map())
}

/** @returns the same from free dimensions, with the sizes put in afterwards */
export function inferredFree(node: NodeCase): readonly Outcome[] {
  const sizes = node.inputs.flatMap((input) => input?.shape ?? [])
  // A name that comes twice in one shape may stand for two sizes: the second one is told apart by its axis.
  const names = sizes.flatMap((size) => ['', '@1', '@2', '@3', '@4'].map((axis) => [`n${size}${axis}`, size] as const))
  return outcomes(oneNode(node, true), new Map(names))
}

/** @returns what onnxruntime gives for each output; kinds that it cannot hand over are `?` */
export async function observed(node: NodeCase): Promise<readonly Outcome[]> {
  // Lets the engine run the newest opset, which it has before it promises to keep it.
  process.env.ALLOW_RELEASED_ONNX_OPSET_ONLY = '0'
  const session = await InferenceSession.create(writeOnnx(oneNode(node)), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  })
  try {
    const feeds = node.inputs.flatMap((input, index) =>
      input === null || input.isConstant === true ? [] : [[`x${index}`, feedOf(input)] as const],
    )
    const fetches = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name)
    const results = await session.run(Object.fromEntries(feeds), fetches)
    return session.outputNames.map((name) => {
      const tensor = results[name]
      return tensor === undefined ? '?' : `${tensor.type}[${tensor.dims.join(', ')}]`
    })
  } finally {
    await session.release()
  }
}

function outcomes(graph: ModelGraph, sizes: ReadonlyMap<string, number>): readonly Outcome[] {
  const { main } = inferTypes(graph)
  const failure = main.nodes.find((trace) => trace.failure !== undefined)?.failure
  if (failure !== undefined) throw new Error(failure)
  return main.outputs.map((name) => {
    const type = main.values.get(name)?.type
    if (type?.kind !== 'tensor') return '?'
    const shape = type.shape?.map((size) => sizeText(size, sizes)).join(', ')
    return shape === undefined ? `${type.dtype}?` : `${type.dtype}[${shape}]`
  })
}

function sizeText(size: Dimension, sizes: ReadonlyMap<string, number>): string {
  const value = evaluate(size, sizes)
  if (value !== undefined) return String(value)
  return formatDimension(size).includes('#') ? '?' : formatDimension(size)
}

/** Small numbers of both signs for floats, small ones from 0 on for integers. */
function numbersFor({ dtype, shape, values }: InputCase): readonly number[] {
  if (values !== undefined) return values.map(Number)
  const count = shape.reduce((product, size) => product * size, 1)
  const isFloat = dtype.startsWith('float')
  return Array.from({ length: count }, (_, index) => (isFloat ? ((index * 7) % 11) / 11 - 0.4 : (index * 5) % 3))
}

function elementsOf(input: InputCase): TensorElements {
  if (input.dtype === 'string') return stringsFor(input)
  const numbers = numbersFor(input)
  switch (input.dtype) {
    case 'float32':
      return Float32Array.from(numbers)
    case 'float64':
      return Float64Array.from(numbers)
    case 'int8':
      return Int8Array.from(numbers)
    case 'int16':
      return Int16Array.from(numbers)
    case 'int32':
      return Int32Array.from(numbers)
    case 'uint32':
      return Uint32Array.from(numbers)
    case 'int64':
      return BigInt64Array.from(numbers, BigInt)
    case 'uint64':
      return BigUint64Array.from(numbers, BigInt)
    case 'uint16':
      return Uint16Array.from(numbers)
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(numbers.length)
    default:
      return DATA_TYPES[input.dtype].bits < 8 ? new Uint8Array(Math.ceil(numbers.length / 2)) : Uint8Array.from(numbers)
  }
}

function stringsFor({ shape, values }: InputCase): readonly string[] {
  const count = shape.reduce((product, size) => product * size, 1)
  return values?.map(String) ?? Array.from({ length: count }, (_, index) => `word ${index}`)
}

function feedOf(input: InputCase): Tensor {
  if (input.dtype === 'string') return new Tensor('string', [...stringsFor(input)], input.shape)
  // The engine's names of the element types that tests feed are those of the graph.
  return new Tensor(input.dtype as Exclude<Tensor.Type, 'string'>, elementsOf(input) as Float32Array, input.shape)
}
