/** Finds the layer that gives a classifier its scores. */
import { UnsupportedError } from '../../core/errors.js'
import type { Node } from '../../graph/graph.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'

/** The nodes from the last layer to the output. */
export interface LastLayer {
  /** Gemm, MatMul or Conv. */
  readonly layer: NodeTrace
  /** Reshapes behind it, whose sizes may tell the number of classes. */
  readonly reshapes: readonly NodeTrace[]
  /** An Add behind it, with the position of the constant. */
  readonly bias?: { readonly trace: NodeTrace; readonly position: number }
}

/** What keeps each class for itself. */
const PASSED = new Set(
  `Identity Softmax LogSoftmax Sigmoid Relu Clip Dropout Flatten Reshape Squeeze Unsqueeze Transpose Cast
  GlobalAveragePool GlobalMaxPool AveragePool MaxPool ReduceMean ReduceMax`.split(/\s+/),
)
const LAYERS = new Set(['Gemm', 'MatMul', 'Conv'])

/** @throws {UnsupportedError} `E_HEAD` names the operator behind which the layer is not looked for */
export function findLastLayer(trace: GraphTrace, output: string): LastLayer {
  const makers = new Map(trace.nodes.flatMap((node) => node.node.outputs.map((name) => [name, node] as const)))
  const reshapes: NodeTrace[] = []
  let bias: LastLayer['bias']
  let value = output
  for (;;) {
    const maker = makers.get(value)
    const operator = maker?.node.operator ?? 'an input'
    if (maker === undefined || maker.node.domain !== '') throw notFound(output, operator)
    const position = constantSummand(maker.node, trace)
    if (LAYERS.has(operator)) return { layer: maker, reshapes, ...(bias === undefined ? {} : { bias }) }
    if (position !== undefined && bias === undefined) bias = { trace: maker, position }
    else if (!PASSED.has(operator)) throw notFound(output, operator)
    if (operator === 'Reshape') reshapes.push(maker)
    value = maker.node.inputs[position === undefined ? 0 : 1 - position] ?? ''
  }
}

/** @returns which input of an Add is a constant, if one alone is */
function constantSummand({ operator, inputs }: Node, { initializers }: GraphTrace): number | undefined {
  if (operator !== 'Add') return undefined
  const places = inputs.flatMap((name, position) => (initializers.has(name) ? [position] : []))
  return places.length === 1 ? places[0] : undefined
}

function notFound(output: string, operator: string): UnsupportedError {
  return new UnsupportedError('E_HEAD', `no last layer is found: "${output}" comes through ${operator}`, {
    hint: 'export the model with as many classes as the labels have',
  })
}
