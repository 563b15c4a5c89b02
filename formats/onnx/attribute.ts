/** `AttributeProto` to attribute, all kinds. */

import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Attribute, AttributeKind, Graph } from '../../src/graph/graph.js'
import { type AttributeProto, type GraphProto, ATTRIBUTE_TYPE as T } from '../../src/graph/onnx-schema.js'
import type { OnnxContext } from './context.js'
import { readSparseTensor } from './sparse.js'
import { readTensor } from './tensor.js'
import { readType } from './value-type.js'

/** Reads a sub-graph; given by the caller, since graphs hold attributes and attributes hold graphs. */
export type GraphReader = (proto: GraphProto, context: OnnxContext) => Graph

const KINDS: Readonly<Record<number, Exclude<AttributeKind, 'reference'>>> = {
  [T.float]: 'float',
  [T.int]: 'int',
  [T.string]: 'string',
  [T.tensor]: 'tensor',
  [T.graph]: 'graph',
  [T.floats]: 'floats',
  [T.ints]: 'ints',
  [T.strings]: 'strings',
  [T.tensors]: 'tensors',
  [T.graphs]: 'graphs',
  [T.sparseTensor]: 'tensor',
  [T.sparseTensors]: 'tensors',
  [T.typeProto]: 'type',
  [T.typeProtos]: 'types',
}

/**
 * @param owner - names the node or function in errors
 * @throws {FormatError} `E_ONNX_ATTRIBUTE`, and those of its tensors and graphs
 */
export function readAttribute(
  proto: AttributeProto,
  owner: () => string,
  context: OnnxContext,
  readGraph: GraphReader,
): Attribute {
  if (proto.refAttrName !== undefined && proto.refAttrName !== '') {
    const of = KINDS[proto.type ?? T.undefined]
    return of === undefined
      ? { kind: 'reference', value: proto.refAttrName }
      : { kind: 'reference', value: proto.refAttrName, of }
  }
  const type = typeOf(proto)
  const read = READERS[type]
  const attribute = read?.(proto, context, readGraph)
  if (attribute !== undefined) return attribute
  const reason = read === undefined ? `has the type ${proto.type}, which is not known` : 'lacks a value of its type'
  throw new FormatError(
    'E_ONNX_ATTRIBUTE',
    `${context.path}: attribute ${quoted(proto.name ?? '')} of ${owner()} ${reason}`,
    {
      hint: 'the file is damaged or newer than this version of greenbench: export it again',
    },
  )
}

/** Stands for the type of an attribute whose value is of another type than it claims. */
const MISMATCH = -1

type Reader = (proto: AttributeProto, context: OnnxContext, readGraph: GraphReader) => Attribute | undefined

/** By type; writers that follow proto3 leave a zero or an empty text out. */
const READERS: Readonly<Record<number, Reader>> = {
  [MISMATCH]: () => undefined,
  [T.float]: ({ f }) => ({ kind: 'float', value: f ?? 0 }),
  [T.int]: ({ i }) => ({ kind: 'int', value: i ?? 0 }),
  [T.string]: ({ s }) => ({ kind: 'string', value: s ?? '' }),
  [T.tensor]: ({ t }, context) => (t === undefined ? undefined : { kind: 'tensor', value: readTensor(t, context) }),
  [T.graph]: ({ g }, context, readGraph) =>
    g === undefined ? undefined : { kind: 'graph', value: readGraph(g, context) },
  [T.floats]: ({ floats }) => ({ kind: 'floats', value: floats }),
  [T.ints]: ({ ints }) => ({ kind: 'ints', value: ints }),
  [T.strings]: ({ strings }) => ({ kind: 'strings', value: strings }),
  [T.tensors]: ({ tensors }, context) => ({ kind: 'tensors', value: tensors.map((t) => readTensor(t, context)) }),
  [T.graphs]: ({ graphs }, context, readGraph) => ({
    kind: 'graphs',
    value: graphs.map((graph) => readGraph(graph, context)),
  }),
  [T.sparseTensor]: ({ sparseTensor }, context) =>
    sparseTensor === undefined ? undefined : { kind: 'tensor', value: readSparseTensor(sparseTensor, context) },
  [T.sparseTensors]: ({ sparseTensors }, context) => ({
    kind: 'tensors',
    value: sparseTensors.map((tensor) => readSparseTensor(tensor, context)),
  }),
  [T.typeProto]: ({ tp, name }) => ({ kind: 'type', value: readType(tp, name ?? '') }),
  [T.typeProtos]: ({ typeProtos, name }) => ({
    kind: 'types',
    value: typeProtos.map((type) => readType(type, name ?? '')),
  }),
}

/** Files of IR version 1 do not say the type: the field that is there tells it. */
function typeOf(proto: AttributeProto): number {
  const type = proto.type ?? T.undefined
  if (holds(proto, type)) return type
  const present = presentType(proto)
  if (type === T.undefined) return present ?? T.ints
  return present === undefined || READERS[type] === undefined ? type : MISMATCH
}

/** @returns whether the field of this type is there */
function holds(proto: AttributeProto, type: number): boolean {
  const value = VALUE_OF[type]?.(proto)
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}

/** @returns the type whose field is there; `undefined` where none is */
function presentType(proto: AttributeProto): number | undefined {
  for (const type of TYPES) if (holds(proto, type)) return type
  return undefined
}

const VALUE_OF: Readonly<Record<number, (proto: AttributeProto) => unknown>> = {
  [T.float]: ({ f }) => f,
  [T.int]: ({ i }) => i,
  [T.string]: ({ s }) => s,
  [T.tensor]: ({ t }) => t,
  [T.graph]: ({ g }) => g,
  [T.floats]: ({ floats }) => floats,
  [T.ints]: ({ ints }) => ints,
  [T.strings]: ({ strings }) => strings,
  [T.tensors]: ({ tensors }) => tensors,
  [T.graphs]: ({ graphs }) => graphs,
  [T.sparseTensor]: ({ sparseTensor }) => sparseTensor,
  [T.sparseTensors]: ({ sparseTensors }) => sparseTensors,
  [T.typeProto]: ({ tp }) => tp,
  [T.typeProtos]: ({ typeProtos }) => typeProtos,
}

const TYPES = Object.keys(VALUE_OF).map(Number)
