/**
 * The graph under construction: tensors with the sizes that Keras gives them and the order in which their axes lie.
 *
 * Keras mostly puts channels last, ONNX puts them at axis 1. A tensor that a convolution made stays with its channels at
 * axis 1 until something needs the order of Keras, so that transposes stand only where the two meet.
 */

import { quoted } from '../../src/core/quoted.js'
import { int, ints } from '../../src/graph/attributes.js'
import type { Attributes, GraphBuilder, NodeOptions } from '../../src/graph/builder.js'
import { DATA_TYPES, type DataType } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { configError } from './keras-errors.js'

/** Sizes in the order of Keras, batch first; `undefined` where the run decides. */
export type KerasShape = readonly (number | undefined)[]

/** A value of the graph as Keras sees it. */
export interface KerasTensor {
  /** Name of the value. */
  readonly name: string
  readonly dtype: DataType
  readonly shape: KerasShape
  /** `channels-first`: the last axis of `shape` lies at axis 1 of the value. */
  readonly layout: 'logical' | 'channels-first'
  /** Name of a value `[N, time]`, bool: which time steps count. */
  readonly mask?: string | undefined
}

const LARGEST_ELEMENTS = 2 ** 40

/** Adds nodes, and transposes where they are needed, each once. */
export class KerasGraph {
  readonly builder: GraphBuilder
  /** Weights of the model that no node reads. */
  readonly unreadWeights: Initializer[] = []
  /** In what the graph differs from the file. */
  readonly assumptions = new Set<string>()
  /** Names of weights by the places where they lie in the file. */
  readonly weights = new Map<string, string>()
  readonly #transposed = new Map<string, string>()
  /** Values in the order of Keras, and what they were made from. */
  readonly #origins = new Map<string, string>()

  constructor(builder: GraphBuilder) {
    this.builder = builder
  }

  /** @returns the name of the node's first output */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions = {}): string {
    return this.builder.node(operator, inputs, attributes, options)
  }

  /** @returns the tensor with its axes in the order of Keras */
  logical(tensor: KerasTensor): KerasTensor {
    if (tensor.layout === 'logical') return tensor
    const rank = tensor.shape.length
    const name = this.#transpose(tensor.name, [0, ...range(2, rank), 1])
    this.#origins.set(name, tensor.name)
    return { ...tensor, name, layout: 'logical' }
  }

  /** @returns the tensor with its last axis at axis 1 */
  channelsFirst(tensor: KerasTensor): KerasTensor {
    if (tensor.layout === 'channels-first' || tensor.shape.length < 3) return tensor
    const rank = tensor.shape.length
    const known = this.#origins.get(tensor.name)
    const name = known ?? this.#transpose(tensor.name, [0, rank - 1, ...range(1, rank - 1)])
    return { ...tensor, name, layout: 'channels-first' }
  }

  /** @returns where an axis of `shape` lies in the value; negative axes count from the end */
  physicalAxis(tensor: KerasTensor, axis: number): number {
    const rank = tensor.shape.length
    const logical = axis < 0 ? axis + rank : axis
    if (!Number.isInteger(logical) || logical < 0 || logical >= rank) {
      throw configError(`axis ${axis} of a tensor with ${rank} axes`)
    }
    if (tensor.layout === 'logical' || logical === 0) return logical
    return logical === rank - 1 ? 1 : logical + 1
  }

  /** One operator with one input that works element by element, in whatever order the axes lie. */
  elementwise(tensor: KerasTensor, operator: string, attributes: Attributes = {}): KerasTensor {
    return { ...tensor, name: this.node(operator, [tensor.name], attributes) }
  }

  /** An operator with a constant beside the tensor. */
  withScalar(operator: string, tensor: KerasTensor, value: number): KerasTensor {
    return { ...tensor, name: this.node(operator, [tensor.name, this.scalar(value, tensor.dtype)]) }
  }

  /** @returns a constant number, without axes */
  scalar(value: number, dtype: DataType = 'float32'): string {
    return this.floats([value], [], dtype)
  }

  /** @returns a constant of floating-point numbers that is part of the arithmetic and no parameter */
  floats(values: readonly number[], shape: readonly number[] = [values.length], dtype: DataType = 'float32'): string {
    const elements = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
    const name = this.builder.uniqueName('constant')
    return this.builder.addInitializer({ ...memoryInitializer(name, elements, shape), storedElements: 0 })
  }

  cast(tensor: KerasTensor, dtype: DataType): KerasTensor {
    if (tensor.dtype === dtype) return tensor
    return { ...tensor, dtype, name: this.node('Cast', [tensor.name], { to: int(DATA_TYPES[dtype].code) }) }
  }

  #transpose(name: string, order: readonly number[]): string {
    const key = `${name} ${order.join(' ')}`
    const known = this.#transposed.get(key)
    if (known !== undefined) return known
    const made = this.node('Transpose', [name], { perm: ints(order) })
    this.#transposed.set(key, made)
    return made
  }
}

/**
 * @returns the shape, when its sizes are whole, positive and believable
 * @throws {FormatError} `E_KERAS_CONFIG`
 */
export function checkedShape(shape: KerasShape, layer: string): KerasShape {
  const elements = shape.reduce<number>((product, size) => product * (size ?? 1), 1)
  const isFine = shape.every((size) => size === undefined || (Number.isSafeInteger(size) && size >= 1))
  if (isFine && elements <= LARGEST_ELEMENTS) return shape
  const text = shape.map((size) => size ?? 'free').join(', ')
  throw configError(`layer ${quoted(layer)} would give a tensor of shape [${text}]`)
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index)
