/** What a converter of a layer gets, and what it gives back. */

import { quoted } from '../../src/core/quoted.js'
import type { Attributes } from '../../src/graph/builder.js'
import type { Initializer } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import type { TensorElements } from '../../src/graph/tensor.js'
import { type Arrangement, arrange } from './arrange.js'
import { type CallArguments, TensorArgument } from './call-arguments.js'
import type { Fields } from './fields.js'
import type { Hdf5Dataset } from './hdf5.js'
import { layerError, weightError } from './keras-errors.js'
import type { KerasGraph, KerasShape, KerasTensor } from './keras-graph.js'
import { checkedShape } from './keras-graph.js'
import { isWidened, widened } from './widen.js'

/** Turns one call of a layer into nodes. @returns its output, or its outputs */
export type LayerConverter = (call: LayerCall) => KerasTensor | readonly KerasTensor[]

/** What a layer keeps from one call to the next: its weights are added to the graph once. */
export interface LayerState {
  readonly path: string
  readonly className: string
  readonly isTrainable: boolean
  readonly weights: readonly Hdf5Dataset[]
  readonly added: Map<string, string>
  /** Calls the model that the layer wraps, where it wraps one. */
  /** States of the layers that it is made of. */
  readonly parts: Map<string, LayerState>
  readonly callWrapped?: ((inputs: readonly KerasTensor[]) => readonly KerasTensor[]) | undefined
}

/** Everything about one call that is not the layer's own. */
export interface CallContext {
  readonly graph: KerasGraph
  /** Major version of the Keras that wrote the file; defaults differ. */
  readonly kerasVersion: number
  /** Finds the converter of a wrapped layer. */
  converterOf(className: string, name: string): LayerConverter
}

/** One call of one layer. */
export class LayerCall {
  readonly config: Fields
  /** Tensors among its arguments, without masks and states that have a name. */
  readonly inputs: readonly KerasTensor[]
  readonly state: LayerState
  readonly context: CallContext
  /** With what it is called, `inputs` included. */
  readonly arguments: CallArguments

  constructor(
    config: Fields,
    inputs: readonly KerasTensor[],
    state: LayerState,
    context: CallContext,
    callArguments?: CallArguments,
  ) {
    this.config = config
    this.inputs = inputs
    this.state = state
    this.context = context
    this.arguments = callArguments ?? { positional: inputs.map((input) => new TensorArgument(input)), keywords: {} }
  }

  get graph(): KerasGraph {
    return this.context.graph
  }

  /** @returns the only input */
  get input(): KerasTensor {
    const [first] = this.inputs
    if (first === undefined || this.inputs.length > 1) {
      throw this.refuse(`it is called with ${this.inputs.length} tensors, expected one`)
    }
    return first
  }

  /** @returns the argument that has this name, or stands in this place; `undefined` for `None` too */
  argument(name: string, position = Number.POSITIVE_INFINITY): unknown {
    const { keywords, positional } = this.arguments
    return (Object.hasOwn(keywords, name) ? keywords[name] : undefined) ?? positional[position]
  }

  /** @returns the tensor that is given as this argument */
  tensor(name: string, position?: number): KerasTensor | undefined {
    const value = this.argument(name, position)
    return value instanceof TensorArgument ? value.tensor : undefined
  }

  /** @returns the size of an axis that must be known before the run */
  sizeOf(shape: KerasShape, axis: number): number {
    const size = shape.at(axis)
    if (size === undefined) throw this.refuse(`the size of axis ${axis} of its input is not known`)
    return size
  }

  /**
   * A layer that this one is made of, e.g. one direction of a Bidirectional.
   *
   * @param name - tells it from its neighbours
   * @param weights - its part of this layer's weights
   */
  part(name: string, part: LayerPart): LayerCall {
    const { state } = this
    const known = state.parts.get(name)
    const path = name === '' ? state.path : `${state.path}/${name}`
    const { className, config, inputs, weights } = part
    const own = known ?? { ...state, className, path, weights, added: new Map(), parts: new Map() }
    state.parts.set(name, own)
    return new LayerCall(config, inputs, own, this.context)
  }

