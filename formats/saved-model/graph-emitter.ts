/** Writes nodes of ONNX one by one and knows at once what type they give, so that shapes can be followed on the way. */

import { ints } from '../../src/graph/attributes.js'
import { type Attributes, GraphBuilder } from '../../src/graph/builder.js'
import { elementsOf } from '../../src/graph/builder-options.js'
import type { DataType } from '../../src/graph/data-type.js'
import { type Dimension, symbol } from '../../src/graph/dimension.js'
import type { Initializer, ModelGraph, Node, ValueType } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { reshapedInitializer, transposedInitializer } from '../../src/graph/transpose.js'
import { constantValue, dtypeOf, numbersOf, shapeOf } from '../../src/operators/known-value.js'
import { isComputedFromConstants, outputsOf, settle } from '../../src/operators/node-output.js'
import { type GraphServices, NodeView } from '../../src/operators/node-view.js'
import type { KnownValue } from '../../src/operators/rule.js'
import { findRule, OPERATOR_TABLE } from '../../src/operators/table.js'
import { Flow, type Origin, type Value, withChannelsFirst, withChannelsLast } from './flow.js'

const OPSET = 21
/** Whole numbers of these types are computed here; floating point is left to the engine, which rounds its own way. */
const FOLDED: ReadonlySet<DataType | undefined> = new Set<DataType>(['int32', 'int64', 'bool'])

/** What a node may be told beside operator, inputs and attributes. */
export interface EmitOptions {
  /** Name to take, or to start from where it is taken. */
  readonly name?: string
  readonly outputs?: number
}

/** Builds the graph of one SavedModel. */
export class GraphEmitter {
  readonly #builder: GraphBuilder
  readonly #names = new Map<Initializer, string>()
  readonly #rearranged = new Map<Initializer, Map<string, Value>>()
  readonly #services: GraphServices
  #unknown = 0
  /** Name of the TensorFlow node that is being converted: nodes are named after it. */
  current = ''

