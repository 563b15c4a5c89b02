/** TensorFlow adds the bias of a convolution in a node of its own, ONNX has an input for it. */
import type { Graph, Initializer, ModelGraph, Node } from '../../src/graph/graph.js'
import { reshapedInitializer } from '../../src/graph/transpose.js'
import { countUses } from '../../src/graph/uses.js'
import { prune } from '../emission/prune.js'

/** @returns the model with sums of one number per channel moved into the convolutions before them */
export function withBiases(model: ModelGraph): ModelGraph {
  const { main } = model
  const uses = countUses(main)
  const makers = new Map(main.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  const merged = new Map<Node, Node>()
  const gone = new Set<Node>()
  const vectors = new Map<string, Initializer>()
  for (const node of main.nodes) {
    const found = node.operator === 'Add' ? biasOf(node, main, makers, uses) : undefined
    if (found === undefined) continue
    const { convolution, bias } = found
    const vector = vectors.get(bias.name) ?? vectorOf(bias, main.initializers)
    vectors.set(bias.name, vector)
    merged.set(node, {
      ...convolution,
      inputs: [...convolution.inputs.slice(0, 2), vector.name],
      outputs: node.outputs,
    })
    gone.add(convolution)
  }
  const nodes = main.nodes.filter((node) => !gone.has(node)).map((node) => merged.get(node) ?? node)
  return prune({ ...model, main: { ...main, nodes, initializers: withVectors(main.initializers, vectors) } })
}

function biasOf(
  { inputs }: Node,
  { initializers }: Graph,
  makers: ReadonlyMap<string, Node>,
  uses: ReadonlyMap<string, number>,
): { convolution: Node; bias: Initializer } | undefined {
  for (const [x = '', other = ''] of [inputs, inputs.toReversed()]) {
    const [convolution, bias] = [makers.get(x), initializers.get(other)]
    if (convolution?.operator !== 'Conv' || bias === undefined || uses.get(x) !== 1) continue
    const kernel = initializers.get(convolution.inputs[1] ?? '')
    const isBare = (convolution.inputs[2] ?? '') === ''
    if (isBare && kernel !== undefined && isPerChannel(bias, kernel)) return { convolution, bias }
  }
  return undefined
}

/** Sizes [1, C, 1, ...] or [C, 1, ...] for a result [N, C, ...]. */
function isPerChannel({ shape, dtype }: Initializer, kernel: Initializer): boolean {
  const rank = kernel.shape.length
  const lead = rank - shape.length
  return (
    dtype === kernel.dtype &&
    (lead === 0 || lead === 1) &&
    shape.every((length, axis) => length === (axis + lead === 1 ? kernel.shape[0] : 1))
  )
}

/** A layer that is called twice has one bias still. */
function vectorOf(bias: Initializer, taken: ReadonlyMap<string, Initializer>): Initializer {
  let name = `${bias.name}_vector`
  while (taken.has(name)) name += '_'
  return { ...reshapedInitializer(bias, [bias.shape.reduce((product, length) => product * length, 1)]), name }
}

function withVectors(
  initializers: ReadonlyMap<string, Initializer>,
  vectors: ReadonlyMap<string, Initializer>,
): ReadonlyMap<string, Initializer> {
  return new Map([...initializers, ...[...vectors.values()].map((vector) => [vector.name, vector] as const)])
}
