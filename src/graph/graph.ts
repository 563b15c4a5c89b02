/**
 * The one graph that every model file becomes, in the words of ONNX.
 *
 * @see https://onnx.ai/onnx/repo-docs/IR.html
 */
import type { DataType } from './data-type.js'
import type { Shape } from './dimension.js'
import type { ByteSource } from './pieces.js'

/** Type of a value that flows along an edge. `shape` undefined: the rank is not known. */
export type ValueType =
  | { readonly kind: 'tensor'; readonly dtype: DataType; readonly shape: Shape | undefined }
  | { readonly kind: 'sparse-tensor'; readonly dtype: DataType; readonly shape: Shape | undefined }
  | { readonly kind: 'sequence'; readonly element: ValueType | undefined }
  | { readonly kind: 'optional'; readonly element: ValueType | undefined }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: ValueType | undefined }

/** A named value: graph input, output or annotated intermediate. */
export interface ValueInfo {
  readonly name: string
  readonly type: ValueType | undefined
}

/**
 * Elements of an initializer, read when asked for. `byteLength`: bytes that they take where they lie, for strings the sum
 * of their lengths. `read` gives little-endian elements, packed as ONNX `raw_data`; strings throw.
 */
export interface TensorData extends ByteSource {
  /** Elements of a string tensor; other types throw. */
  readStrings(): readonly string[]
}

/** A constant tensor of the file. */
export interface Initializer {
  readonly name: string
  readonly dtype: DataType
  readonly shape: readonly number[]
  readonly data: TensorData
  /** Set when the file stores only the elements that are not zero (`SparseTensorProto`). */
  readonly storedElements?: number
  /** Set together with `storedElements`: the elements, and their int64 indices, `[stored]` or `[stored, rank]`. */
  readonly sparse?: { readonly values: Initializer; readonly indices: Initializer }
  /** Set by formats that know it (Keras, TensorFlow); ONNX files leave it to the operator that reads the tensor. */
  readonly trainable?: boolean
}

/** What an attribute holds. */
export type AttributeKind = Attribute['kind']

/** Value of a node's attribute. `reference` names an attribute of the enclosing function, `of` the kind where the file says. */
export type Attribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Initializer }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'type'; readonly value: ValueType | undefined }
  | { readonly kind: 'types'; readonly value: readonly (ValueType | undefined)[] }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly Initializer[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  | { readonly kind: 'reference'; readonly value: string; readonly of?: Exclude<AttributeKind, 'reference'> }

/** One application of an operator. An omitted optional input or output is the empty string. */
export interface Node {
  readonly name: string
  readonly operator: string
  /** `''` is the ONNX standard. `ai.onnx` is normalised to it by readers. */
  readonly domain: string
  readonly overload?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
}

/** A graph or sub-graph. Nodes are in topological order; sub-graphs see the names of the graphs around them. */
export interface Graph {
  readonly name: string
  /** Without the initializers, even where an old file lists them among its inputs. */
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, Initializer>
  /** Annotations of intermediates that the file carries: hints, not truth. */
  readonly valueInfos: ReadonlyMap<string, ValueInfo>
}

/** A function of the file: a node may call it by domain, name and overload. */
export interface FunctionDefinition {
  readonly name: string
  readonly domain: string
  readonly overload?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Attribute names without default. */
  readonly attributes: readonly string[]
  readonly attributeDefaults: ReadonlyMap<string, Attribute>
  readonly nodes: readonly Node[]
  readonly opsets: ReadonlyMap<string, number>
}

/** A whole model: its main graph, its functions and what it was written with. */
export interface ModelGraph {
  readonly irVersion: number
  /** Domain -> opset version; the standard domain is `''`. */
  readonly opsets: ReadonlyMap<string, number>
  readonly producer: { readonly name: string; readonly version: string }
  /** What the file says of itself, for people. */
  readonly docString?: string
  readonly main: Graph
  /** Keyed by `functionKey`. */
  readonly functions: ReadonlyMap<string, FunctionDefinition>
  readonly metadata: ReadonlyMap<string, string>
  /** Weights that the file keeps for the model and no node reads, e.g. how many samples a normalisation has seen. */
  readonly unreadWeights?: readonly Initializer[]
  /** In what the graph differs from the file, one sentence each. */
  readonly assumptions?: readonly string[]
}

/** @returns the key of a function in `ModelGraph.functions`, for a definition or for a node that calls it */
export function functionKey(domain: string, name: string, overload = ''): string {
  return overload === '' ? `${domain}::${name}` : `${domain}::${name}::${overload}`
}
