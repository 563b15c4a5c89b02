/**
 * Sequences of which some steps do not count. Keras carries the state over such a step, wherever it stands; ONNX knows only
 * lengths. So the steps that count are moved to the front, in their order, and afterwards each step looks up its own.
 */
import { int } from '../../../src/graph/attributes.js'
import type { KerasGraph, KerasTensor } from '../keras-graph.js'

/** A sequence ready for a recurrent operator. */
export interface MaskedInput {
  readonly name: string
  /** `[N]`, int32: steps that count; `''` where all do. */
  readonly lengths: string
  /** `[N, time]`, int64: how many steps counted up to each one, in the order that is run. */
  readonly seen: string
  readonly isReversed: boolean
}

/** @param isReversed - turns the sequence around first, with its mask; without a mask the operator itself can */
export function maskedInput(graph: KerasGraph, input: KerasTensor, isReversed: boolean): MaskedInput {
  if (input.mask === undefined) return { name: input.name, lengths: '', seen: '', isReversed: false }
  const { builder } = graph
  const mask = isReversed ? reversed(graph, input.mask) : input.mask
  const sequence = isReversed ? reversed(graph, input.name) : input.name
  const counts = graph.node('Cast', [mask], { to: int(7) })
  const total = graph.node('ReduceSum', [counts, builder.constant([1])], { keepdims: int(0) })
  const seen = graph.node('CumSum', [counts, builder.constant(1)])
  // Sorted by "does not count", then by time: counts * time - (0, 1, 2, ...) falls in that order.
  const time = graph.node('Squeeze', [
    graph.node('Shape', [mask], { start: int(1), end: int(2) }),
    builder.constant([0]),
  ])
  const steps = graph.node('Range', [builder.constant(0), time, builder.constant(1)])
  const rank = graph.node('Sub', [graph.node('Mul', [counts, time]), steps])
  const [, order = ''] = builder.nodeWithOutputs(
    'TopK',
    [rank, graph.node('Unsqueeze', [time, builder.constant([0])])],
    { axis: int(1), largest: int(1), sorted: int(1) },
    { outputs: 2 },
  )
  const lengths = graph.node('Cast', [total], { to: int(6) })
  return { name: gathered(graph, sequence, order), lengths, seen, isReversed }
}

/** @returns the steps where they stood; one that does not count repeats the last that did, zeros before the first */
export function restored(graph: KerasGraph, steps: string, input: MaskedInput): string {
  if (input.lengths === '') return steps
  const { builder } = graph
  const index = graph.node('Max', [graph.node('Sub', [input.seen, builder.constant(1)]), builder.constant(0)])
  const found = gathered(graph, steps, index)
  const hasAny = graph.node('Greater', [input.seen, builder.constant(0)])
  const factor = graph.node('Unsqueeze', [graph.node('Cast', [hasAny], { to: int(1) }), builder.constant([2])])
  const placed = graph.node('Mul', [found, factor])
  return input.isReversed ? reversed(graph, placed) : placed
}

/** @returns axis 1 turned around */
export function reversed(graph: KerasGraph, name: string): string {
  const { builder } = graph
  const bounds = [-1, Number.MIN_SAFE_INTEGER, 1, -1].map((value) => builder.constant([value]))
  return graph.node('Slice', [name, ...bounds])
}

/** Step `order[n, t]` of each sequence `n`. */
function gathered(graph: KerasGraph, sequence: string, order: string): string {
  const index = graph.node('Unsqueeze', [order, graph.builder.constant([2])])
  return graph.node('GatherND', [sequence, index], { batch_dims: int(1) })
}
