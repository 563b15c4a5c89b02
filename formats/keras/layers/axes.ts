/** Layers that work over some axes: which these are, and how they are brought where an operator wants them. */
import { ints } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall } from '../layer-call.js'

/**
 * @returns the axes that a field of the config names, from 0, in rising order
 * @throws {UnsupportedError} `E_KERAS_LAYER` for axes that the tensor does not have
 */
export function axesOf(
  call: LayerCall,
  rank: number,
  fallback: number | readonly number[] = -1,
  field = 'axis',
): number[] {
  const value = call.config.get(field) ?? fallback
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const axes = list.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + rank : axis))
  const isAxis = (axis: unknown): axis is number =>
    Number.isInteger(axis) && (axis as number) >= 0 && (axis as number) < rank
  if (!axes.every(isAxis) || new Set(axes).size !== axes.length) {
    throw call.refuse(`${field} is ${JSON.stringify(value)?.slice(0, 60)} of ${rank} axes`)
  }
  return axes.sort((left, right) => left - right)
}

/** Moves some axes of a tensor, lets an operator work, and moves them back. `channels` brings one axis to place 1. */
export function withAxesMoved(
  call: LayerCall,
  axes: readonly number[],
  place: 'last' | 'channels',
  work: (name: string) => string,
): KerasTensor {
  const { graph } = call
  const input = call.inputs[0] ?? call.input
  const rank = input.shape.length
  const [only] = axes
  if (place === 'channels' && only === rank - 1 && rank > 2) {
    const placed = graph.channelsFirst(input)
    return { ...placed, name: work(placed.name) }
  }
  const ordered = graph.logical(input)
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis))
  const order = place === 'last' ? [...others, ...axes] : [...others.slice(0, 1), ...axes, ...others.slice(1)]
  if (order.every((axis, index) => axis === index)) return { ...ordered, name: work(ordered.name) }
  const moved = work(graph.node('Transpose', [ordered.name], { perm: ints(order) }))
  const back = order.map((_, axis) => order.indexOf(axis))
  return { ...ordered, name: graph.node('Transpose', [moved], { perm: ints(back) }) }
}
