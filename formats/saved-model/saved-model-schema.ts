/**
 * The protobuf messages of a SavedModel as tables; fields that nothing here reads are left out.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto
 * @see https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework
 */
import { type FieldRun, type MessageSchema, messageSchema, type Payload } from '../../src/graph/protobuf-schema.js'

export interface SavedModelProto {
  readonly schemaVersion?: number | undefined
  readonly metaGraphs: readonly MetaGraphProto[]
}

export interface MetaGraphProto {
  readonly info?: MetaInfoProto | undefined
  readonly graph?: GraphProto | undefined
  readonly collections: readonly CollectionEntryProto[]
  readonly signatures: readonly SignatureEntryProto[]
  readonly objects?: ObjectGraphProto | undefined
}

export interface MetaInfoProto {
  readonly tags: readonly string[]
  readonly tensorflowVersion?: string | undefined
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[]
  readonly library?: LibraryProto | undefined
}

export interface NodeProto {
  readonly name?: string | undefined
  readonly operator?: string | undefined
  readonly inputs: readonly string[]
  readonly attributes: readonly AttributeEntryProto[]
}

export interface AttributeEntryProto {
  readonly key?: string | undefined
  readonly value?: AttributeProto | undefined
}

/** `AttrValue`: one of these is set. */
export interface AttributeProto {
  readonly list?: ListProto | undefined
  readonly text?: string | undefined
  readonly int?: number | undefined
  readonly float?: number | undefined
  readonly bool?: number | undefined
  readonly type?: number | undefined
  readonly shape?: ShapeProto | undefined
  readonly tensor?: TensorProto | undefined
  readonly placeholder?: string | undefined
  readonly function?: FunctionReferenceProto | undefined
}

export interface ListProto {
  readonly texts: readonly string[]
  readonly ints: readonly number[]
  readonly floats: readonly number[]
  readonly types: readonly number[]
  readonly functions: readonly FunctionReferenceProto[]
}

export interface FunctionReferenceProto {
  readonly name?: string | undefined
  readonly attributes: readonly AttributeEntryProto[]
}

export interface ShapeProto {
  readonly sizes: readonly SizeProto[]
  readonly unknownRank?: number | undefined
}

export interface SizeProto {
  /** -1 where it is free. */
  readonly size?: number | undefined
}

export interface TensorProto {
  readonly dtype?: number | undefined
  readonly shape?: ShapeProto | undefined
  readonly content?: Payload | undefined
  readonly floats: readonly FieldRun[]
  readonly doubles: readonly FieldRun[]
  readonly ints: readonly FieldRun[]
  readonly strings: readonly string[]
  readonly longs: readonly FieldRun[]
  readonly bools: readonly FieldRun[]
  readonly halves: readonly FieldRun[]
  readonly unsignedInts: readonly FieldRun[]
  readonly unsignedLongs: readonly FieldRun[]
}

export interface LibraryProto {
  readonly functions: readonly FunctionProto[]
}

export interface FunctionProto {
  readonly signature?: OperatorProto | undefined
  readonly nodes: readonly NodeProto[]
  readonly results: readonly TextEntryProto[]
}

/** `OpDef`. */
export interface OperatorProto {
  readonly name?: string | undefined
  readonly inputs: readonly ArgumentProto[]
  readonly outputs: readonly ArgumentProto[]
}

export interface ArgumentProto {
  readonly name?: string | undefined
  readonly type?: number | undefined
}

export interface TextEntryProto {
  readonly key?: string | undefined
  readonly value?: string | undefined
}

export interface SignatureEntryProto {
  readonly key?: string | undefined
  readonly value?: SignatureProto | undefined
}

export interface SignatureProto {
  readonly inputs: readonly TensorInfoEntryProto[]
  readonly outputs: readonly TensorInfoEntryProto[]
}

export interface TensorInfoEntryProto {
  readonly key?: string | undefined
  readonly value?: TensorInfoProto | undefined
}

