/** A session of onnxruntime whose inputs and outputs lie in memory of the caller, as a training step needs it. */
import type { Tensor as EngineTensor, InferenceSession } from 'onnxruntime-node'
import type { ModelGraph } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import type { EngineInfo, EngineOptions } from './engine.js'
import { explainEngineError } from './onnxruntime-error.js'
import { type OpenedGraph, openGraph } from './onnxruntime-graph.js'
import { loadOnnxRuntime, type OnnxRuntime, onnxRuntimeVersion } from './onnxruntime-library.js'
import { describeOptions, sessionOptions } from './onnxruntime-options.js'
import { emptyEngineTensor, fromEngineTensor, toEngineTensor } from './onnxruntime-tensor.js'
import { isOver, withSequenceInFront } from './uncopied-outputs.js'

/** A tensor as the engine takes it; it shares the elements of the tensor that it was made of. */
export type SharedTensor = EngineTensor

/** Tensors by the names of the graph. */
export type SharedTensors = Readonly<Record<string, SharedTensor>>

/**
 * Opens a graph on the CPU. Without memory patterns, which lay the values of a run out in one piece: a training step of
 * MobileNetV2 took 386 MB so, and 604 MB with them, in the same time.
 *
 * @param name - of the model, for messages
 * @throws {UnsupportedError | FormatError} what the engine says of a graph that it cannot open, in one line
 */
export async function openInPlace(name: string, graph: ModelGraph, options: EngineOptions): Promise<InPlaceSession> {
  const library = await loadOnnxRuntime()
  // A pattern of memory is laid out beside what the first run took: ResNet-50 at batch 8 then takes 2.7 GB in place of 1.8, and
  // a step costs the same processor time (1.00 of it).
  const native = { ...sessionOptions(library, options), enableMemPattern: false }
  const uncopied = withSequenceInFront(graph)
  try {
    const opened = await openGraph(library, uncopied.graph, native, options.signal)
    return new InPlaceSession(name, library, opened, uncopied.sequence, {
      name: 'onnxruntime',
      version: onnxRuntimeVersion(library),
      executionProvider: 'cpu',
      threads: options.threads,
      options: { ...describeOptions(options), enableMemPattern: false },
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
  #isClosed = false
  readonly #sequence: string
  /** Memory for what is fetched, by name. */
  readonly #fetched = new Map<string, SharedTensor | undefined>()
  #isCopied = false

  /** @param sequence - name of the graph's first output, an empty sequence */
  constructor(
    name: string,
    library: OnnxRuntime,
    { session, cleanUp }: OpenedGraph,
    sequence: string,
    info: EngineInfo,
  ) {
    this.info = info
    this.#name = name
    this.#library = library
    this.#session = session
    this.#cleanUp = cleanUp
    this.#sequence = sequence
  }

  /** @throws {UsageError} `E_INPUT_SHAPE`, `E_INPUT_TYPE` when elements, type and shape do not fit each other */
  share(name: string, tensor: Tensor): SharedTensor {
    return toEngineTensor(this.#library, name, tensor)
  }

  /**
   * @param outputs - to write in place; no two inputs and outputs may share memory
   * @param fetched - further outputs
   * @returns those; a later run may write over them
   */
  async run(
    inputs: SharedTensors,
    outputs: SharedTensors,
    fetched: readonly string[],
  ): Promise<ReadonlyMap<string, Tensor>> {
    const places = Object.fromEntries(fetched.map((name) => [name, this.#placeOf(name)]))
    const all = { ...outputs, ...places }
    const isCopied = this.#isCopied || Object.values(all).includes(undefined)
    const results = isCopied ? await this.#runCopied(inputs, all) : await this.#runUncopied(inputs, all)
    return new Map(
      fetched.flatMap((name) => (results[name] === undefined ? [] : [[name, fromEngineTensor(name, results[name])]])),
    )
  }

  async #runUncopied(inputs: SharedTensors, outputs: Places): Promise<Places> {
    try {
      const results = await this.#session.run(inputs, { [this.#sequence]: null, ...present(outputs) })
      return { ...outputs, ...results }
    } catch (cause) {
      if (isOver(cause)) return outputs
      const results = await this.#runCopied(inputs, outputs)
      this.#isCopied = true
      return results
    }
  }

  async #runCopied(inputs: SharedTensors, outputs: Places): Promise<Places> {
    try {
      return await this.#session.run(inputs, present(outputs))
    } catch (cause) {
      throw explainEngineError(cause, this.#name, 'run')
    }
  }

  /** @returns memory for an output of fixed size; `undefined` for others */
  #placeOf(name: string): SharedTensor | undefined {
    if (this.#fetched.has(name)) return this.#fetched.get(name)
    const found = this.#session.outputMetadata.find((output) => output.name === name)
    const place = found?.isTensor === true ? emptyEngineTensor(this.#library, found.type, found.shape) : undefined
    this.#fetched.set(name, place)
    return place
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#session.release()
    await this.#cleanUp()
  }
}

type Places = Readonly<Record<string, SharedTensor | undefined>>

/** `null` has the engine allocate an output. */
const present = (places: Places): Record<string, SharedTensor | null> =>
  Object.fromEntries(Object.entries(places).map(([name, place]) => [name, place ?? null]))
