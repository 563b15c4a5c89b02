/** Walks through a model's config, from inputs to outputs, and converts each call of each layer once. */
import { quoted } from '../../src/core/quoted.js'
import { type CallArguments, readArguments, TensorArgument } from './call-arguments.js'
import { findConverter, isOperator } from './find-converter.js'
import { configError, layerError } from './keras-errors.js'
import type { KerasGraph, KerasTensor } from './keras-graph.js'
import { type CallContext, LayerCall, type LayerState } from './layer-call.js'
import type { KerasLayerRegistry } from './layer-registry.js'
import { maskedInputs, withoutLostMasks } from './masks.js'
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
  /** Highest number of a call that anything reads, by layer. */
  #lastNodes: ReadonlyMap<string, number> | undefined
  readonly #states = new Map<string, LayerState>()
  readonly #networks = new Map<string, Network>()

  constructor(model: ModelConfig, weights: WeightScope, context: NetworkContext, path = '', isTrainable = true) {
    this.#model = model
    this.#path = path
    // Keras 3 asks each layer: what is said of the model around it counts for the outermost one alone.
    const isAsked = path === '' || context.kerasVersion < 3
    this.#isTrainable = isTrainable && (model.isTrainable || !isAsked)
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
      if (layer.className === 'InputLayer') continue
      current = this.#convert(layer, { positional: current.map((tensor) => new TensorArgument(tensor)), keywords: {} })
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
    const outputs = this.#outputs()
    for (const output of outputs) this.#resolve(output, done)
    return outputs.map((output) => this.#tensorOf(output, done))
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
        const tensorOf = (source: TensorRef) => this.#tensorOf(source, done)
        done.set(key, this.#convert(layer, readArguments(call, tensorOf)))
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
    const index = layer.calls.length <= 1 ? 0 : node - this.#firstNode(layer)
    return { layer, call: layer.calls[index], key: keyOf(name, index) }
  }

  /** A model that is used as a layer may keep the numbers that its calls had elsewhere: the last one is the last. */
  #firstNode({ calls, name, nested }: LayerConfig): number {
    if (nested === undefined) return 0
    this.#lastNodes ??= lastNodesOf(this.#model)
    return Math.max(0, (this.#lastNodes.get(name) ?? 0) - calls.length + 1)
  }

  /** Where Keras 3 lists a model's outputs, it counts the calls of a model within from 1. */
  #outputs(): readonly TensorRef[] {
    if (this.#context.kerasVersion < 3) return this.#model.outputs
    return this.#model.outputs.map((ref) => {
      const { calls = [], nested } = this.#layers.get(ref.layer) ?? {}
      const isCounted = nested !== undefined && !nested.isSequential && calls.length > 1
      return isCounted ? { ...ref, node: Math.max(0, ref.node - 1) } : ref
    })
  }

  #tensorOf(ref: TensorRef, done: ReadonlyMap<string, readonly KerasTensor[]>): KerasTensor {
    const tensor = done.get(this.#find(ref).key)?.[ref.tensor]
    if (tensor === undefined) throw configError(`layer ${quoted(ref.layer)} has no output ${ref.tensor}`)
    return tensor
  }

  #convert(layer: LayerConfig, given: CallArguments): readonly KerasTensor[] {
    const { budget, registry } = this.#context
    budget.calls += 1
    if (budget.calls > MOST_CALLS) throw configError(`the model calls more than ${MOST_CALLS} layers`)
    const inputs = maskedInputs(given)
    if (layer.nested !== undefined) return this.#nested(layer, layer.nested).call(inputs)
    const convert = findConverter(registry, layer)
    checkPrecision(layer, this.#context.graph)
    const made = convert(new LayerCall(layer.config, inputs, this.#stateOf(layer), this.#context, given))
    return withoutLostMasks(layer, isOperator(layer), inputs, Array.isArray(made) ? made : [made as KerasTensor])
  }

  #nested(layer: LayerConfig, model: ModelConfig): Network {
    const known = this.#networks.get(layer.name)
    if (known !== undefined) return known
    const path = this.#pathOf(layer)
    const network = new Network(model, this.#weights.nested(layer), this.#context, path, this.#isTrainable)
    this.#networks.set(layer.name, network)
    return network
  }

  #stateOf(layer: LayerConfig): LayerState {
    const known = this.#states.get(layer.name)
    if (known !== undefined) return known
    const { wrapped } = layer
    const state = {
      path: this.#pathOf(layer),
      className: layer.className,
      isTrainable: this.#isTrainable && layer.config.flag('trainable', true),
      weights: this.#weights.of(layer),
      added: new Map<string, string>(),
      parts: new Map<string, LayerState>(),
      callWrapped: wrapped && ((inputs: readonly KerasTensor[]) => this.#nested(layer, wrapped).call(inputs)),
    }
    this.#states.set(layer.name, state)
    return state
  }

  #pathOf(layer: LayerConfig): string {
    return this.#path === '' ? layer.name : `${this.#path}/${layer.name}`
  }
}

function lastNodesOf({ layers }: ModelConfig): ReadonlyMap<string, number> {
  const last = new Map<string, number>()
  const refs = layers.flatMap(({ calls }) => calls.flatMap((call) => sourcesOf(call)))
  for (const { layer, node } of refs) last.set(layer, Math.max(node, last.get(layer) ?? 0))
  return last
}

/** Tensors among the arguments, then those among the keywords. */
function sourcesOf(call: LayerCallConfig): readonly TensorRef[] {
  return [...call.inputs, ...call.keywordInputs]
}

/** Types in which Keras computes, but the graph does not. */
const OTHER_TYPES = new Set(['float16', 'bfloat16', 'float64', 'mixed_float16', 'mixed_bfloat16'])

/** Quantised layers of Keras 3 also quantise their inputs, which changes what they compute: they are refused. */
function checkPrecision({ className, config, name }: LayerConfig, graph: KerasGraph): void {
  const policy = config.get('dtype')
  const isObject = typeof policy === 'object' && policy !== null && 'class_name' in policy
  const kind = isObject ? String(policy.class_name) : 'Policy'
  if (kind !== 'DTypePolicy' && kind !== 'Policy') {
    throw layerError(className, name, `its weights are quantised (${quoted(kind)}), which is not read`)
  }
  const type = isObject ? config.object('dtype')?.object('config')?.get('name') : policy
  if (typeof type !== 'string' || !OTHER_TYPES.has(type)) return
  graph.assumptions.add(`Keras computes this model in ${type}; here it is computed in float32`)
}

const keyOf = (layer: string, node: number): string => `${node} ${layer}`
