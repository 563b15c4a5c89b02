/** Whether a written ONNX file is what it should be: onnxruntime loads it, and it computes what its model computes. */
import type { Model } from '../formats/format.js'
import { onnxFormat } from '../formats/onnx/onnx-format.js'
import { openSource } from '../formats/source.js'
import { GreenbenchError, InterruptedError, UnsupportedError } from '../src/core/errors.js'
import { onnxRuntimeEngine } from '../src/engines/onnxruntime.js'
import type { Tensor } from '../src/graph/tensor.js'
import { outputDifference } from './output-difference.js'
import { syntheticSource } from './synthetic-source.js'

/** What was found out about a file; absent where it was not tried, and then `reason` says why. */
export interface ConversionCheck {
  /** Name and version of the engine that loaded it. */
  readonly engine?: string
  /** True when both gave the same outputs, bit by bit, for the same random inputs. */
  readonly isEqual?: boolean
  /** Largest absolute difference between outputs of floating type, where they are not equal. */
  readonly largestDifference?: number
  readonly reason?: string
}

/** Options of `checkConversion`. */
export interface CheckOptions {
  readonly check?: boolean
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  readonly signal?: AbortSignal
}

const SEED = 42

/**
 * @param model - the file comes from it
 * @throws {GreenbenchError} when onnxruntime does not load the file, or runs the model and not the file
 */
export async function checkConversion(model: Model, path: string, options: CheckOptions): Promise<ConversionCheck> {
  if (options.check === false) return { reason: 'not asked for' }
  const written = await onnxFormat.load(openSource(path), {})
  const expected = await runOnce(model, options).catch(reasonOf)
  const found = await runOnce(written, options, !(expected instanceof GreenbenchError)).catch(refuse)
  const { engine } = found
  if (expected instanceof GreenbenchError) return { engine, reason: `not run: ${expected.message}` }
  return { engine, ...outputDifference(expected.outputs, found.outputs) }
}

interface Run {
  readonly engine: string
  readonly outputs: ReadonlyMap<string, Tensor>
}

/** One thread, so that sums have one order. */
async function runOnce(model: Model, { inputShapes, signal }: CheckOptions, isToRun = true): Promise<Run> {
  const session = await onnxRuntimeEngine().load(model, { threads: 1, ...(signal === undefined ? {} : { signal }) })
  try {
    const { name, version } = session.info
    const engine = `${name} ${version}`
    if (!isToRun) return { engine, outputs: new Map() }
    const source = syntheticSource(model.inputs, { inputShapes, seed: SEED })
    const { pool } = await source.prepare(session, source.fixedBatch?.size ?? 1, true)
    // The engine takes its memory back when the session closes.
    return { engine, outputs: structuredClone(pool.runs[0]?.outputs() ?? new Map()) }
  } finally {
    await session.close()
  }
}

/** The engine's words, and the way past it. */
function refuse(error: unknown): never {
  if (!(error instanceof GreenbenchError) || error instanceof InterruptedError) throw error
  throw new UnsupportedError(error.code, `${error.message}; nothing is written`, {
    hint: '--no-check writes the file all the same',
    cause: error,
  })
}

/** A model that cannot be run here may be written all the same: then the file is only loaded. */
function reasonOf(error: unknown): GreenbenchError {
  if (error instanceof GreenbenchError && !(error instanceof InterruptedError)) return error
  throw error
}