  /** Adds the layer's node under the layer's name. */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.graph.node(operator, inputs, attributes, { name: this.graph.builder.uniqueName(this.state.path) })
  }

  /** @returns a tensor with another name and shape */
  made(name: string, shape: KerasShape, from: KerasTensor = this.input): KerasTensor {
    return { ...from, name, shape: checkedShape(shape, this.state.path) }
  }

  /** How many weights the file keeps for the layer. */
  get weightCount(): number {
    return this.state.weights.length
  }

  /**
   * Adds weight `index` of the layer to the graph, unless an earlier call did.
   *
   * @param role - e.g. `kernel`, for its name
   * @param shape - sizes that it must have in the file
   * @param options - `trainable: false` for statistics; `arrangement` to keep it in another order of axes
   * @returns the name of the value
   * @throws {FormatError} `E_KERAS_WEIGHTS`
   */
  weight(index: number, role: string, shape: readonly number[], options: WeightOptions = {}): string {
    const dataset = this.dataset(index, role, shape)
    const arrangement = options.arrangement ?? { shape, order: undefined }
    const trainable = this.state.isTrainable && options.trainable !== false
    const make = (name: string) => ({ name, dtype: dataset.dtype, trainable, ...arrange(dataset, arrangement) })
    return this.#once(role, make, `${dataset.path} ${JSON.stringify(arrangement)}`)
  }

  /** Counts weight `index`, where the file keeps it, though nothing reads it: what Keras remembers of its training. */
  keepUnread(index: number, role: string): void {
    const dataset = this.state.weights[index]
    if (dataset === undefined || this.state.added.has(role)) return
    const { dtype, shape } = dataset
    const name = `${this.state.path}/${role}`
    this.state.added.set(role, name)
    this.graph.unreadWeights.push({ name, dtype, trainable: false, ...arrange(dataset, { shape }) })
  }

  /** Adds a weight made of the layer's datasets. @returns the name of the value */
  combinedWeight(
    role: string,
    shape: readonly number[],
    parts: readonly Hdf5Dataset[],
    fill: (parts: readonly Float32Array[], target: Float32Array) => void,
  ): string {
    const stored = parts.reduce((sum, part) => sum + part.byteLength / 4, 0)
    const elements = shape.reduce((product, size) => product * size, 1)
    const read = (): Uint8Array => {
      const target = new Float32Array(elements)
      fill(parts.map(floatsOf), target)
      return new Uint8Array(target.buffer)
    }
    const data = { byteLength: 4 * elements, read, readStrings: () => [] }
    const trainable = this.state.isTrainable
    const make = (name: string): Initializer => ({
      name,
      dtype: 'float32',
      shape,
      data,
      trainable,
      storedElements: stored,
    })
    return this.#once(role, make, parts.map(({ path }) => path).join(' '))
  }

  /** Adds numbers that Keras does not keep as weights, e.g. a scale of ones: no parameters. */
  filler(role: string, elements: TensorElements, shape?: readonly number[]): string {
    return this.#once(role, (name) => ({
      ...memoryInitializer(name, elements, shape ?? [elements.length]),
      storedElements: 0,
    }))
  }

  /** @returns a dataset of the layer after checking its shape and type */
  dataset(index: number, role: string, shape: readonly number[]): Hdf5Dataset {
    const { path, weights } = this.state
    const dataset = weights[index]
    if (dataset === undefined) {
      throw weightError(
        `layer ${quoted(path)}: its ${role} is missing, the file keeps ${weights.length} weights for it`,
      )
    }
    if (!isWidened(dataset.dtype)) throw this.refuse(`its ${role} is of type ${dataset.dtype}, which is no float type`)
    if (dataset.shape.length === shape.length && dataset.shape.every((size, axis) => size === shape[axis]))
      return widened(dataset)
    const [found, expected] = [dataset.shape.join(', '), shape.join(', ')]
    throw weightError(`layer ${quoted(path)}: its ${role} is [${found}], expected [${expected}]`)
  }

  /** @returns an error that names the layer */
  refuse(reason: string): Error {
    return layerError(this.state.className, this.state.path, reason)
  }

  /** @param place - where it lies in the file: layers that share a weight share it here */
  #once(role: string, make: (name: string) => Initializer, place?: string): string {
    const known = this.state.added.get(role) ?? (place === undefined ? undefined : this.graph.weights.get(place))
    const name = known ?? this.graph.builder.uniqueName(`${this.state.path}/${role}`)
    if (known === undefined) this.graph.builder.addInitializer(make(name))
    this.state.added.set(role, name)
    if (place !== undefined) this.graph.weights.set(place, name)
    return name
  }
}

/** What `LayerCall.part` is told of a layer. */
export interface LayerPart {
  readonly className: string
  readonly config: Fields
  readonly inputs: readonly KerasTensor[]
  readonly weights: readonly Hdf5Dataset[]
}

/** Options of `LayerCall.weight`. */
export interface WeightOptions {
  readonly trainable?: boolean
  readonly arrangement?: Arrangement
}

/** @returns the elements of a float32 dataset */
export function floatsOf(dataset: Hdf5Dataset): Float32Array {
  const bytes = dataset.read()
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}
