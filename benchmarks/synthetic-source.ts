/** Made-up inputs as a source of batches. */
import type { Warning } from '../src/core/warning.js'
import type { ValueInfo } from '../src/graph/graph.js'
import type { FixedBatch } from './batch-sizes.js'
import type { InputSource } from './prepared-inputs.js'
import { syntheticInputs, syntheticShapes } from './synthetic-inputs.js'

/** Options of `syntheticSource`. */
export interface SyntheticOptions {
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined
  readonly seed: number
  /** Names of options that the caller gave and that mean nothing here. */
  readonly unused?: readonly string[]
}

/** @param inputs - of the model as its file declares them */
export function syntheticSource(inputs: readonly ValueInfo[], options: SyntheticOptions): InputSource {
  const { inputShapes, seed, unused = [] } = options
  const fixedBatch = fixedBatchOf(inputs, inputShapes)
  return {
    description: { kind: 'synthetic', description: describe(seed, fixedBatch) },
    fixedBatch,
    versions: {},
    shapes: (batchSize) => syntheticShapes(inputs, { inputShapes, batchSize }),
    prepare: async (session, batchSize) => {
      const run = session.bind(syntheticInputs(session.inputs, { inputShapes, batchSize }, seed))
      await run.run()
      return { pool: { runs: [run], next: 0 }, warnings: unusedWarnings(unused) }
    },
  }
}

/** The first axis is the batch: of the first input with more than one axis, unless some input leaves it free. */
export function fixedBatchOf(
  inputs: readonly ValueInfo[],
  inputShapes: ReadonlyMap<string, readonly number[]> | undefined,
): FixedBatch | undefined {
  const firsts = inputs.map(({ name, type }) => {
    const declared = type?.kind === 'tensor' ? type.shape : undefined
    const shape = inputShapes?.get(name) ?? declared
    return { name, shape, isByCaller: inputShapes?.has(name) === true && typeof declared?.[0] !== 'number' }
  })
  if (firsts.some(({ shape }) => shape === undefined || typeof shape[0] === 'object')) return undefined
  const main = firsts.find(({ shape }) => shape !== undefined && shape.length > 1)
  const size = main?.shape?.[0]
  return { size: typeof size === 'number' ? size : 1, input: main?.name, isByCaller: main?.isByCaller ?? false }
}

function unusedWarnings(names: readonly string[]): readonly Warning[] {
  if (names.length === 0) return []
  return [
    {
      code: 'W_OPTION_UNUSED',
      message: `${names.join(', ')} say how images are prepared, and the input is synthetic`,
      hint: 'leave them out, or give images',
    },
  ]
}

function describe(seed: number, fixed: FixedBatch | undefined): string {
  const values = `random values of seed ${seed}`
  if (fixed === undefined || fixed.size === 1) return values
  return `${values}; the first dimension of ${fixed.input}, ${fixed.size}, is taken for the batch`
}
