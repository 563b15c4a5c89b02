/** Which keys a query may attend to: masks of the inputs, causal masks, windows. All are `[..., queries, keys]`, bool. */
import { int } from '../../../src/graph/attributes.js'
import type { KerasGraph, KerasTensor } from '../keras-graph.js'

/** @returns each query attends to itself and what stands before it: `[queries, keys]` */
export function causalMask(graph: KerasGraph, query: KerasTensor, value: KerasTensor): string {
  return graph.node('GreaterOrEqual', positions(graph, query, value))
}

/** @returns each query attends to keys that are fewer than `width` steps away: `[queries, keys]` */
export function windowMask(graph: KerasGraph, query: KerasTensor, value: KerasTensor, width: number): string {
  const distance = graph.node('Abs', [graph.node('Sub', positions(graph, query, value))])
  return graph.node('Less', [distance, graph.builder.constant(width)])
}

/** @returns all masks together; `undefined` without any */
export function allOf(graph: KerasGraph, masks: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = masks.filter((mask) => mask !== undefined)
  return first && others.reduce((joined, mask) => graph.node('And', [joined, mask]), first)
}

/** Softmax over the last axis of the scores; a row without any key spreads evenly, or gives zeros. */
export function maskedSoftmax(
  graph: KerasGraph,
  scores: string,
  mask: string | undefined,
  givesZeros: boolean,
): string {
  if (mask === undefined) return graph.node('Softmax', [scores], { axis: int(-1) })
  const masked = graph.node('Where', [mask, scores, graph.scalar(-1e9)])
  const weights = graph.node('Softmax', [masked], { axis: int(-1) })
  return givesZeros ? graph.node('Where', [mask, weights, graph.scalar(0)]) : weights
}

/** Positions of the queries, as a column, and of the keys, as a row. */
function positions(graph: KerasGraph, query: KerasTensor, value: KerasTensor): readonly [string, string] {
  const { builder } = graph
  const range = (tensor: KerasTensor, axis: number): string => {
    const size = graph.node('Shape', [tensor.name], { start: int(1), end: int(2) })
    const count = graph.node('Squeeze', [size, builder.constant([0])])
    const steps = graph.node('Range', [builder.constant(0), count, builder.constant(1)])
    return graph.node('Unsqueeze', [steps, builder.constant([axis])])
  }
  return [range(query, 1), range(value, 0)]
}
