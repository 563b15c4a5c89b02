/** Builds a model's graph from code, node by node, and refuses what would be no valid graph. */
import { UsageError } from '../core/errors.js'
import {
  type Attributes,
  elementsOf,
  type ModelOptions,
  type NodeOptions,
  type SizeLike,
  tensorType,
} from './builder-options.js'
import type { DataType } from './data-type.js'
import {
  type FunctionDefinition,
  functionKey,
  type Graph,
  type Initializer,
  type ModelGraph,
  type Node,
  type ValueInfo,
  type ValueType,
} from './graph.js'
import { type InitializerOptions, memoryInitializer } from './memory-initializer.js'
import type { TensorElements } from './tensor.js'

export type { Attributes, ModelOptions, NodeOptions, SizeLike } from './builder-options.js'

/**
 * Collects inputs, initializers and nodes in the order in which they run. Values are passed around by their names.
 *
 * @example
 * const builder = new GraphBuilder('tiny')
 * const image = builder.input('image', 'float32', ['N', 3, 32, 32])
 * const weight = builder.initializer('weight', new Float32Array(8 * 3 * 9), [8, 3, 3, 3])
 * builder.output(builder.node('Relu', [builder.node('Conv', [image, weight])]))
 * const model = builder.build()
 */
export class GraphBuilder {
  readonly name: string
  readonly #outer: GraphBuilder | undefined
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #nodes: Node[] = []
  readonly #initializers = new Map<string, Initializer>()
  readonly #valueInfos = new Map<string, ValueInfo>()
  readonly #functions = new Map<string, FunctionDefinition>()
  readonly #values = new Set<string>()
  readonly #nodeNames: Set<string>
  readonly #counters: Map<string, number>

  constructor(name: string, outer?: GraphBuilder) {
    this.name = name
    this.#outer = outer
    this.#nodeNames = outer === undefined ? new Set() : outer.#nodeNames
    this.#counters = outer === undefined ? new Map() : outer.#counters
  }

  /** Adds an input. @returns its name */
  input(name: string, dtype: DataType, shape?: readonly SizeLike[]): string {
    return this.inputOfType(name, tensorType(dtype, shape))
  }

  /** Adds an input of any type: a sequence, map or optional too. @returns its name */
  inputOfType(name: string, type: ValueType | undefined): string {
    this.#define(name)
    this.#inputs.push({ name, type })
    return name
  }

  /**
   * Adds a constant tensor; the elements are not copied.
   *
   * @returns its name
   * @throws {UsageError} `E_INITIALIZER_SIZE` when the elements do not fill the shape
   */
  initializer(
    name: string,
    elements: TensorElements,
    shape: readonly number[] = [elements.length],
    options: InitializerOptions = {},
  ): string {
    return this.addInitializer(memoryInitializer(name, elements, shape, options))
  }

  /** Adds a constant tensor that lies elsewhere, e.g. in a file. @returns its name */
  addInitializer(initializer: Initializer): string {
    this.#define(initializer.name)
    this.#initializers.set(initializer.name, initializer)
    return initializer.name
  }

  /** Adds a constant under a name of its own, e.g. a shape or an axis: `int64` unless told otherwise. */
  constant(values: readonly number[] | number, dtype: 'int64' | 'float32' | 'int32' | 'bool' = 'int64'): string {
    const list = typeof values === 'number' ? [values] : values
    const name = this.uniqueName('constant')
    return this.initializer(name, elementsOf(list, dtype), typeof values === 'number' ? [] : [list.length], { dtype })
  }

  /**
   * Adds a node with one output, or with the outputs that `options` names.
   *
   * @param inputs - names of values; `''` leaves an optional input out
   * @returns the name of output 0
   */
  node(operator: string, inputs: readonly string[], attributes: Attributes = {}, options: NodeOptions = {}): string {
    const [first] = this.nodeWithOutputs(operator, inputs, attributes, options)
    return first ?? ''
  }

