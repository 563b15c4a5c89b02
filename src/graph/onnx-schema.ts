/**
 * The protobuf messages of ONNX as tables, for reader and writer alike; fields that neither uses are left out.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 13)
 */
import { type FieldRun, type MessageSchema, messageSchema, type Payload } from './protobuf-schema.js'

/** Newest opset of the standard domain whose operators are known here. */
export const NEWEST_OPSET = 27

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = {
  undefined: 0,
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  sparseTensor: 11,
  sparseTensors: 12,
  typeProto: 13,
  typeProtos: 14,
} as const

/**
 * Starts the name of a dimension to which the file gives neither size nor name; value and axis follow, so that no two
 * are alike. The writer leaves such names out again.
 */
export const ANONYMOUS_DIMENSION = '?'

/** `TensorProto.DataLocation.EXTERNAL`. */
export const EXTERNAL_LOCATION = 1

export interface StringStringEntryProto {
  readonly key?: string | undefined
  readonly value?: string | undefined
}

export interface OperatorSetIdProto {
  readonly domain?: string | undefined
  readonly version?: number | undefined
}

export interface TensorProto {
  readonly dims: readonly number[]
  readonly dataType?: number | undefined
  readonly segment?: SegmentProto | undefined
  readonly floatData: readonly FieldRun[]
  readonly int32Data: readonly FieldRun[]
  readonly stringData: readonly FieldRun[]
  readonly int64Data: readonly FieldRun[]
  readonly name?: string | undefined
  readonly rawData?: Payload | undefined
  readonly doubleData: readonly FieldRun[]
  readonly uint64Data: readonly FieldRun[]
  readonly externalData: readonly StringStringEntryProto[]
  readonly dataLocation?: number | undefined
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** Obsolete: a tensor in several pieces. */
export interface SegmentProto {
  readonly begin?: number | undefined
  readonly end?: number | undefined
}

export interface SparseTensorProto {
  readonly values?: TensorProto | undefined
  readonly indices?: TensorProto | undefined
  readonly dims: readonly number[]
}

export interface DimensionProto {
  readonly dimValue?: number | undefined
  readonly dimParam?: string | undefined
}

export interface TensorShapeProto {
  readonly dim: readonly DimensionProto[]
}

/** `TypeProto.Tensor` and `TypeProto.SparseTensor`. */
export interface TensorTypeProto {
  readonly elemType?: number | undefined
  readonly shape?: TensorShapeProto | undefined
}

/** `TypeProto.Sequence` and `TypeProto.Optional`. */
export interface ElementTypeProto {
  readonly elemType?: TypeProto | undefined
}

export interface MapTypeProto {
  readonly keyType?: number | undefined
  readonly valueType?: TypeProto | undefined
}

export interface TypeProto {
  readonly tensorType?: TensorTypeProto | undefined
  readonly sequenceType?: ElementTypeProto | undefined
  readonly mapType?: MapTypeProto | undefined
  readonly sparseTensorType?: TensorTypeProto | undefined
  readonly optionalType?: ElementTypeProto | undefined
}

export interface ValueInfoProto {
  readonly name?: string | undefined
  readonly type?: TypeProto | undefined
}

export interface AttributeProto {
  readonly name?: string | undefined
  readonly f?: number | undefined
  readonly i?: number | undefined
  readonly s?: string | undefined
  readonly t?: TensorProto | undefined
  readonly g?: GraphProto | undefined
  readonly floats: readonly number[]
  readonly ints: readonly number[]
  readonly strings: readonly string[]
  readonly tensors: readonly TensorProto[]
  readonly graphs: readonly GraphProto[]
  readonly tp?: TypeProto | undefined
  readonly typeProtos: readonly TypeProto[]
  readonly type?: number | undefined
  readonly refAttrName?: string | undefined
  readonly sparseTensor?: SparseTensorProto | undefined
  readonly sparseTensors: readonly SparseTensorProto[]
}

export interface NodeProto {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name?: string | undefined
  readonly opType?: string | undefined
  readonly attribute: readonly AttributeProto[]
  readonly domain?: string | undefined
  readonly overload?: string | undefined
}

export interface GraphProto {
  readonly node: readonly NodeProto[]
  readonly name?: string | undefined
  readonly initializer: readonly TensorProto[]
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
  readonly valueInfo: readonly ValueInfoProto[]
  readonly sparseInitializer: readonly SparseTensorProto[]
}

export interface FunctionProto {
  readonly name?: string | undefined
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly string[]
  readonly node: readonly NodeProto[]
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly domain?: string | undefined
  readonly attributeProto: readonly AttributeProto[]
  readonly overload?: string | undefined
}

export interface ModelProto {
  readonly irVersion?: number | undefined
  readonly producerName?: string | undefined
  readonly producerVersion?: string | undefined
  readonly docString?: string | undefined
  readonly graph?: GraphProto | undefined
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly metadataProps: readonly StringStringEntryProto[]
  readonly functions: readonly FunctionProto[]
}

export const STRING_STRING_ENTRY: MessageSchema<StringStringEntryProto> = messageSchema(
  'StringStringEntryProto',
  () => ({ key: [1, 'text'], value: [2, 'text'] }),
)

export const OPERATOR_SET_ID: MessageSchema<OperatorSetIdProto> = messageSchema('OperatorSetIdProto', () => ({
  domain: [1, 'text'],
  version: [2, 'int'],
}))

export const SEGMENT: MessageSchema<SegmentProto> = messageSchema('TensorProto.Segment', () => ({
  begin: [1, 'int'],
  end: [2, 'int'],
}))

export const TENSOR: MessageSchema<TensorProto> = messageSchema('TensorProto', () => ({
  dims: [1, 'ints'],
  dataType: [2, 'int'],
  segment: [3, SEGMENT],
  floatData: [4, 'runs'],
  int32Data: [5, 'runs'],
  stringData: [6, 'runs'],
  int64Data: [7, 'runs'],
  name: [8, 'text'],
  rawData: [9, 'payload'],
  doubleData: [10, 'runs'],
  uint64Data: [11, 'runs'],
  externalData: [13, [STRING_STRING_ENTRY]],
  dataLocation: [14, 'int'],
  metadataProps: [16, [STRING_STRING_ENTRY]],
}))

export const SPARSE_TENSOR: MessageSchema<SparseTensorProto> = messageSchema('SparseTensorProto', () => ({
  values: [1, TENSOR],
  indices: [2, TENSOR],
  dims: [3, 'ints'],
}))

export const DIMENSION: MessageSchema<DimensionProto> = messageSchema('TensorShapeProto.Dimension', () => ({
  dimValue: [1, 'int'],
  dimParam: [2, 'text'],
}))

export const TENSOR_SHAPE: MessageSchema<TensorShapeProto> = messageSchema('TensorShapeProto', () => ({
  dim: [1, [DIMENSION]],
}))

export const TENSOR_TYPE: MessageSchema<TensorTypeProto> = messageSchema('TypeProto.Tensor', () => ({
  elemType: [1, 'int'],
  shape: [2, TENSOR_SHAPE],
}))

export const ELEMENT_TYPE: MessageSchema<ElementTypeProto> = messageSchema('TypeProto.Sequence', () => ({
  elemType: [1, TYPE],
}))

export const MAP_TYPE: MessageSchema<MapTypeProto> = messageSchema('TypeProto.Map', () => ({
  keyType: [1, 'int'],
  valueType: [2, TYPE],
}))

export const TYPE: MessageSchema<TypeProto> = messageSchema('TypeProto', () => ({
  tensorType: [1, TENSOR_TYPE],
  sequenceType: [4, ELEMENT_TYPE],
  mapType: [5, MAP_TYPE],
  sparseTensorType: [8, TENSOR_TYPE],
  optionalType: [9, ELEMENT_TYPE],
}))

export const VALUE_INFO: MessageSchema<ValueInfoProto> = messageSchema('ValueInfoProto', () => ({
  name: [1, 'text'],
  type: [2, TYPE],
}))

export const ATTRIBUTE: MessageSchema<AttributeProto> = messageSchema('AttributeProto', () => ({
  name: [1, 'text'],
  f: [2, 'float'],
  i: [3, 'int'],
  s: [4, 'text'],
  t: [5, TENSOR],
  g: [6, GRAPH],
  floats: [7, 'floats'],
  ints: [8, 'ints'],
  strings: [9, 'texts'],
  tensors: [10, [TENSOR]],
  graphs: [11, [GRAPH]],
  tp: [14, TYPE],
  typeProtos: [15, [TYPE]],
  type: [20, 'int'],
  refAttrName: [21, 'text'],
  sparseTensor: [22, SPARSE_TENSOR],
  sparseTensors: [23, [SPARSE_TENSOR]],
}))

export const NODE: MessageSchema<NodeProto> = messageSchema('NodeProto', () => ({
  input: [1, 'texts'],
  output: [2, 'texts'],
  name: [3, 'text'],
  opType: [4, 'text'],
  attribute: [5, [ATTRIBUTE]],
  domain: [7, 'text'],
  overload: [8, 'text'],
}))

export const GRAPH: MessageSchema<GraphProto> = messageSchema('GraphProto', () => ({
  node: [1, [NODE]],
  name: [2, 'text'],
  initializer: [5, [TENSOR]],
  input: [11, [VALUE_INFO]],
  output: [12, [VALUE_INFO]],
  valueInfo: [13, [VALUE_INFO]],
  sparseInitializer: [15, [SPARSE_TENSOR]],
}))

export const FUNCTION: MessageSchema<FunctionProto> = messageSchema('FunctionProto', () => ({
  name: [1, 'text'],
  input: [4, 'texts'],
  output: [5, 'texts'],
  attribute: [6, 'texts'],
  node: [7, [NODE]],
  opsetImport: [9, [OPERATOR_SET_ID]],
  domain: [10, 'text'],
  attributeProto: [11, [ATTRIBUTE]],
  overload: [13, 'text'],
}))

export const MODEL: MessageSchema<ModelProto> = messageSchema('ModelProto', () => ({
  irVersion: [1, 'int'],
  producerName: [2, 'text'],
  producerVersion: [3, 'text'],
  docString: [6, 'text'],
  graph: [7, GRAPH],
  opsetImport: [8, [OPERATOR_SET_ID]],
  metadataProps: [14, [STRING_STRING_ENTRY]],
  functions: [25, [FUNCTION]],
}))
