/** A model graph as plain data with the digests of its tensors, so that two graphs can be compared with `toEqual`. */
import { createHash } from 'node:crypto'
import type { Attribute, Graph, Initializer, ModelGraph, Node } from '../../src/graph/graph.js'

/** @returns plain objects, arrays and texts; equal exactly when the graphs are equal */
export function describeModel(model: ModelGraph): unknown {
  return {
    ...model,
    opsets: Object.fromEntries(model.opsets),
    metadata: Object.fromEntries(model.metadata),
    main: describeGraph(model.main),
    functions: [...model.functions].map(([key, definition]) => ({
      ...definition,
      key,
      attributeDefaults: describeAttributes(definition.attributeDefaults),
      nodes: definition.nodes.map(describeNode),
      opsets: Object.fromEntries(definition.opsets),
    })),
  }
}

export function describeGraph(graph: Graph): unknown {
  return {
    ...graph,
    nodes: graph.nodes.map(describeNode),
    initializers: [...graph.initializers].map(([key, tensor]) => ({ key, ...describeTensor(tensor) })),
    valueInfos: Object.fromEntries(graph.valueInfos),
  }
}

export function describeTensor(tensor: Initializer): object {
  const { data, sparse, ...rest } = tensor
  return {
    ...rest,
    sparse: sparse && { values: describeTensor(sparse.values), indices: describeTensor(sparse.indices) },
    elements: tensor.dtype === 'string' ? data.readStrings() : sparse === undefined ? digest(data.read()) : 'above',
  }
}

function describeNode(node: Node): unknown {
  return { ...node, attributes: describeAttributes(node.attributes) }
}

function describeAttributes(attributes: ReadonlyMap<string, Attribute>): unknown {
  return [...attributes].map(([name, attribute]) => ({ name, kind: attribute.kind, value: describeValue(attribute) }))
}

function describeValue(attribute: Attribute): unknown {
  switch (attribute.kind) {
    case 'tensor':
      return describeTensor(attribute.value)
    case 'tensors':
      return attribute.value.map(describeTensor)
    case 'graph':
      return describeGraph(attribute.value)
    case 'graphs':
      return attribute.value.map(describeGraph)
    default:
      return attribute
  }
}

const digest = (bytes: Uint8Array): string =>
  bytes.length <= 64 ? Buffer.from(bytes).toString('hex') : createHash('sha256').update(bytes).digest('hex')
