/** `GraphProto`, `NodeProto` and `FunctionProto` to the graph's words. */

import { FormatError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Attribute, FunctionDefinition, Graph, Initializer, Node, ValueInfo } from '../../src/graph/graph.js'
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  NodeProto,
  OperatorSetIdProto,
} from '../../src/graph/onnx-schema.js'
import { readAttribute } from './attribute.js'
import type { OnnxContext } from './context.js'
import { describeNode } from './describe-node.js'
import { readSparseTensor } from './sparse.js'
import { readTensor } from './tensor.js'
import { readValueInfo } from './value-type.js'

/** Inputs that have an initializer are left out: before IR version 4 every initializer had to be listed there. */
export function readGraph(proto: GraphProto, context: OnnxContext): Graph {
  const initializers = readInitializers(proto, context)
  return {
    name: proto.name ?? '',
    inputs: proto.input.map(readValueInfo).filter((input) => !initializers.has(input.name)),
    outputs: proto.output.map(readValueInfo),
    nodes: proto.node.map((node) => readNode(node, context)),
    initializers,
    valueInfos: new Map(proto.valueInfo.map((info): [string, ValueInfo] => [info.name ?? '', readValueInfo(info)])),
  }
}

export function readFunction(proto: FunctionProto, context: OnnxContext): FunctionDefinition {
  const owner = () => `function ${quoted(proto.name ?? '')}`
  return {
    name: proto.name ?? '',
    domain: readDomain(proto.domain),
    ...(proto.overload ? { overload: proto.overload } : {}),
    inputs: proto.input,
    outputs: proto.output,
    attributes: proto.attribute,
    attributeDefaults: readAttributes(proto.attributeProto, owner, context),
    nodes: proto.node.map((node) => readNode(node, context)),
    opsets: readOpsets(proto.opsetImport),
  }
}

/**
 * @returns domain -> version; the later of two entries for one domain counts
 * @throws {FormatError} `E_ONNX_OPSET` for a version that is no count
 */
export function readOpsets(entries: readonly OperatorSetIdProto[]): Map<string, number> {
  return new Map(entries.map(({ domain, version = 0 }) => [readDomain(domain), checkedVersion(domain, version)]))
}

function checkedVersion(domain: string | undefined, version: number): number {
  if (Number.isSafeInteger(version) && version >= 0) return version
  throw new FormatError(
    'E_ONNX_OPSET',
    `version ${version} of the operators of ${quoted(domain ?? '')} is no version`,
    {
      hint: 'the file is damaged: export the model again',
    },
  )
}

/** The standard domain has two spellings. */
function readDomain(domain = ''): string {
  return domain === 'ai.onnx' ? '' : domain
}

function readInitializers(proto: GraphProto, context: OnnxContext): Map<string, Initializer> {
  const initializers = new Map<string, Initializer>()
  for (const tensor of proto.initializer) initializers.set(tensor.name ?? '', readTensor(tensor, context))
  for (const tensor of proto.sparseInitializer) {
    const initializer = readSparseTensor(tensor, context)
    initializers.set(initializer.name, initializer)
  }
  return initializers
}

function readNode(proto: NodeProto, context: OnnxContext): Node {
  const operator = proto.opType ?? ''
  const name = proto.name ?? ''
  if (operator === '') {
    throw new FormatError('E_ONNX_NODE', `${context.path}: node ${quoted(name)} names no operator`, {
      hint: 'the file is damaged: export the model again',
    })
  }
  return {
    name,
    operator,
    domain: readDomain(proto.domain),
    ...(proto.overload ? { overload: proto.overload } : {}),
    inputs: proto.input,
    outputs: proto.output,
    attributes: readAttributes(proto.attribute, () => describeNode(operator, name), context),
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map()

function readAttributes(
  protos: readonly AttributeProto[],
  owner: () => string,
  context: OnnxContext,
): ReadonlyMap<string, Attribute> {
  if (protos.length === 0) return NO_ATTRIBUTES
  const attributes = new Map<string, Attribute>()
  for (const proto of protos) {
    const name = proto.name ?? ''
    if (attributes.has(name)) {
      throw new FormatError(
        'E_ONNX_ATTRIBUTE',
        `${context.path}: attribute ${quoted(name)} of ${owner()} is given twice`,
        {
          hint: 'the file is damaged: export the model again',
        },
      )
    }
    attributes.set(name, readAttribute(proto, owner, context, readGraph))
  }
  return attributes
}