  /** Adds a node. @returns the names of all its outputs */
  nodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): readonly string[] {
    for (const input of inputs) this.#require(input, operator)
    const name = this.#nameNode(options.name ?? this.uniqueName(operator), operator)
    const wanted = options.outputs ?? 1
    const outputs =
      typeof wanted === 'number'
        ? Array.from({ length: wanted }, (_, index) => this.uniqueName(`${name}_output_${index}`))
        : wanted
    for (const output of outputs) if (output !== '') this.#define(output)
    const { domain = '', overload } = options
    const node = { name, operator, domain, inputs, outputs, attributes: new Map(Object.entries(attributes)) }
    this.#nodes.push(overload === undefined ? node : { ...node, overload })
    return outputs
  }

  /** Notes the type of an intermediate value, as files do. */
  annotate(name: string, dtype: DataType, shape?: readonly SizeLike[]): this {
    this.#require(name, 'annotation')
    this.#valueInfos.set(name, { name, type: tensorType(dtype, shape) })
    return this
  }

  /** Makes a value an output of the graph; its type may stay open. */
  output(name: string, dtype?: DataType, shape?: readonly SizeLike[]): this {
    return this.outputOfType(name, dtype === undefined ? undefined : tensorType(dtype, shape))
  }

  /** The same for a value of any type. */
  outputOfType(name: string, type: ValueType | undefined): this {
    this.#require(name, 'output')
    this.#outputs.push({ name, type })
    return this
  }

  /** Builds a sub-graph, which sees the values defined so far; pass it to a node with `graphAttribute`. */
  subgraph(name: string, build: (inner: GraphBuilder) => void): Graph {
    const inner = new GraphBuilder(name, this)
    build(inner)
    return inner.#graph()
  }

  /** Adds a function that nodes of its domain and name call. */
  function(definition: FunctionDefinition): this {
    const key = functionKey(definition.domain, definition.name, definition.overload)
    if (this.#functions.has(key)) throw new UsageError('E_GRAPH_NAME', `function ${key} is defined twice`)
    this.#functions.set(key, definition)
    return this
  }

  /** @returns a name that no value and no node has yet: `hint`, or `hint` with a number */
  uniqueName(hint: string): string {
    let count = this.#counters.get(hint) ?? 0
    let name: string
    do {
      name = count === 0 ? hint : `${hint}_${count}`
      count += 1
    } while (this.isDefined(name) || this.#nodeNames.has(name))
    this.#counters.set(hint, count)
    return name
  }

  /** @returns whether a node added now may read that value */
  isDefined(name: string): boolean {
    return this.#values.has(name) || (this.#outer?.isDefined(name) ?? false)
  }

  /** @throws {UsageError} `E_GRAPH_EMPTY` for a graph without outputs */
  build(options: ModelOptions = {}): ModelGraph {
    const main = this.#graph()
    if (main.outputs.length === 0) {
      throw new UsageError('E_GRAPH_EMPTY', `graph "${this.name}" has no output`, {
        hint: 'call output(name) on a value',
      })
    }
    const opsets = new Map([['', options.opset ?? 21], ...Object.entries(options.opsets ?? {})])
    const producer = options.producer ?? { name: 'greenbench', version: '' }
    const metadata = new Map(Object.entries(options.metadata ?? {}))
    return { irVersion: options.irVersion ?? 10, opsets, producer, main, functions: this.#functions, metadata }
  }

  #graph(): Graph {
    return {
      name: this.name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
      valueInfos: this.#valueInfos,
    }
  }

  #define(name: string): void {
    if (name === '') throw new UsageError('E_GRAPH_NAME', 'a value needs a name')
    if (this.isDefined(name)) throw new UsageError('E_GRAPH_NAME', `value "${name}" is defined twice`)
    this.#values.add(name)
  }

  #require(name: string, user: string): void {
    if (name === '' || this.isDefined(name)) return
    throw new UsageError('E_GRAPH_ORDER', `${user} reads "${name}", which nothing before it defines`)
  }

  #nameNode(name: string, operator: string): string {
    if (this.#nodeNames.has(name))
      throw new UsageError('E_GRAPH_NAME', `${operator}: a node "${name}" is there already`)
    this.#nodeNames.add(name)
    return name
  }
}