export interface TensorInfoProto {
  readonly name?: string | undefined
  readonly dtype?: number | undefined
  readonly shape?: ShapeProto | undefined
}

export interface CollectionEntryProto {
  readonly key?: string | undefined
  readonly value?: CollectionProto | undefined
}

/** The bytes are a `BytesList` of whatever kind the collection is of. */
export interface CollectionProto {
  readonly bytes?: Payload | undefined
}

export interface BytesListProto {
  readonly values: readonly VariableProto[]
}

/** `VariableDef`, which collections of variables hold as bytes: the wire does not tell bytes from a message. */
export interface VariableProto {
  readonly name?: string | undefined
}

export interface ObjectGraphProto {
  readonly nodes: readonly SavedObjectProto[]
}

export interface SavedObjectProto {
  readonly variable?: SavedVariableProto | undefined
}

export interface SavedVariableProto {
  readonly dtype?: number | undefined
  readonly trainable?: number | undefined
  readonly name?: string | undefined
}

const SIZE: MessageSchema<SizeProto> = messageSchema('TensorShapeProto.Dim', () => ({ size: [1, 'int'] }))

/** `TensorShapeProto`. */
export const SHAPE: MessageSchema<ShapeProto> = messageSchema('TensorShapeProto', () => ({
  sizes: [2, [SIZE]],
  unknownRank: [3, 'int'],
}))

const TENSOR: MessageSchema<TensorProto> = messageSchema('TensorProto', () => ({
  dtype: [1, 'int'],
  shape: [2, SHAPE],
  content: [4, 'payload'],
  floats: [5, 'runs'],
  doubles: [6, 'runs'],
  ints: [7, 'runs'],
  strings: [8, 'texts'],
  longs: [10, 'runs'],
  bools: [11, 'runs'],
  halves: [13, 'runs'],
  unsignedInts: [16, 'runs'],
  unsignedLongs: [17, 'runs'],
}))

const LIST: MessageSchema<ListProto> = messageSchema('AttrValue.ListValue', () => ({
  texts: [2, 'texts'],
  ints: [3, 'ints'],
  floats: [4, 'floats'],
  types: [6, 'ints'],
  functions: [9, [FUNCTION_REFERENCE]],
}))

const FUNCTION_REFERENCE: MessageSchema<FunctionReferenceProto> = messageSchema('NameAttrList', () => ({
  name: [1, 'text'],
  attributes: [2, [ATTRIBUTE_ENTRY]],
}))

const ATTRIBUTE: MessageSchema<AttributeProto> = messageSchema('AttrValue', () => ({
  list: [1, LIST],
  text: [2, 'text'],
  int: [3, 'int'],
  float: [4, 'float'],
  bool: [5, 'int'],
  type: [6, 'int'],
  shape: [7, SHAPE],
  tensor: [8, TENSOR],
  placeholder: [9, 'text'],
  function: [10, FUNCTION_REFERENCE],
}))

const ATTRIBUTE_ENTRY: MessageSchema<AttributeEntryProto> = messageSchema('NodeDef.AttrEntry', () => ({
  key: [1, 'text'],
  value: [2, ATTRIBUTE],
}))

const NODE: MessageSchema<NodeProto> = messageSchema('NodeDef', () => ({
  name: [1, 'text'],
  operator: [2, 'text'],
  inputs: [3, 'texts'],
  attributes: [5, [ATTRIBUTE_ENTRY]],
}))

const ARGUMENT: MessageSchema<ArgumentProto> = messageSchema('OpDef.ArgDef', () => ({
  name: [1, 'text'],
  type: [3, 'int'],
}))

const OPERATOR: MessageSchema<OperatorProto> = messageSchema('OpDef', () => ({
  name: [1, 'text'],
  inputs: [2, [ARGUMENT]],
  outputs: [3, [ARGUMENT]],
}))

