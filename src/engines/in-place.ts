/** A session of onnxruntime whose inputs and outputs lie in memory of the caller, as a training step needs it. */
import type { Tensor as EngineTensor, InferenceSession } from 'onnxruntime-node'
import type { ModelGraph } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import type { EngineInfo, EngineOptions } from './engine.js'
import { explainEngineError } from './onnxruntime-error.js'
import { type OpenedGraph, openGraph } from './onnxruntime-graph.js'
import { loadOnnxRuntime, type OnnxRuntime, onnxRuntimeVersion } from './onnxruntime-library.js'
import { describeOptions, sessionOptions } from './onnxruntime-options.js'
import { fromEngineTensor, toEngineTensor } from './onnxruntime-tensor.js'

/** A tensor as the engine takes it; it shares the elements of the tensor that it was made of. */
export type SharedTensor = EngineTensor

/** Tensors by the names of the graph. */
export type SharedTensors = Readonly<Record<string, SharedTensor>>

/**
 * Opens a graph on the CPU.
 *
 * @param name - of the model, for messages
 * @throws {UnsupportedError | FormatError} what the engine says of a graph that it cannot open, in one line
 */
export async function openInPlace(name: string, graph: ModelGraph, options: EngineOptions): Promise<InPlaceSession> {
  const library = await loadOnnxRuntime()
  const native = sessionOptions(library, options)
  try {
    return new InPlaceSession(name, library, await openGraph(library, graph, native, options.signal), {
      name: 'onnxruntime',
      version: onnxRuntimeVersion(library),
      executionProvider: 'cpu',
      threads: options.threads,
      options: describeOptions(options),
    })
  } catch (cause) {
    throw explainEngineError(cause, name, 'load')
  }
}

/** Holds native memory until it is closed. */
export class InPlaceSession {
  readonly info: EngineInfo
  readonly #name: string
  readonly #library: OnnxRuntime
  readonly #session: InferenceSession
  readonly #cleanUp: () => Promise<void>

  constructor(name: string, library: OnnxRuntime, { session, cleanUp }: OpenedGraph, info: EngineInfo) {
    this.info = info
    this.#name = name
    this.#library = library
    this.#session = session
    this.#cleanUp = cleanUp
  }

  /** @throws {UsageError} `E_INPUT_SHAPE`, `E_INPUT_TYPE` when elements, type and shape do not fit each other */
  share(name: string, tensor: Tensor): SharedTensor {
    return toEngineTensor(this.#library, name, tensor)
  }

  /**
   * @param outputs - to write in place; no two inputs and outputs may share memory
   * @param fetched - further outputs, which the engine allocates
   * @returns those
   */
  async run(
    inputs: SharedTensors,
    outputs: SharedTensors,
    fetched: readonly string[],
  ): Promise<ReadonlyMap<string, Tensor>> {
    const left = Object.fromEntries(fetched.map((name) => [name, null]))
    try {
      const results = await this.#session.run(inputs, { ...outputs, ...left })
      return new Map(
        fetched.flatMap((name) => (results[name] === undefined ? [] : [[name, fromEngineTensor(name, results[name])]])),
      )
    } catch (cause) {
      throw explainEngineError(cause, this.#name, 'run')
    }
  }

  async close(): Promise<void> {
    await this.#session.release()
    await this.#cleanUp()
  }
}
