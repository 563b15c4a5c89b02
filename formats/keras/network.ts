/** Walks through a model's config, from inputs to outputs, and converts each call of each layer once. */
import { quoted } from '../../src/core/quoted.js'
import { findConverter } from './find-converter.js'
import { configError } from './keras-errors.js'
import type { KerasTensor } from './keras-graph.js'
import { type CallContext, LayerCall, type LayerState } from './layer-call.js'
import type { KerasLayerRegistry } from './layer-registry.js'
import type { LayerCallConfig, LayerConfig, ModelConfig, TensorRef } from './model-config.js'
import type { WeightScope } from './weights.js'

/** What all networks of one file share. */
export interface NetworkContext extends CallContext {
  readonly registry: KerasLayerRegistry
  /** Calls converted so far: models that call models twice, and so on, would never end. */
  readonly budget: { calls: number }
}

const MOST_CALLS = 100_000

/** A model's layers, ready to be called; their weights are added to the graph once, however often it is called. */
export class Network {
  readonly #model: ModelConfig
  readonly #path: string
  readonly #isTrainable: boolean
  readonly #weights: WeightScope
  readonly #context: NetworkContext
  readonly #layers: ReadonlyMap<string, LayerConfig>
  readonly #states = new Map<string, LayerState>()
  readonly #networks = new Map<string, Network>()

  constructor(model: ModelConfig, weights: WeightScope, context: NetworkContext, path = '', isTrainable = true) {
    this.#model = model
    this.#path = path
    this.#isTrainable = isTrainable && model.isTrainable
    this.#weights = weights
    this.#context = context
    this.#layers = new Map(model.layers.map((layer) => [layer.name, layer]))
    if (this.#layers.size !== model.layers.length)
      throw configError(`model ${quoted(model.name)} has two layers of one name`)
  }

  /** @returns the outputs for these inputs */
  call(inputs: readonly KerasTensor[]): readonly KerasTensor[] {
    return this.#model.isSequential ? this.#callInOrder(inputs) : this.#callByGraph(inputs)
  }

  #callInOrder(inputs: readonly KerasTensor[]): readonly KerasTensor[] {
    let current = inputs
    for (const layer of this.#model.layers) {
      if (layer.className !== 'InputLayer') current = this.#convert(layer, current)
    }
    return current
  }

  #callByGraph(inputs: readonly KerasTensor[]): readonly KerasTensor[] {
    const done = new Map<string, readonly KerasTensor[]>()
    if (inputs.length !== this.#model.inputs.length) {
      throw configError(
        `model ${quoted(this.#model.name)} takes ${this.#model.inputs.length} inputs, not ${inputs.length}`,
      )
    }
    for (const [index, { layer }] of this.#model.inputs.entries()) {
      const tensor = inputs[index]
      if (tensor !== undefined) done.set(keyOf(layer, 0), [tensor])
    }
    for (const output of this.#model.outputs) this.#resolve(output, done)
    return this.#model.outputs.map((output) => this.#tensorOf(output, done))
  }

  /** Without recursion, since a model may have thousands of layers in a row. */
  #resolve(wanted: TensorRef, done: Map<string, readonly KerasTensor[]>): void {
    const open = new Set<string>()
    const stack = [wanted]
    for (let ref = stack.at(-1); ref !== undefined; ref = stack.at(-1)) {
      const { layer, call, key } = this.#find(ref)
      if (done.has(key)) {
        stack.pop()
        continue
      }
      if (call === undefined) throw configError(`layer ${quoted(layer.name)} is read, but nothing feeds it`)
      const sources = sourcesOf(call)
      const missing = sources.filter((source) => !done.has(this.#find(source).key))
      if (missing.length === 0) {
        done.set(
          key,
          this.#convert(
            layer,
            sources.map((source) => this.#tensorOf(source, done)),
            call,
          ),
        )
        stack.pop()
      } else {
        if (open.has(key)) throw configError(`layer ${quoted(layer.name)} feeds itself`)
        open.add(key)
        stack.push(...missing)
      }
    }
  }

  #find({ layer: name, node }: TensorRef) {
    const layer = this.#layers.get(name)
    if (layer === undefined) throw configError(`layer ${quoted(name)} is read, but not there`)
    // A model keeps the numbers that its layers' calls had where it was built: a single call is that one.
    const index = layer.calls.length <= 1 ? 0 : node
    return { layer, call: layer.calls[index], key: keyOf(name, index) }
  }

  #tensorOf(ref: TensorRef, done: ReadonlyMap<string, readonly KerasTensor[]>): KerasTensor {
    const tensor = done.get(this.#find(ref).key)?.[ref.tensor]
    if (tensor === undefined) throw configError(`layer ${quoted(ref.layer)} has no output ${ref.tensor}`)
    return tensor
  }

  #convert(layer: LayerConfig, inputs: readonly KerasTensor[], call?: LayerCallConfig): readonly KerasTensor[] {
    const { budget, registry } = this.#context
    budget.calls += 1
    if (budget.calls > MOST_CALLS) throw configError(`the model calls more than ${MOST_CALLS} layers`)
    if (layer.nested !== undefined) return this.#nested(layer).call(inputs)
    const convert = findConverter(registry, layer)
    const made = convert(new LayerCall(layer.config, inputs, this.#stateOf(layer), this.#context, call))
    return Array.isArray(made) ? made : [made as KerasTensor]
  }

  #nested(layer: LayerConfig): Network {
    const known = this.#networks.get(layer.name)
    if (known !== undefined || layer.nested === undefined) return known ?? this
    const path = this.#pathOf(layer)
    const network = new Network(layer.nested, this.#weights.nested(layer), this.#context, path, this.#isTrainable)
    this.#networks.set(layer.name, network)
    return network
  }

  #stateOf(layer: LayerConfig): LayerState {
    const known = this.#states.get(layer.name)
    if (known !== undefined) return known
    const state = {
      path: this.#pathOf(layer),
      className: layer.className,
      isTrainable: this.#isTrainable && layer.config.flag('trainable', true),
      weights: this.#weights.of(layer),
      added: new Map<string, string>(),
    }
    this.#states.set(layer.name, state)
    return state
  }

  #pathOf(layer: LayerConfig): string {
    return this.#path === '' ? layer.name : `${this.#path}/${layer.name}`
  }
}

/** Tensors among the arguments, then those among the keywords. */
function sourcesOf(call: LayerCallConfig): readonly TensorRef[] {
  return [...call.inputs, ...call.keywordInputs]
}

const keyOf = (layer: string, node: number): string => `${node} ${layer}`
