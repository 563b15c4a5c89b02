/** Compares what greenbench infers before a run with what onnxruntime saw in one. */
import type { InferenceSession } from 'onnxruntime-node'
import { formatShape } from '../../src/graph/dimension.js'
import type { ModelGraph, ValueType } from '../../src/graph/graph.js'
import { inferTypes } from '../../src/operators/infer.js'
import type { NodeTrace } from '../../src/operators/trace.js'

/** Types of every value of a main graph, and what went wrong on the way. */
export interface Inferred {
  readonly types: ReadonlyMap<string, ValueType | undefined>
  /** Rules that threw, with their messages. */
  readonly failures: readonly string[]
  /** Operators without a rule. */
  readonly unknown: readonly string[]
}

/**
 * @param shapes - sizes of the inputs
 * @returns what greenbench infers from the nodes alone: the types that the file itself states for intermediates and
 *   outputs are left out, so that they cannot stand in for a rule
 */
export function inferFromNodes(graph: ModelGraph, shapes: ReadonlyMap<string, readonly number[]>): Inferred {
  const outputs = graph.main.outputs.map(({ name }) => ({ name, type: undefined }))
  const main = { ...graph.main, outputs, valueInfos: new Map() }
  const trace = inferTypes({ ...graph, main }, { inputShapes: shapes }).main
  const nodes = withInnerNodes(trace.nodes)
  const found = [...trace.values].map(([name, { type }]) => [name, type] as const)
  return {
    types: new Map([...graph.main.inputs.map(({ name, type }) => [name, type] as const), ...found]),
    failures: nodes.flatMap(({ node, failure }) => (failure === undefined ? [] : [`${node.operator}: ${failure}`])),
    unknown: nodes
      .filter(({ rule, body }) => rule === undefined && body === undefined)
      .map(({ node }) => `${node.domain}.${node.operator}`),
  }
}

/** @returns nodes with those of their function bodies and sub-graphs */
function withInnerNodes(nodes: readonly NodeTrace[]): NodeTrace[] {
  return nodes.flatMap((node) => [
    node,
    ...withInnerNodes(node.body?.nodes ?? []),
    ...[...node.subgraphs.values()].flatMap((graph) => withInnerNodes(graph.nodes)),
  ])
}

/** @returns one line for every value whose inferred sizes are not those of the run; free ones only where `mayBeFree` */
export function wrongShapes(
  inferred: Inferred,
  shapes: ReadonlyMap<string, readonly number[]>,
  mayBeFree: readonly string[] = [],
): string[] {
  return [...shapes].flatMap(([name, dims]) => {
    const type = inferred.types.get(name)
    const shape = type?.kind === 'tensor' || type?.kind === 'sparse-tensor' ? type.shape : undefined
    const isRight =
      shape?.length === dims.length &&
      shape.every((size, axis) => size === dims[axis] || (typeof size !== 'number' && mayBeFree.includes(name)))
    const ours = shape === undefined ? (type?.kind ?? 'nothing') : formatShape(shape)
    return isRight ? [] : [`${name}: inferred ${ours}, onnxruntime [${dims.join(', ')}]`]
  })
}

/** @returns one line for every value whose kind or element type is not what onnxruntime says */
export function wrongTypes(inferred: Inferred, types: ReadonlyMap<string, InferenceSession.ValueMetadata>): string[] {
  return [...types].flatMap(([name, metadata]) => {
    const type = inferred.types.get(name)
    const isTensor = type?.kind === 'tensor' || type?.kind === 'sparse-tensor'
    const isRight = metadata.isTensor
      ? isTensor && type.dtype === metadata.type
      : type !== undefined && type.kind !== 'tensor'
    const theirs = metadata.isTensor ? `tensor of ${metadata.type}` : 'no tensor'
    return isRight ? [] : [`${name}: inferred ${JSON.stringify(type)}, onnxruntime ${theirs}`]
  })
}
