/** Which nodes of a SavedModel its outputs depend on, without a word about what they compute. */
import type { AttributeEntryProto, FunctionProto, GraphProto, NodeProto } from './saved-model-schema.js'

/** The main graph or a function: its nodes by name. */
interface Body {
  readonly nodes: ReadonlyMap<string, NodeProto>
}

/**
 * @param outputs - names of tensors of the main graph
 * @param inputs - tensors that are given from outside: what makes them in the file is not needed
 * @returns nodes of the main graph and of all functions that they may call, each once
 */
export function reachedNodes(
  graph: GraphProto | undefined,
  outputs: readonly string[],
  inputs: ReadonlySet<string>,
): readonly NodeProto[] {
  const functions = new Map((graph?.library?.functions ?? []).map((entry) => [entry.signature?.name ?? '', entry]))
  const reached = new Set<NodeProto>()
  const called = new Set<FunctionProto>()
  const main = bodyOf(graph?.nodes ?? [])
  const given = new Set([...inputs].map(nodeOf))
  const open = outputs.map((input) => ({ body: main, name: nodeOf(input) }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { body, name } = next
    const node = body === main && given.has(name) ? undefined : body.nodes.get(name)
    if (node === undefined || reached.has(node)) continue
    reached.add(node)
    for (const input of node.inputs) open.push({ body, name: nodeOf(input) })
    for (const callee of calledBy(node, functions)) {
      if (called.has(callee)) continue
      called.add(callee)
      const inner = bodyOf(callee.nodes)
      for (const { value = '' } of callee.results) open.push({ body: inner, name: nodeOf(value) })
    }
  }
  return [...reached]
}

const bodyOf = (nodes: readonly NodeProto[]): Body => ({
  nodes: new Map(nodes.map((node) => [node.name ?? '', node])),
})

/** `^node` orders nodes in time, `node:2` and `node:tensors:2` name an output. */
const nodeOf = (input: string): string => input.replace(/^\^/, '').split(':', 1)[0] ?? ''

function calledBy(
  { operator = '', attributes }: NodeProto,
  functions: ReadonlyMap<string, FunctionProto>,
): readonly FunctionProto[] {
  return [operator, ...attributes.flatMap(functionNames)].flatMap((name) => functions.get(name) ?? [])
}

function functionNames({ value }: AttributeEntryProto): readonly string[] {
  const references = [value?.function, ...(value?.list?.functions ?? [])]
  return references.flatMap((reference) => reference?.name ?? [])
}
