/** Short ways to write the attributes of a node in code. Numbers say whether they are whole, since ONNX tells them apart. */
import type { Attribute, Graph, Initializer, ValueType } from './graph.js'

/** @returns an integer attribute, e.g. `axis` */
export const int = (value: number): Attribute => ({ kind: 'int', value })

/** @returns a floating-point attribute, e.g. `alpha`; whole values stay floating point */
export const float = (value: number): Attribute => ({ kind: 'float', value })

/** @returns a list of integers, e.g. `kernel_shape` */
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value })

/** @returns a list of floats, e.g. `scales` */
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value })

/** @returns a string attribute, e.g. `auto_pad` */
export const text = (value: string): Attribute => ({ kind: 'string', value })

/** @returns a list of strings */
export const texts = (value: readonly string[]): Attribute => ({ kind: 'strings', value })

/** @returns a tensor attribute, e.g. `value` of Constant */
export const tensorAttribute = (value: Initializer): Attribute => ({ kind: 'tensor', value })

/** @returns a sub-graph attribute, e.g. `body` of Loop */
export const graphAttribute = (value: Graph): Attribute => ({ kind: 'graph', value })

/** @returns a type attribute, e.g. `type` of Optional */
export const typeAttribute = (value: ValueType): Attribute => ({ kind: 'type', value })

/** @returns in a function's body: the attribute of that name of the node that calls the function */
export const reference = (value: string): Attribute => ({ kind: 'reference', value })
