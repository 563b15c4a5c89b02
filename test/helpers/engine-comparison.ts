/** Runs one graph on two engines and tells how far their outputs lie apart. */
import type { Model } from '../../formats/format.js'
import type { Engine } from '../../src/engines/engine.js'
import type { Initializer, ModelGraph } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { numbersOf } from './model-files.js'

/** @returns a graph as a model that only memory knows */
export function modelOf(graph: ModelGraph, name = 'model'): Model {
  const { inputs, outputs } = graph.main
  return {
    name,
    format: 'made',
    path: `/models/${name}`,
    bytes: 0,
    inputs,
    outputs,
    graph,
    sha256: () => Promise.resolve('0'.repeat(64)),
  }
}

/** @returns outputs of one run, by name */
export async function runOn(
  engine: Engine,
  model: Model,
  inputs: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const session = await engine.load(model, { threads: 1 })
  try {
    const run = session.bind(inputs)
    await run.run()
    return new Map(
      [...run.outputs()].map(([name, { dtype, shape, data }]) => [name, { dtype, shape: [...shape], data }]),
    )
  } finally {
    await session.close()
  }
}

/** Where two engines differ. */
export interface Difference {
  /** Names, types and sizes of outputs that are not the same; none is what is hoped for. */
  readonly other: readonly string[]
  /** Largest difference of two elements, as a share of the largest element where that is above 1. */
  readonly largest: number
}

/** @param expected - of the engine that is trusted */
export function differenceOf(found: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>): Difference {
  const other: string[] = []
  let largest = 0
  for (const [name, tensor] of expected) {
    const own = found.get(name)
    if (signature(own) !== signature(tensor)) other.push(`${name}: ${signature(own)}, not ${signature(tensor)}`)
    largest = Math.max(largest, relativeDifference(numbersOf(own), numbersOf(tensor)))
  }
  return { other, largest }
}

const signature = (tensor: Tensor | undefined): string => `${tensor?.dtype}[${tensor?.shape.join(', ')}]`

function relativeDifference(found: readonly number[], expected: readonly number[]): number {
  let [difference, size] = [0, 1]
  for (const [index, value] of expected.entries()) {
    const own = found[index] ?? Number.NaN
    if (Object.is(own, value) || own === value) continue
    difference = Math.max(difference, Number.isNaN(own - value) ? Number.POSITIVE_INFINITY : Math.abs(own - value))
    size = Math.max(size, Math.abs(value))
  }
  return difference / size
}

/** Weights that keep the values of a deep network near 1: as large as their number of inputs allows, variances above 0. */
export function withMadeWeights(graph: ModelGraph, random: () => number): ModelGraph {
  const variances = new Set(
    graph.main.nodes.flatMap(({ operator, inputs }) =>
      operator === 'BatchNormalization' ? [inputs[1], inputs[4]] : [],
    ),
  )
  const made = [...graph.main.initializers].map(([name, initializer]): [string, Initializer] => {
    const { dtype, shape } = initializer
    const count = shape.reduce((product, size) => product * size, 1)
    if (dtype !== 'float32' || count < 2) return [name, initializer]
    const fan = shape.length < 2 ? 16 : count / Math.max(...shape.slice(0, 1))
    const spread = Math.sqrt(6 / fan)
    const isPositive = variances.has(name)
    const values = Float32Array.from({ length: count }, () =>
      isPositive ? 0.5 + random() : (2 * random() - 1) * spread,
    )
    return [name, { ...initializer, data: memoryInitializer(name, values, shape).data }]
  })
  return { ...graph, main: { ...graph.main, initializers: new Map(made) } }
}
