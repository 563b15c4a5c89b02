/**
 * Joins what stands behind a convolution on blocked channels to it: a sum with another value, then Relu or Clip. The operator
 * does both while its outputs are in the registers, and what lies between is never written.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/graph/contrib_ops/nchwc_schema_defs.cc
 */
import { floats, text } from '../../graph/attributes.js'
import type { Graph, Initializer, Node } from '../../graph/graph.js'
import { BLOCKED_DOMAIN } from './blocked-values.js'

/** Place of the value that is added. */
const SUM = 3

/** @param isBlocked - whether a name is that of a blocked value */
export function fuseBlocked(graph: Graph, isBlocked: (name: string) => boolean): Graph {
  const facts = { uses: countUses(graph), constants: constantsOf(graph), isBlocked }
  // Convolutions by the name of their output, for as long as something may be joined to them.
  const open = new Map<string, Node>()
  const nodes = new Set<Node>()
  for (const node of graph.nodes) {
    const found = joined(node, open, facts)
    if (found !== undefined) nodes.delete(found.convolution)
    const written = found?.node ?? node
    nodes.add(written)
    if (written.domain === BLOCKED_DOMAIN && written.operator === 'Conv') open.set(written.outputs[0] ?? '', written)
  }
  return { ...graph, nodes: [...nodes] }
}

interface Facts {
  readonly uses: ReadonlyMap<string, number>
  readonly constants: ReadonlyMap<string, Initializer>
  readonly isBlocked: (name: string) => boolean
}

interface Joined {
  /** The convolution that goes away. */
  readonly convolution: Node
  readonly node: Node
}

function joined(node: Node, open: ReadonlyMap<string, Node>, facts: Facts): Joined | undefined {
  if (node.domain !== '') return undefined
  if (node.operator === 'Add') return withSum(node, open, facts)
  const activation = activationOf(node, facts)
  const convolution = alone(node.inputs[0] ?? '', open, facts)
  if (activation === undefined || convolution === undefined) return undefined
  const attributes = new Map([...convolution.attributes, ...activation])
  return { convolution, node: { ...convolution, attributes, outputs: node.outputs } }
}

/** A convolution that nothing else reads, and that nothing was joined to but a sum. */
function alone(value: string, open: ReadonlyMap<string, Node>, { uses }: Facts): Node | undefined {
  const node = open.get(value)
  return uses.get(value) === 1 && node?.attributes.has('activation') === false ? node : undefined
}

/** The one written last is joined: the other value is there by then. */
function withSum({ inputs, outputs }: Node, open: ReadonlyMap<string, Node>, facts: Facts): Joined | undefined {
  for (const [index, value] of [...inputs.entries()].toReversed()) {
    const other = inputs[1 - index] ?? ''
    const convolution = alone(value, open, facts)
    if (convolution === undefined || convolution.inputs.length > SUM || !facts.isBlocked(other)) continue
    const [x = '', weight = '', bias = ''] = convolution.inputs
    return { convolution, node: { ...convolution, inputs: [x, weight, bias, other], outputs } }
  }
  return undefined
}

function activationOf({ operator, inputs }: Node, { constants }: Facts) {
  if (operator === 'Relu') return new Map([['activation', text('Relu')]])
  if (operator !== 'Clip') return undefined
  const ends = [1, 2].map((index) => scalarOf(constants.get(inputs[index] ?? '')))
  const isKnown = ends.every((end): end is number => end !== undefined)
  return isKnown
    ? new Map([
        ['activation', text('Clip')],
        ['activation_params', floats(ends)],
      ] as const)
    : undefined
}

function scalarOf(constant: Initializer | undefined): number | undefined {
  if (constant?.dtype !== 'float32') return undefined
  const bytes = constant.data.read()
  return bytes.byteLength === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true) : undefined
}

function constantsOf({ nodes, initializers }: Graph): ReadonlyMap<string, Initializer> {
  const written = nodes.flatMap(({ operator, attributes, outputs }) => {
    const value = operator === 'Constant' ? attributes.get('value') : undefined
    return value?.kind === 'tensor' ? [[outputs[0] ?? '', value.value] as const] : []
  })
  return new Map([...initializers, ...written])
}

/** Readers of each value: nodes, those of sub-graphs, and the caller. */
function countUses(graph: Graph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  const count = ({ nodes, outputs }: Graph): void => {
    const names = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)]
    for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1)
    for (const attribute of nodes.flatMap(({ attributes }) => [...attributes.values()])) {
      if (attribute.kind === 'graph') count(attribute.value)
    }
  }
  count(graph)
  return uses
}
