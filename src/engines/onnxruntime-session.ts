/** A model that onnxruntime has opened. */
import type { InferenceSession } from 'onnxruntime-node'
import type { Model } from '../../formats/format.js'
import { UnsupportedError, UsageError } from '../core/errors.js'
import type { ValueInfo } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import type { BoundRun, EngineInfo, Session } from './engine.js'
import type { OpenedGraph } from './onnxruntime-graph.js'
import type { OnnxRuntime } from './onnxruntime-library.js'
import { OnnxRuntimeRun, type RunContext } from './onnxruntime-run.js'
import { signatureOf } from './onnxruntime-signature.js'

/** Holds native memory until it is closed. */
export class OnnxRuntimeSession implements Session {
  readonly info: EngineInfo
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #session: InferenceSession
  readonly #cleanUp: () => Promise<void>
  readonly #context: RunContext
  #isClosed = false

  constructor(library: OnnxRuntime, { session, cleanUp }: OpenedGraph, model: Model, info: EngineInfo) {
    this.#session = session
    this.#cleanUp = cleanUp
    this.inputs = signatureOf(session.inputMetadata, model.inputs)
    this.outputs = signatureOf(session.outputMetadata, model.outputs)
    const fetched = tensorOutputs(session, model)
    const left = session.outputNames.filter((name) => !fetched.includes(name))
    const isWhole = left.length === 0
    this.info = isWhole ? info : { ...info, options: { ...info.options, outputsNotFetched: left.join(', ') } }
    this.#context = { library, session, model: model.name, fetched: isWhole ? undefined : fetched }
  }

  bind(inputs: ReadonlyMap<string, Tensor>): BoundRun {
    for (const { name, isTensor } of this.#session.inputMetadata) {
      if (!isTensor) throw notATensor(this.#context.model, `input ${name}`)
      if (!inputs.has(name)) {
        throw new UsageError('E_INPUT_MISSING', `input ${name} of ${this.#context.model} was given no values`)
      }
    }
    return new OnnxRuntimeRun(this.#context, inputs)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#session.release()
    await this.#cleanUp()
  }
}

/** Sequences and maps cannot be handed to JavaScript; the model runs all the same as long as one output is a tensor. */
function tensorOutputs(session: InferenceSession, model: Model): readonly string[] {
  const names = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name)
  if (names.length > 0) return names
  throw notATensor(model.name, `output ${session.outputNames.join(', ')}`)
}

function notATensor(model: string, value: string): UnsupportedError {
  return new UnsupportedError('E_VALUE_KIND', `${value} of ${model} is a sequence, map, optional or sparse tensor`, {
    hint: 'onnxruntime-node passes dense tensors only; greenbench inspect still counts the model',
  })
}