const TEXT_ENTRY: MessageSchema<TextEntryProto> = messageSchema('FunctionDef.RetEntry', () => ({
  key: [1, 'text'],
  value: [2, 'text'],
}))

const FUNCTION: MessageSchema<FunctionProto> = messageSchema('FunctionDef', () => ({
  signature: [1, OPERATOR],
  nodes: [3, [NODE]],
  results: [4, [TEXT_ENTRY]],
}))

const LIBRARY: MessageSchema<LibraryProto> = messageSchema('FunctionDefLibrary', () => ({ functions: [1, [FUNCTION]] }))

const GRAPH: MessageSchema<GraphProto> = messageSchema('GraphDef', () => ({
  nodes: [1, [NODE]],
  library: [2, LIBRARY],
}))

const TENSOR_INFO: MessageSchema<TensorInfoProto> = messageSchema('TensorInfo', () => ({
  name: [1, 'text'],
  dtype: [2, 'int'],
  shape: [3, SHAPE],
}))

const TENSOR_INFO_ENTRY: MessageSchema<TensorInfoEntryProto> = messageSchema('SignatureDef.InputsEntry', () => ({
  key: [1, 'text'],
  value: [2, TENSOR_INFO],
}))

const SIGNATURE: MessageSchema<SignatureProto> = messageSchema('SignatureDef', () => ({
  inputs: [1, [TENSOR_INFO_ENTRY]],
  outputs: [2, [TENSOR_INFO_ENTRY]],
}))

const SIGNATURE_ENTRY: MessageSchema<SignatureEntryProto> = messageSchema('MetaGraphDef.SignatureDefEntry', () => ({
  key: [1, 'text'],
  value: [2, SIGNATURE],
}))

const VARIABLE: MessageSchema<VariableProto> = messageSchema('VariableDef', () => ({ name: [1, 'text'] }))

/** The value of a collection of variables; other collections hold bytes of other kinds. */
export const VARIABLES: MessageSchema<BytesListProto> = messageSchema('CollectionDef.BytesList', () => ({
  values: [1, [VARIABLE]],
}))

const SAVED_VARIABLE: MessageSchema<SavedVariableProto> = messageSchema('SavedVariable', () => ({
  dtype: [1, 'int'],
  trainable: [3, 'int'],
  name: [6, 'text'],
}))

const SAVED_OBJECT: MessageSchema<SavedObjectProto> = messageSchema('SavedObject', () => ({
  variable: [7, SAVED_VARIABLE],
}))

const OBJECT_GRAPH: MessageSchema<ObjectGraphProto> = messageSchema('SavedObjectGraph', () => ({
  nodes: [1, [SAVED_OBJECT]],
}))

const COLLECTION: MessageSchema<CollectionProto> = messageSchema('CollectionDef', () => ({ bytes: [2, 'payload'] }))

const COLLECTION_ENTRY: MessageSchema<CollectionEntryProto> = messageSchema('MetaGraphDef.CollectionDefEntry', () => ({
  key: [1, 'text'],
  value: [2, COLLECTION],
}))

const META_INFO: MessageSchema<MetaInfoProto> = messageSchema('MetaGraphDef.MetaInfoDef', () => ({
  tags: [4, 'texts'],
  tensorflowVersion: [5, 'text'],
}))

const META_GRAPH: MessageSchema<MetaGraphProto> = messageSchema('MetaGraphDef', () => ({
  info: [1, META_INFO],
  graph: [2, GRAPH],
  collections: [4, [COLLECTION_ENTRY]],
  signatures: [5, [SIGNATURE_ENTRY]],
  objects: [7, OBJECT_GRAPH],
}))

/** `SavedModel`, the whole of `saved_model.pb`. */
export const SAVED_MODEL: MessageSchema<SavedModelProto> = messageSchema('SavedModel', () => ({
  schemaVersion: [1, 'int'],
  metaGraphs: [2, [META_GRAPH]],
}))
