/** What onnxruntime computes of a model, as lists that golden files hold. */
import type { Model } from '../../formats/format.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { Tensor } from '../../src/graph/tensor.js'

/** One output, in the order of its elements. */
export interface OutputValues {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** @returns the outputs in the order of the model, after one run on one thread */
export async function runOnce(model: Model, inputs: ReadonlyMap<string, Tensor>): Promise<readonly OutputValues[]> {
  const session = await onnxRuntimeEngine().load(model, { threads: 1 })
  try {
    const run = session.bind(new Map(inputs))
    await run.run()
    return [...run.outputs().values()].map(({ shape, data }) => ({ shape, values: Array.from(data, Number) }))
  } finally {
    await session.close()
  }
}
