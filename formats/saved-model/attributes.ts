/** Attributes of a node of TensorFlow, by name and kind. */
import type { AttributeProto, NodeProto, ShapeProto } from './saved-model-schema.js'

/** Reads the attributes of one node; what is absent gives the fallback. */
export class Attributes {
  readonly #values: ReadonlyMap<string, AttributeProto>

  constructor(node: NodeProto) {
    this.#values = new Map(node.attributes.map(({ key = '', value }) => [key, value ?? EMPTY]))
  }

  get(name: string): AttributeProto | undefined {
    return this.#values.get(name)
  }

  int(name: string, fallback: number): number {
    return this.get(name)?.int ?? fallback
  }

  float(name: string, fallback: number): number {
    return this.get(name)?.float ?? fallback
  }

  text(name: string, fallback: string): string {
    return this.get(name)?.text ?? fallback
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.get(name)
    return value === undefined ? fallback : (value.bool ?? 0) !== 0
  }

  ints(name: string): readonly number[] {
    return this.get(name)?.list?.ints ?? []
  }

  /** @returns the same attributes with these lists of whole numbers */
  with(lists: Readonly<Record<string, readonly number[]>>): Attributes {
    const added = Object.entries(lists).map(([key, ints]) => ({
      key,
      value: { list: { ints, texts: [], floats: [], types: [], functions: [] } },
    }))
    const kept = [...this.#values].filter(([key]) => !(key in lists)).map(([key, value]) => ({ key, value }))
    return new Attributes({ inputs: [], attributes: [...kept, ...added] })
  }

  /** Code of an element type. */
  type(name: string): number | undefined {
    return this.get(name)?.type
  }

  shape(name: string): ShapeProto | undefined {
    return this.get(name)?.shape
  }

  /** Names of the functions among which the node chooses. */
  functionNames(name: string): readonly string[] {
    return (this.get(name)?.list?.functions ?? []).map((entry) => entry.name ?? '')
  }

  /** Name of the function that the node calls. */
  functionName(name: string): string | undefined {
    return this.get(name)?.function?.name
  }
}

const EMPTY: AttributeProto = {}
