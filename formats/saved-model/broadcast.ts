/** Puts tensors that are combined element by element into one order of axes, with transposes only where they must be. */
import { ints } from '../../src/graph/attributes.js'
import { range } from '../emission/known-numbers.js'
import type { Value } from '../emission/value.js'
import { Flow, withChannelsFirst } from './flow.js'
import type { FlowEmitter } from './flow-emitter.js'

/** Tensors in one order of axes. */
export interface Aligned {
  readonly values: readonly Value[]
  readonly isChannelsFirst: boolean
}

/** Channels stay first where a tensor of the full rank has them first; the smaller ones are put to match. */
export function align(flows: readonly Flow[], emitter: FlowEmitter): Aligned {
  const ranks = flows.map(({ rank }) => rank)
  const rank = Math.max(...ranks.map((value) => value ?? 0))
  const leads = flows.some((flow) => flow.isChannelsFirst && flow.rank === rank)
  const isChannelsFirst = leads && rank > 2 && !ranks.includes(undefined)
  if (!isChannelsFirst) return { values: flows.map((flow) => emitter.plain(flow)), isChannelsFirst }
  return { values: flows.map((flow) => matched(flow, rank, emitter)), isChannelsFirst }
}

/** @returns the tensor that a node gave in that order */
export function inOrder(value: Value, isChannelsFirst: boolean, flow: readonly Flow[], operator: string): Flow {
  return new Flow(isChannelsFirst ? { channelsFirst: value } : { plain: value }, { operator, inputs: flow })
}

/** Broadcasting aligns the last axes: [C] becomes [1, C, 1, 1]. */
function matched(flow: Flow, rank: number, emitter: FlowEmitter): Value {
  const own = flow.rank ?? 0
  if (own === rank) return emitter.channelsFirst(flow)
  if (own === 0) return emitter.plain(flow)
  const missing = range(rank - own)
  const { initializer } = flow
  if (initializer !== undefined) {
    const grown = emitter.reshaped(initializer, [...missing.map(() => 1), ...initializer.shape])
    const source = grown.initializer ?? initializer
    return emitter.transposed(source, withChannelsFirst(range(rank)))
  }
  const grown = emitter.emit('Unsqueeze', [emitter.plain(flow), emitter.numbers(missing)])
  return emitter.channelsFirst(new Flow({ plain: grown }))
}

/** @returns the node's inputs as they are, for operators that look at one element at a time */
export function sameOrder(flow: Flow, emitter: FlowEmitter): Aligned {
  if (flow.isChannelsFirst) return { values: [emitter.channelsFirst(flow)], isChannelsFirst: true }
  return { values: [emitter.plain(flow)], isChannelsFirst: false }
}

/** @returns a transposed tensor, e.g. the last two axes of a matrix */
export function transposedFlow(flow: Flow, order: readonly number[], emitter: FlowEmitter): Value {
  return emitter.emit('Transpose', [emitter.plain(flow)], { perm: ints(order) })
}
