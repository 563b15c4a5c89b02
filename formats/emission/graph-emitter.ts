/** Writes nodes of ONNX one by one and knows at once what type they give, so that shapes can be followed on the way. */

import { FormatError } from '../../src/core/errors.js'
import { int } from '../../src/graph/attributes.js'
import { type Attributes, GraphBuilder } from '../../src/graph/builder.js'
import type { DataType } from '../../src/graph/data-type.js'
import { type Dimension, equalDimensions, type Shape, symbol } from '../../src/graph/dimension.js'
import type { Graph, Initializer, ModelGraph, Node, ValueType } from '../../src/graph/graph.js'
import { reshapedInitializer, transposedInitializer } from '../../src/graph/transpose.js'
import { constantValue, shapeOf } from '../../src/operators/known-value.js'
import type { GraphServices } from '../../src/operators/node-view.js'
import { inferNode } from './infer-node.js'
import { foldedValue, numberInitializer } from './known-numbers.js'
import type { Value } from './value.js'

/** Bodies of loops and branches; real models have some tens. */
const MAX_SUBGRAPHS = 2000

/** What is written means the same up to 26; a graph asks for more only where it needs more. */
const OPSET = 21

/** What a node may be told beside operator, inputs and attributes. */
export interface EmitOptions {
  /** Name to take, or to start from where it is taken. */
  readonly name?: string
  readonly outputs?: number
}

/** Builds the graph of a model of another framework. */
export class GraphEmitter {
  readonly #main: GraphBuilder
  /** The graph that is being written: the main one, or a sub-graph. */
  #builder: GraphBuilder
  readonly #names = new Map<Initializer, string>()
  readonly #rearranged = new Map<Initializer, Map<string, Value>>()
  readonly #services: GraphServices
  readonly #inputs: Value[] = []
  readonly #opsets = new Map([['', OPSET]])
  #unknown = 0
  #subgraphs = 0
  /** Name of what is being converted: nodes are named after it. */
  current = ''

