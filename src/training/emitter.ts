/** Writes the nodes of a training graph: every gradient rule speaks through this, in operators of opset 21. */

import { UnsupportedError } from '../core/errors.js'
import type { ChannelBlock } from '../engines/channel-block.js'
import { int, ints, tensorAttribute } from '../graph/attributes.js'
import type { Attributes, GraphBuilder } from '../graph/builder.js'
import type { DataType } from '../graph/data-type.js'
import { memoryInitializer } from '../graph/memory-initializer.js'
import type { TensorElements } from '../graph/tensor.js'
import { BlockedValues } from './blocked/blocked-values.js'
import type { WeightLayout } from './blocked/weight-layout.js'

/** Sizes that are known before the run: a training graph has no free ones. */
export type Sizes = readonly number[]

/** Adds nodes and constants under names of their own; equal constants are kept once. Values go by their names. */
export class Emitter {
  readonly builder: GraphBuilder
  readonly #prefix: string
  readonly #constants = new Map<string, string>()
  readonly #scalars = new Set<string>()
  #blocks: BlockedValues | undefined

  /** @param prefix - of all names given here, so that they meet no name of the model or of another pass */
  constructor(builder: GraphBuilder, prefix: string) {
    this.builder = builder
    this.#prefix = prefix
  }

  /** Values whose channels lie in blocks; absent unless `useBlocks` was called. */
  get blocks(): BlockedValues | undefined {
    return this.#blocks
  }

  /** From now on, values may have blocked channels. @param weights - those whose inputs are blocked */
  useBlocks(block: ChannelBlock, weights: ReadonlyMap<string, WeightLayout>): void {
    this.#blocks = new BlockedValues(this, block, weights)
  }

  /** Tells that a value has one element. */
  noteScalar(name: string): void {
    this.#scalars.add(name)
  }

  /** @returns a name that no value has yet */
  name(hint: string): string {
    return this.builder.uniqueName(`${this.#prefix}/${hint}`)
  }

  /** @returns the name of the node's only output */
  op(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const [output = ''] = this.ops(operator, inputs, 1, attributes)
    return output
  }

  /** @returns the names of the node's outputs */
  ops(
    operator: string,
    inputs: readonly string[],
    outputs: number | readonly string[],
    attributes: Attributes = {},
    domain = '',
  ): readonly string[] {
    const name = this.name(operator)
    if (this.#blocks !== undefined && domain === '') {
      const output = typeof outputs === 'number' ? `${name}_plain` : (outputs[0] ?? '')
      const isScalar = (value: string) => this.#scalars.has(value)
      if (this.#blocks.writeElementwise(operator, inputs, output, attributes, isScalar)) return [output]
    }
    this.#blocks?.write(inputs)
    return this.builder.nodeWithOutputs(operator, inputs, attributes, { name, outputs, domain })
  }

  /** @returns an int64 constant: a vector for a list, a scalar for a number */
  whole(values: Sizes | number): string {
    const list = typeof values === 'number' ? [values] : values
    const shape = typeof values === 'number' ? [] : [list.length]
    return this.#constant(BigInt64Array.from(list, BigInt), shape, 'int64')
  }

  /** @returns a constant of that floating-point type, row-major; a scalar without `shape` */
  float(values: readonly number[] | number, dtype: DataType, shape: Sizes = []): string {
    const list = typeof values === 'number' ? [values] : values
    return this.#constant(floatElements(list, dtype), shape, dtype)
  }

  /** @returns zeros, made when the graph runs */
  zeros(sizes: Sizes, dtype: DataType): string {
    const value = tensorAttribute(memoryInitializer('', floatElements([0], dtype), [1]))
    return this.op('ConstantOfShape', [this.whole(sizes)], { value })
  }

  add = (a: string, b: string): string => this.op('Add', [a, b])
  sub = (a: string, b: string): string => this.op('Sub', [a, b])
  mul = (a: string, b: string): string => this.op('Mul', [a, b])
  div = (a: string, b: string): string => this.op('Div', [a, b])
  square = (a: string): string => this.op('Mul', [a, a])

  /** @returns the sum of one or more values of one shape */
  sum(values: readonly string[]): string {
    const [first = '', second] = values
    if (second === undefined) return first
    return this.op(values.length === 2 ? 'Add' : 'Sum', values)
  }

  reduceSum(value: string, axes: Sizes, keepsAxes = true): string {
    return axes.length === 0
      ? value
      : this.op('ReduceSum', [value, this.whole(axes)], { keepdims: int(Number(keepsAxes)) })
  }

  reduceMean(value: string, axes: Sizes, keepsAxes = true): string {
    return axes.length === 0
      ? value
      : this.op('ReduceMean', [value, this.whole(axes)], { keepdims: int(Number(keepsAxes)) })
  }

  reshape(value: string, sizes: Sizes): string {
    return this.op('Reshape', [value, this.whole(sizes)], { allowzero: int(1) })
  }

  expand(value: string, sizes: Sizes): string {
    return this.op('Expand', [value, this.whole(sizes)])
  }

  transpose(value: string, order: Sizes): string {
    return order.every((axis, index) => axis === index) ? value : this.op('Transpose', [value], { perm: ints(order) })
  }

  /** @returns the slices that `order` names along an axis, in that order */
  gather(value: string, axis: number, order: Sizes): string {
    return order.every((from, index) => from === index)
      ? value
      : this.op('Gather', [value, this.whole(order)], { axis: int(axis) })
  }

  /** @returns `[from, to)` of one axis */
  slice(value: string, axis: number, from: number, to: number, step = 1): string {
    return this.op('Slice', [value, this.whole([from]), this.whole([to]), this.whole([axis]), this.whole([step])])
  }

  /** @param pads - zeros before each axis, then behind each; negative ones take elements away */
  pad(value: string, pads: Sizes): string {
    return pads.every((pad) => pad === 0) ? value : this.op('Pad', [value, this.whole(pads)])
  }

  /** Undoes broadcasting: sums over the axes that were repeated. */
  sumTo(value: string, from: Sizes, to: Sizes): string {
    const added = from.length - to.length
    const axes = from.flatMap((size, axis) => (axis < added || (to[axis - added] === 1 && size !== 1) ? [axis] : []))
    const sum = this.reduceSum(value, axes)
    return added === 0 ? sum : this.reshape(sum, to)
  }

  #constant(elements: TensorElements, shape: Sizes, dtype: DataType): string {
    const key = `${dtype}[${shape.join(',')}]${elements.join(',')}`
    const found = this.#constants.get(key)
    if (found !== undefined) return found
    const name = this.builder.initializer(this.name('constant'), elements, shape, { dtype })
    this.#constants.set(key, name)
    if (elements.length === 1) this.noteScalar(name)
    return name
  }
}

function floatElements(values: readonly number[], dtype: DataType): TensorElements {
  if (dtype === 'float32') return Float32Array.from(values)
  if (dtype === 'float64') return Float64Array.from(values)
  throw new UnsupportedError('E_TRAINING_TYPE', `training computes in float32 or float64, this value is ${dtype}`, {
    hint: 'export the model in float32',
  })
}
