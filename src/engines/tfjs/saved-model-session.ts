/**
 * A SavedModel that TensorFlow itself has opened: its own graph runs, as it was saved.
 *
 * @see https://js.tensorflow.org/api_node/latest/#node.loadSavedModel
 */
import type { Tensor as TfjsTensor } from '@tensorflow/tfjs-core'
import type { Model } from '../../../formats/format.js'
import { UnsupportedError } from '../../core/errors.js'
import type { ValueInfo } from '../../graph/graph.js'
import type { Tensor, TensorElements } from '../../graph/tensor.js'
import type { BoundRun, EngineInfo, Session } from '../engine.js'
import { fromElements, tfjsType, toElements } from './elements.js'
import { givenInputs } from './given-inputs.js'
import { activate, type Tfjs, type TfjsLibrary } from './library.js'
import { runError, saidBy } from './run-error.js'
import { silenced } from './silenced.js'

/** The part of `tf.node` that is called here. */
interface NativeTfjs extends Tfjs {
  readonly node: {
    loadSavedModel(path: string, tags: string[], signature: string): Promise<NativeModel>
  }
}

interface NativeModel {
  predict(inputs: Readonly<Record<string, TfjsTensor>>): TfjsTensor | Readonly<Record<string, TfjsTensor>>
  dispose(): void
}

/** What one run gave, by name of the output. */
type Results = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Values }>
type Values = ArrayLike<number> | readonly string[]

const HINT = 'TensorFlow.js takes float32, int32, int64, uint8, bool and text; greenbench inspect shows the signature'

/**
 * @param library - tfjs-node, ready
 * @throws {UnsupportedError} `E_ENGINE_LOAD` with TensorFlow's reason
 */
export async function openSavedModel(
  library: TfjsLibrary,
  model: Model,
  folder: string,
  info: EngineInfo,
): Promise<Session> {
  const tags = (model.tag ?? '').split(',').filter((tag) => tag !== '')
  const speak = silenced()
  try {
    const native = await (library.tf as NativeTfjs).node.loadSavedModel(folder, tags, model.signature ?? '')
    return new SavedModelSession(library, native, model, { ...info, options: { ...info.options, graph: 'SavedModel' } })
  } catch (cause) {
    throw new UnsupportedError('E_ENGINE_LOAD', `${info.name} cannot open ${model.name}: ${saidBy(cause)}`, {
      hint: HINT,
      cause,
    })
  } finally {
    speak()
  }
}

class SavedModelSession implements Session {
  readonly info: EngineInfo
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #library: TfjsLibrary
  readonly #native: NativeModel
  readonly #model: string
  #isClosed = false

  constructor(library: TfjsLibrary, native: NativeModel, model: Model, info: EngineInfo) {
    this.#library = library
    this.#native = native
    this.#model = model.name
    this.info = info
    this.inputs = model.inputs
    this.outputs = model.outputs
  }

  bind(inputs: ReadonlyMap<string, Tensor>): BoundRun {
    return new SavedModelRun(this, givenInputs(this.inputs, inputs, this.#model))
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.#native.dispose()
    this.#isClosed = true
    return Promise.resolve()
  }

  /** One inference; the results have left the library when it ends. */
  async predict(inputs: ReadonlyMap<string, Tensor>): Promise<Results> {
    const { tf, backend } = this.#library
    if (tf.getBackend() !== backend) await activate(tf, backend, this.info.name)
    // The library warns of every int64 output.
    const speak = silenced()
    try {
      return this.#inTidy(inputs)
    } catch (cause) {
      throw runError(cause, this.#model, this.info.name, HINT)
    } finally {
      speak()
    }
  }

  #inTidy(inputs: ReadonlyMap<string, Tensor>): Results {
    const results = new Map<string, { shape: readonly number[]; values: Values }>()
    this.#library.tf.tidy(() => {
      const feeds = [...inputs].map(([name, tensor]) => [name, this.#upload(name, tensor)] as const)
      const made = this.#native.predict(Object.fromEntries(feeds)) as Readonly<Record<string, TfjsTensor>>
      for (const [name, tensor] of Object.entries(made)) {
        results.set(name, { shape: tensor.shape, values: tensor.dataSync() })
      }
    })
    return results
  }

  #upload(name: string, tensor: Tensor): TfjsTensor {
    const { dtype, shape, data } = tensor
    refuseWideNumbers(name, tensor)
    if (dtype === 'string') return this.#library.tf.tensor(data as readonly string[] as string[], [...shape], 'string')
    return this.#library.tf.tensor(toElements(tensor, `input ${name}`), [...shape], tfjsType(dtype, `input ${name}`))
  }
}

class SavedModelRun implements BoundRun {
  readonly #session: SavedModelSession
  readonly #inputs: ReadonlyMap<string, Tensor>
  #latest: Results = new Map()

  constructor(session: SavedModelSession, inputs: ReadonlyMap<string, Tensor>) {
    this.#session = session
    this.#inputs = inputs
  }

  async run(): Promise<void> {
    this.#latest = await this.#session.predict(this.#inputs)
  }

  outputs(): ReadonlyMap<string, Tensor> {
    return new Map(
      this.#session.outputs.flatMap(({ name, type }) => {
        const result = this.#latest.get(name)
        if (result === undefined || type?.kind !== 'tensor') return []
        const { shape, values } = result
        return [[name, { dtype: type.dtype, shape, data: elementsOf(type.dtype, values) }]]
      }),
    )
  }
}

function elementsOf(dtype: Tensor['dtype'], values: Values): TensorElements {
  return dtype === 'string' ? (values as readonly string[]) : fromElements(dtype, values as ArrayLike<number>)
}

/** TensorFlow.js has no int64: what it hands on as such were int32. */
function refuseWideNumbers(name: string, { dtype, data }: Tensor): void {
  if (dtype !== 'int64') return
  const wide = (data as BigInt64Array).find((value) => BigInt.asIntN(32, value) !== value)
  if (wide === undefined) return
  throw new UnsupportedError('E_INPUT_TYPE', `input ${name} holds ${wide}, tfjs-node takes whole numbers of 32 bits`, {
    hint: 'give smaller numbers',
  })
}