  constructor(name: string) {
    this.#main = new GraphBuilder(name)
    this.#builder = this.#main
    this.#services = {
      opsets: this.#opsets,
      argument: () => undefined,
      unknownDimension: (hint) => this.unknownDimension(hint),
      inferSubgraph: () => [],
      assume: () => {},
    }
  }

  /** Adds an input to the main graph, or to the sub-graph that is being written. */
  input(hint: string, type: ValueType): Value {
    const name = this.#builder.uniqueName(hint)
    this.#builder.inputOfType(name, type)
    const value: Value = { name, known: { type } }
    if (this.#builder === this.#main) this.#inputs.push(value)
    return value
  }

  output(hint: string, value: Value): void {
    // An input may have the same name.
    const isFree = this.#builder === this.#main && !this.#builder.isDefined(hint)
    const name = isFree ? hint : this.#builder.uniqueName(hint)
    const [named] = this.#builder.nodeWithOutputs('Identity', [this.#nameOf(value)], {}, { outputs: [name] })
    this.#builder.outputOfType(named ?? name, value.known.type)
  }

  /** Everything that `write` emits goes into a sub-graph, which sees the values written so far. */
  subgraph(hint: string, write: () => void): Graph {
    const outer = this.#builder
    this.#subgraphs += 1
    if (this.#subgraphs > MAX_SUBGRAPHS) throw tooManyLoops()
    try {
      return outer.subgraph(outer.uniqueName(hint), (inner) => {
        this.#builder = inner
        write()
      })
    } finally {
      this.#builder = outer
    }
  }

  /** For an operator that older versions of the standard do not have. */
  requireOpset(version: number): void {
    this.#opsets.set('', Math.max(version, this.#opsets.get('') ?? OPSET))
  }

  build(producer: { readonly name: string; readonly version: string }): ModelGraph {
    return this.#main.build({ opset: this.#opsets.get('') ?? OPSET, producer })
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
    const node = this.#write(operator, inputs, attributes, options)
    const known = inputs.slice(0, node.inputs.length).map((input) => input?.known)
    return inferNode(node, known, this.#services).map((value, index) => foldedValue(node.outputs[index] ?? '', value))
  }

  /** Writes a node whose sub-graphs tell the types of its outputs. @returns its outputs */
  emitTyped(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    types: readonly (ValueType | undefined)[],
  ): Value[] {
    const { outputs } = this.#write(operator, inputs, attributes, { outputs: types.length })
    return outputs.map((name, index) => ({ name, known: { type: types[index] } }))
  }

  /** @returns a size that only the run tells */
  unknownDimension(hint: string): Dimension {
    this.#unknown += 1
    return symbol(`${hint}#${this.#unknown}`)
  }

  /** @returns a constant with its axes in another order; asked twice, the same */
  transposed(initializer: Initializer, order: readonly number[]): Value {
    return this.rearranged(initializer, `order ${order.join()}`, () => transposedInitializer(initializer, order))
  }

  /** @returns a constant under another shape; asked twice, the same */
  reshaped(initializer: Initializer, shape: readonly number[]): Value {
    return this.rearranged(initializer, `shape ${shape.join()}`, () => reshapedInitializer(initializer, shape))
  }

  /** @returns what `make` gives of a constant, or of that and others together, made once for each `key` */
  rearranged(
    initializer: Initializer,
    key: string,
    make: () => Initializer,
    others: readonly Initializer[] = [],
  ): Value {
    const value = this.#rearranged.get(initializer)?.get(key) ?? this.constant(make())
    for (const part of [initializer, ...others]) {
      const forms = this.#rearranged.get(part) ?? new Map<string, Value>()
      this.#rearranged.set(part, forms.set(key, value))
    }
    return value
  }

  /** @returns the names that nodes read a constant by: as it is, and in each other form */
  namesOf(constant: Initializer): readonly string[] {
    const forms = [...(this.#rearranged.get(constant)?.values() ?? [])].flatMap(({ initializer }) => initializer ?? [])
    return [...new Set([constant, ...forms])].flatMap((form) => this.#names.get(form) ?? [])
  }

  /** @returns names of constants that nodes read in several forms, each with elements of its own */
  inSeveralForms(): ReadonlySet<string> {
    const constants = [...this.#rearranged.keys()].filter((constant) => this.namesOf(constant).length > 1)
    return new Set(constants.map(({ name }) => name))
  }

  /** @returns a list of sizes, int64, without computing a tensor that has them; `undefined` where no input tells them */
  sizes(shape: Shape): Value | undefined {
    const numbers = shape.filter((size) => typeof size === 'number')
    if (numbers.length === shape.length) return this.numbers(numbers)
    const parts = shape.map((size) => (typeof size === 'number' ? this.numbers([size]) : this.#sizeOfInput(size)))
    return parts.includes(undefined) ? undefined : this.emit('Concat', parts, { axis: int(0) })
  }

  #sizeOfInput(size: Dimension): Value | undefined {
    for (const input of this.#inputs) {
      const axis = shapeOf(input.known)?.findIndex((other) => equalDimensions(other, size)) ?? -1
      if (axis >= 0) return this.emit('Shape', [input], { start: int(axis), end: int(axis + 1) })
    }
    return undefined
  }

  #write(operator: string, inputs: readonly (Value | undefined)[], attributes: Attributes, options: EmitOptions): Node {
    const name = this.#builder.uniqueName(options.name ?? (this.current || operator))
    const names = inputs.map((input) => (input === undefined ? '' : this.#nameOf(input)))
    while (names.at(-1) === '') names.pop()
    const outputs = this.#builder.nodeWithOutputs(operator, names, attributes, { name, outputs: options.outputs ?? 1 })
    return { name, operator, domain: '', inputs: names, outputs, attributes: new Map(Object.entries(attributes)) }
  }

  #nameOf(value: Value): string {
    const { initializer } = value
    if (initializer === undefined) return value.name
    const known = this.#names.get(initializer)
    if (known !== undefined) return known
    const name = this.#builder.uniqueName(initializer.name)
    // The object itself where its name is free: it is what parameters are counted by.
    this.#main.addInitializer(name === initializer.name ? initializer : { ...initializer, name })
    this.#names.set(initializer, name)
    return name
  }
}

function tooManyLoops(): FormatError {
  return new FormatError('E_GRAPH_TOO_LARGE', `the model has more than ${MAX_SUBGRAPHS} bodies of loops and branches`, {
    hint: 'the file is damaged: save the model again',
  })
}
