/** The graph's words to the messages of ONNX; nothing is read and nothing is written here. */
import { DATA_TYPES } from './data-type.js'
import type { Dimension } from './dimension.js'
import type {
  Attribute,
  AttributeKind,
  FunctionDefinition,
  Graph,
  ModelGraph,
  Node,
  ValueInfo,
  ValueType,
} from './graph.js'
import {
  ANONYMOUS_DIMENSION,
  ATTRIBUTE,
  type AttributeProto,
  type DimensionProto,
  FUNCTION,
  type FunctionProto,
  GRAPH,
  type GraphProto,
  MODEL,
  type ModelProto,
  NODE,
  type NodeProto,
  ATTRIBUTE_TYPE as T,
  type TypeProto,
  type ValueInfoProto,
} from './onnx-schema.js'
import { type PlaceElements, sparseTensorProto, tensorProto } from './onnx-tensor.js'

/** @param place - where the elements of initializers go; into the file when absent */
export function modelProto(model: ModelGraph, place?: PlaceElements): ModelProto {
  return {
    ...MODEL.empty(),
    irVersion: model.irVersion,
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    docString: model.docString,
    graph: mainGraph(model, place),
    opsetImport: opsetIds(model.opsets),
    metadataProps: [...model.metadata].map(([key, value]) => ({ key, value })),
    functions: [...model.functions.values()].map((definition) => functionProto(definition)),
  }
}

/** Before IR version 4 every initializer had to stand among the inputs. */
function mainGraph(model: ModelGraph, place: PlaceElements | undefined): GraphProto {
  const graph = graphProto(model.main, place)
  if (model.irVersion >= 4) return graph
  const listed = [...model.main.initializers.values()].map(({ name, dtype, shape }) =>
    valueInfoProto({ name, type: { kind: 'tensor', dtype, shape } }),
  )
  return { ...graph, input: [...graph.input, ...listed] }
}

function graphProto(graph: Graph, place?: PlaceElements): GraphProto {
  const initializers = [...graph.initializers.values()]
  return {
    ...GRAPH.empty(),
    name: graph.name,
    node: graph.nodes.map((node) => nodeProto(node, place)),
    initializer: initializers
      .filter((tensor) => tensor.sparse === undefined)
      .map((tensor) => tensorProto(tensor, place)),
    sparseInitializer: initializers.flatMap((tensor) =>
      tensor.sparse ? [sparseTensorProto(tensor, tensor.sparse)] : [],
    ),
    input: graph.inputs.map(valueInfoProto),
    output: graph.outputs.map(valueInfoProto),
    valueInfo: [...graph.valueInfos.values()].map(valueInfoProto),
  }
}

function functionProto(definition: FunctionDefinition): FunctionProto {
  return {
    ...FUNCTION.empty(),
    name: definition.name,
    domain: definition.domain,
    overload: definition.overload,
    input: definition.inputs,
    output: definition.outputs,
    attribute: definition.attributes,
    attributeProto: [...definition.attributeDefaults].map(([name, value]) => attributeProto(name, value)),
    node: definition.nodes.map((node) => nodeProto(node)),
    opsetImport: opsetIds(definition.opsets),
  }
}

const opsetIds = (opsets: ReadonlyMap<string, number>) => [...opsets].map(([domain, version]) => ({ domain, version }))

function nodeProto(node: Node, place?: PlaceElements): NodeProto {
  return {
    ...NODE.empty(),
    name: node.name === '' ? undefined : node.name,
    opType: node.operator,
    domain: node.domain === '' ? undefined : node.domain,
    overload: node.overload,
    input: node.inputs,
    output: node.outputs,
    attribute: [...node.attributes].map(([name, attribute]) => attributeProto(name, attribute, place)),
  }
}

function attributeProto(name: string, attribute: Attribute, place?: PlaceElements): AttributeProto {
  const empty = ATTRIBUTE.empty()
  return { ...empty, name, type: TYPE_OF[attribute.kind], ...attributeValue(attribute, place) }
}

const TYPE_OF: Readonly<Record<AttributeKind, number | undefined>> = {
  float: T.float,
  int: T.int,
  string: T.string,
  tensor: T.tensor,
  graph: T.graph,
  floats: T.floats,
  ints: T.ints,
  strings: T.strings,
  tensors: T.tensors,
  graphs: T.graphs,
  type: T.typeProto,
  types: T.typeProtos,
  reference: undefined,
}

function attributeValue(attribute: Attribute, place: PlaceElements | undefined): Partial<AttributeProto> {
  switch (attribute.kind) {
    case 'float':
      return { f: attribute.value }
    case 'int':
      return { i: attribute.value }
    case 'string':
      return { s: attribute.value }
    case 'floats':
      return { floats: attribute.value }
    case 'ints':
      return { ints: attribute.value }
    case 'strings':
      return { strings: attribute.value }
    case 'graph':
      return { g: graphProto(attribute.value, place) }
    case 'graphs':
      return { graphs: attribute.value.map((graph) => graphProto(graph, place)) }
    case 'type':
      return { tp: typeProto(attribute.value) }
    case 'types':
      return { typeProtos: attribute.value.map((type) => typeProto(type) ?? {}) }
    case 'reference':
      return { refAttrName: attribute.value, type: attribute.of === undefined ? undefined : TYPE_OF[attribute.of] }
    default:
      return tensorValue(attribute)
  }
}

function tensorValue(attribute: Attribute & { readonly kind: 'tensor' | 'tensors' }): Partial<AttributeProto> {
  if (attribute.kind === 'tensor') {
    const { sparse } = attribute.value
    if (sparse === undefined) return { t: tensorProto(attribute.value) }
    return { type: T.sparseTensor, sparseTensor: sparseTensorProto(attribute.value, sparse) }
  }
  const sparse = attribute.value.flatMap((tensor) => (tensor.sparse ? [sparseTensorProto(tensor, tensor.sparse)] : []))
  if (sparse.length > 0) return { type: T.sparseTensors, sparseTensors: sparse }
  return { tensors: attribute.value.map((tensor) => tensorProto(tensor)) }
}

function valueInfoProto(info: ValueInfo): ValueInfoProto {
  return { name: info.name, type: typeProto(info.type) }
}

function typeProto(type: ValueType | undefined): TypeProto | undefined {
  switch (type?.kind) {
    case undefined:
      return undefined
    case 'tensor':
      return { tensorType: tensorType(type) }
    case 'sparse-tensor':
      return { sparseTensorType: tensorType(type) }
    case 'sequence':
      return { sequenceType: { elemType: typeProto(type.element) } }
    case 'optional':
      return { optionalType: { elemType: typeProto(type.element) } }
    case 'map':
      return { mapType: { keyType: DATA_TYPES[type.key].code, valueType: typeProto(type.value) } }
  }
}

function tensorType(type: ValueType & { readonly kind: 'tensor' | 'sparse-tensor' }) {
  return { elemType: DATA_TYPES[type.dtype].code, shape: type.shape && { dim: type.shape.map(dimensionProto) } }
}

/** A name that the file did not give is left out again; an expression is written as its text. */
function dimensionProto(size: Dimension): DimensionProto {
  if (typeof size === 'number') return { dimValue: size }
  const [term, ...more] = size.terms
  const [atom, ...factors] = term?.atoms ?? []
  const isName = more.length === 0 && factors.length === 0 && term?.coefficient === 1 && atom?.kind === 'name'
  const name = isName ? atom.name : size.text
  return name.startsWith(ANONYMOUS_DIMENSION) ? {} : { dimParam: name }
}