  constructor(name: string) {
    this.#builder = new GraphBuilder(name)
    this.#services = {
      opsets: new Map([['', OPSET]]),
      argument: () => undefined,
      unknownDimension: (hint) => this.#unknownDimension(hint),
      inferSubgraph: () => [],
      assume: () => {},
    }
  }

  input(name: string, type: ValueType): Value {
    this.#builder.inputOfType(name, type)
    return { name, known: { type } }
  }

  output(name: string, value: Value): void {
    const [named] = this.#builder.nodeWithOutputs('Identity', [this.#nameOf(value)], {}, { outputs: [name] })
    this.#builder.outputOfType(named ?? name, value.known.type)
  }

  build(producer: { readonly name: string; readonly version: string }): ModelGraph {
    return this.#builder.build({ opset: OPSET, producer })
  }

  /** @returns a constant of the file */
  constant(initializer: Initializer): Value {
    return { name: initializer.name, known: constantValue(initializer), initializer }
  }

  /** @returns a small constant; a number gives a scalar */
  numbers(values: readonly number[] | number, dtype: DataType = 'int64'): Value {
    const list = typeof values === 'number' ? [values] : values
    const shape = typeof values === 'number' ? [] : [list.length]
    return this.constant(numberInitializer('constant', list, shape, dtype))
  }

  /** Writes a node. @returns its first output */
  emit(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): Value {
    const [first] = this.emitAll(operator, inputs, attributes, options)
    return first ?? { name: '', known: { type: undefined } }
  }

  /** Writes a node. @returns all its outputs */
  emitAll(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): Value[] {
    const name = this.#builder.uniqueName(options.name ?? (this.current || operator))
    const names = inputs.map((input) => (input === undefined ? '' : this.#nameOf(input)))
    while (names.at(-1) === '') names.pop()
    const outputs = this.#builder.nodeWithOutputs(operator, names, attributes, { name, outputs: options.outputs ?? 1 })
    const node: Node = {
      name,
      operator,
      domain: '',
      inputs: names,
      outputs,
      attributes: new Map(Object.entries(attributes)),
    }
    const known = inputs.slice(0, names.length).map((input) => input?.known)
    return this.#infer(node, known).map((value, index) => folded(outputs[index] ?? '', value))
  }

  /** @returns the tensor with axes in TensorFlow's order */
  plain(flow: Flow): Value {
    const { plain, channelsFirst } = flow
    if (plain !== undefined) return plain
    if (channelsFirst === undefined) throw new TypeError('a tensor has no form')
    const rank = shapeOf(channelsFirst.known)?.length ?? 0
    const value = this.emit(
      'Transpose',
      [channelsFirst],
      { perm: ints(withChannelsLast(range(rank))) },
      this.#derived('channels_last'),
    )
    flow.plain = value
    return value
  }

  /** @returns the tensor with its last axis at place 1 */
  channelsFirst(flow: Flow): Value {
    const { plain, channelsFirst } = flow
    if (channelsFirst !== undefined) return channelsFirst
    if (plain === undefined) throw new TypeError('a tensor has no form')
    const rank = shapeOf(plain.known)?.length ?? 0
    const order = withChannelsFirst(range(rank))
    const value =
      plain.initializer === undefined
        ? this.emit('Transpose', [plain], { perm: ints(order) }, this.#derived('channels_first'))
        : this.transposed(plain.initializer, order)
    flow.channelsFirst = value
    return value
  }

  /** @returns a constant with its axes in another order; asked twice, the same */
  transposed(initializer: Initializer, order: readonly number[]): Value {
    return this.rearranged(initializer, `order ${order.join()}`, () => transposedInitializer(initializer, order))
  }

  /** @returns a constant under another shape; asked twice, the same */
  reshaped(initializer: Initializer, shape: readonly number[]): Value {
    return this.rearranged(initializer, `shape ${shape.join()}`, () => reshapedInitializer(initializer, shape))
  }

  /** @returns what `make` gives of a constant, made once for each `key` */
  rearranged(initializer: Initializer, key: string, make: () => Initializer): Value {
    const forms = this.#rearranged.get(initializer) ?? new Map<string, Value>()
    this.#rearranged.set(initializer, forms)
    const known = forms.get(key)
    if (known !== undefined) return known
    const value = this.constant(make())
    forms.set(key, value)
    return value
  }

  /** @returns a tensor in TensorFlow's order */
  flow(plain: Value, origin?: Origin): Flow {
    return new Flow({ plain }, origin)
  }

  #derived(hint: string): EmitOptions {
    return { name: this.current === '' ? hint : `${this.current}/${hint}` }
  }

  #nameOf(value: Value): string {
    const { initializer } = value
    if (initializer === undefined) return value.name
    const known = this.#names.get(initializer)
    if (known !== undefined) return known
    const name = this.#builder.uniqueName(initializer.name)
    // The object itself where its name is free: it is what parameters are counted by.
    this.#builder.addInitializer(name === initializer.name ? initializer : { ...initializer, name })
    this.#names.set(initializer, name)
    return name
  }

  #infer(node: Node, inputs: readonly (KnownValue | undefined)[]): KnownValue[] {
    const rule = findRule(OPERATOR_TABLE, '', node.operator)
    const isConstant = isComputedFromConstants(node, inputs)
    const found =
      rule === undefined ? [] : tryOutputs(() => outputsOf(rule, new NodeView(node, node.name, inputs, this.#services)))
    return node.outputs.map((_, index) => settle(found[index] ?? { type: undefined }, isConstant))
  }

  #unknownDimension(hint: string): Dimension {
    this.#unknown += 1
    return symbol(`${hint}#${this.#unknown}`)
  }
}

/** @returns 0, 1, ... below `count` */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** @returns a small constant in memory */
export function numberInitializer(
  name: string,
  values: readonly number[],
  shape: readonly number[],
  dtype: DataType,
): Initializer {
  switch (dtype) {
    case 'int64':
    case 'int32':
    case 'float32':
    case 'bool':
      return memoryInitializer(name, elementsOf(values, dtype), shape, { dtype })
    case 'float64':
      return memoryInitializer(name, Float64Array.from(values), shape, { dtype })
    case 'uint8':
      return memoryInitializer(name, Uint8Array.from(values), shape, { dtype })
    default:
      return memoryInitializer(name, Float32Array.from(values), shape)
  }
}

/** A rule that fails leaves the type open, as for any other graph. */
function tryOutputs(outputs: () => readonly (KnownValue | undefined)[]): readonly (KnownValue | undefined)[] {
  try {
    return outputs()
  } catch {
    return []
  }
}

/** Shapes and axes that follow from constants become constants. */
function folded(name: string, known: KnownValue): Value {
  const [dtype, shape, values] = [dtypeOf(known), shapeOf(known), numbersOf(known)]
  if (values === undefined || shape === undefined || dtype === undefined || !FOLDED.has(dtype)) return { name, known }
  const sizes = shape.filter((size) => typeof size === 'number')
  if (sizes.length < shape.length) return { name, known }
  return { name, known, initializer: numberInitializer(name, values, sizes, dtype) }
}
