/**
 * Keeps onnxruntime-node from copying outputs that a run has written in place.
 *
 * Its binding copies every output into new memory when the run is over, those too that lie in memory of the caller: for the
 * weights and momentum of a ResNet-18 that is 94 MB for each step, half as long as the step itself. It goes through the
 * outputs in the graph's order and gives up at the first that is no tensor, before it copies one. So a sequence is put in
 * front, and the complaint about it is how a run ends well. A version that learns to hand sequences over, or words the
 * complaint in another way, is found out by the first run, which then goes the usual way.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/js/node/src/tensor_helper.cc
 */
import { int } from '../graph/attributes.js'
import { DATA_TYPES } from '../graph/data-type.js'
import type { ModelGraph, Node } from '../graph/graph.js'

const COMPLAINT = 'Non tensor type is temporarily not supported'

/** A graph with a sequence as its first output. */
export interface UncopiedGraph {
  readonly graph: ModelGraph
  /** Name of that output. */
  readonly sequence: string
}

/** @returns the same graph with an empty sequence in front of its outputs */
export function withSequenceInFront(graph: ModelGraph): UncopiedGraph {
  const { main } = graph
  const taken = new Set(main.nodes.flatMap(({ name, outputs }) => [name, ...outputs]))
  let sequence = 'nothing to copy'
  while (taken.has(sequence)) sequence += '_'
  const attributes = new Map([['dtype', int(DATA_TYPES.float32.code)]])
  const node: Node = {
    name: sequence,
    operator: 'SequenceEmpty',
    domain: '',
    inputs: [],
    outputs: [sequence],
    attributes,
  }
  const outputs = [{ name: sequence, type: undefined }, ...main.outputs]
  return { graph: { ...graph, main: { ...main, nodes: [node, ...main.nodes], outputs } }, sequence }
}

/** @returns whether that is how the binding says that a run is over and its first output a sequence */
export function isOver(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes(COMPLAINT)
}
