/** What a rule sees of its node: attributes with the function's arguments put in, inputs, and the way into sub-graphs. */
import { FormatError } from '../core/errors.js'
import type { DataType } from '../graph/data-type.js'
import type { Dimension, Shape } from '../graph/dimension.js'
import type { Attribute, Graph, Node } from '../graph/graph.js'
import { NEWEST_OPSET } from '../graph/onnx-schema.js'
import { dtypeOf, numbersOf, shapeOf } from './known-value.js'
import type { KnownElement, KnownValue, NodeContext } from './rule.js'

/** What the walk does for the rules of one graph. */
export interface GraphServices {
  readonly opsets: ReadonlyMap<string, number>
  /** Argument of the enclosing function call, by attribute name. */
  argument(name: string): Attribute | undefined
  unknownDimension(hint: string, atMost?: Dimension): Dimension
  inferSubgraph(view: NodeView, graph: Graph, inputs: readonly (KnownValue | undefined)[]): readonly KnownValue[]
  assume(text: string): void
}

/** Ready-made `NodeContext`. */
export class NodeView implements NodeContext {
  readonly node: Node
  /** Unique place of the node. */
  readonly path: string
  readonly inputs: readonly (KnownValue | undefined)[]
  readonly services: GraphServices

  constructor(node: Node, path: string, inputs: readonly (KnownValue | undefined)[], services: GraphServices) {
    this.node = node
    this.path = path
    this.inputs = inputs
    this.services = services
  }

  get opset(): number {
    return this.services.opsets.get(this.node.domain) ?? NEWEST_OPSET
  }

  attribute(name: string): Attribute | undefined {
    const attribute = this.node.attributes.get(name)
    return attribute?.kind === 'reference' ? this.services.argument(attribute.value) : attribute
  }

  int(name: string, fallback: number): number {
    const value = this.float(name, fallback)
    if (Number.isInteger(value)) return value
    throw this.#notWhole(name, value)
  }

  float(name: string, fallback: number): number {
    const attribute = this.attribute(name)
    if (attribute === undefined) return fallback
    if (attribute.kind === 'int' || attribute.kind === 'float') return attribute.value
    throw this.#wrongKind(name, attribute, 'a number')
  }

  text(name: string, fallback: string): string {
    const attribute = this.attribute(name)
    if (attribute === undefined) return fallback
    if (attribute.kind === 'string') return attribute.value
    throw this.#wrongKind(name, attribute, 'a string')
  }

  ints(name: string): readonly number[] | undefined {
    const values = this.floats(name)
    const broken = values?.find((value) => !Number.isInteger(value))
    if (broken !== undefined) throw this.#notWhole(name, broken)
    return values
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.attribute(name)
    if (attribute === undefined) return undefined
    if (attribute.kind === 'ints' || attribute.kind === 'floats') return attribute.value
    if (attribute.kind === 'int' || attribute.kind === 'float') return [attribute.value]
    throw this.#wrongKind(name, attribute, 'a list of numbers')
  }

  shape(index: number): Shape | undefined {
    return shapeOf(this.inputs[index])
  }

  dtype(index: number): DataType | undefined {
    return dtypeOf(this.inputs[index])
  }

  elements(index: number): readonly KnownElement[] | undefined {
    return this.inputs[index]?.elements ?? this.#nothing(index)
  }

  numbers(index: number): readonly number[] | undefined {
    return numbersOf(this.inputs[index]) ?? this.#nothing(index)
  }

  withInputs(inputs: readonly (KnownValue | undefined)[]): NodeView {
    return new NodeView(this.node, this.path, inputs, this.services)
  }

  unknownDimension(hint: string, atMost?: Dimension): Dimension {
    return this.services.unknownDimension(hint, atMost)
  }

  inferSubgraph(graph: Graph, inputs: readonly (KnownValue | undefined)[]): readonly KnownValue[] {
    return this.services.inferSubgraph(this, graph, inputs)
  }

  assume(text: string): void {
    this.services.assume(text)
  }

  /** An empty tensor has contents that are known. */
  #nothing(index: number): readonly [] | undefined {
    return this.shape(index)?.includes(0) === true ? [] : undefined
  }

  #notWhole(name: string, value: number): FormatError {
    return new FormatError(
      'E_ATTRIBUTE_KIND',
      `${this.node.operator}: attribute ${name} is ${value}, not a whole number`,
    )
  }

  #wrongKind(name: string, attribute: Attribute, wanted: string): FormatError {
    const { operator } = this.node
    return new FormatError(
      'E_ATTRIBUTE_KIND',
      `${operator}: attribute ${name} is of kind ${attribute.kind}, not ${wanted}`,
    )
  }
}
