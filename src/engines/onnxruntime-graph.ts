/** Opens a graph that lies in no ONNX file: small ones from memory, large ones through a file that passes by. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import { GreenbenchError } from '../core/errors.js'
import { foldBatchNormalization } from '../graph/fold-batch-normalization.js'
import type { ModelGraph } from '../graph/graph.js'
import { LARGEST_ONNX, writeOnnx, writeOnnxFile } from '../graph/onnx-writer.js'
import type { OnnxRuntime } from './onnxruntime-library.js'

/** A session, and what is left to do once it is closed. */
export interface OpenedGraph {
  readonly session: InferenceSession
  cleanUp(): Promise<void>
}

/** Below this, two copies in memory cost less than a file. */
const SMALLEST_FILE = 2 ** 22

/**
 * onnxruntime maps weights of a data file into memory and copies only what it rearranges, while bytes in memory are copied
 * whole first. The file lies in the folder for temporary files (`TMPDIR`); where it has no room, memory must do. Batch
 * normalisations are folded on the way, as onnxruntime does at every level but `disabled`, at the price of a copy.
 *
 * @throws {GreenbenchError} whatever the graph's weights throw when they are read; errors of onnxruntime as they come
 */
export async function openGraph(
  library: OnnxRuntime,
  graph: ModelGraph,
  native: InferenceSession.SessionOptions,
  signal: AbortSignal | undefined,
): Promise<OpenedGraph> {
  const isLarge = weightBytes(graph) >= SMALLEST_FILE
  const written = isLarge && native.graphOptimizationLevel !== 'disabled' ? foldBatchNormalization(graph) : graph
  const folder = isLarge ? await writeAside(written, signal) : undefined
  if (folder === undefined) {
    return { session: await library.InferenceSession.create(writeOnnx(written), native), cleanUp: async () => {} }
  }
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const session = await library.InferenceSession.create(join(folder, MODEL_FILE), native)
    // What is mapped stays readable without its name; only Windows keeps the name for as long.
    if (process.platform === 'win32') return { session, cleanUp: remove }
    await remove()
    return { session, cleanUp: async () => {} }
  } catch (cause) {
    await remove()
    throw cause
  }
}

const MODEL_FILE = 'model.onnx'

/** @returns the folder that holds model and weights; `undefined` where nothing can be written */
async function writeAside(graph: ModelGraph, signal: AbortSignal | undefined): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'greenbench-')).catch(() => undefined)
  if (folder === undefined) return undefined
  try {
    const options = { externalData: true, ...(signal === undefined ? {} : { signal }) }
    await writeOnnxFile(graph, join(folder, MODEL_FILE), options)
    return folder
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    // What is larger fits into no bytes in memory either, so the reason is this one.
    const fitsMemory = weightBytes(graph) < LARGEST_ONNX
    if (fitsMemory && cause instanceof GreenbenchError && cause.code === 'E_WRITE_FAILED') return undefined
    throw cause
  }
}

function weightBytes({ main }: ModelGraph): number {
  let bytes = 0
  for (const { data } of main.initializers.values()) bytes += data.byteLength
  return bytes
}
