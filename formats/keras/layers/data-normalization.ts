/** Normalization: by statistics of the data, kept as weights or written into the config. */
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { axesOf } from './axes.js'

/** @see https://keras.io/api/layers/preprocessing_layers/numerical/normalization/ */
export const normalization: LayerConverter = (call) => {
  const { config, graph } = call
  const input = graph.cast(graph.logical(call.input), 'float32')
  const kept = axesOf(call, input.shape.length)
  const broadcast = input.shape.map((_, axis) => (kept.includes(axis) ? call.sizeOf(input.shape, axis) : 1))
  const mean = statistic(call, 'mean', kept, broadcast)
  const deviation = graph.node('Sqrt', [statistic(call, 'variance', kept, broadcast)])
  const divisor = graph.node('Max', [deviation, graph.scalar(1e-7)])
  if (config.get('mean') === undefined) call.keepUnread(2, 'count')
  if (config.flag('invert')) {
    return { ...input, name: call.node('Add', [graph.node('Mul', [input.name, divisor]), mean]) }
  }
  return { ...input, name: call.node('Div', [graph.node('Sub', [input.name, mean]), divisor]) }
}

function statistic(
  call: LayerCall,
  name: 'mean' | 'variance',
  kept: readonly number[],
  broadcast: readonly number[],
): string {
  const given = call.config.get(name)
  if (given === undefined) {
    const shape = kept.map((axis) => broadcast[axis] ?? 1)
    const arrangement = { shape: broadcast }
    return call.weight(name === 'mean' ? 0 : 1, name, shape, { trainable: false, arrangement })
  }
  const numbers = numbersIn(given)
  const elements = broadcast.reduce((product, size) => product * size, 1)
  const [axis = 0] = kept.slice(-1)
  const shape = broadcast.map((size, index) => (numbers?.length === elements || index === axis ? size : 1))
  if (numbers?.length === 1) return call.graph.floats(numbers, [])
  if (numbers === undefined || numbers.length !== shape.reduce((product, size) => product * size, 1)) {
    throw call.refuse(`its ${name} does not fit its input`)
  }
  return call.graph.floats(numbers, shape)
}

const DEEPEST = 16

/** @returns all numbers of nested lists, in order; Keras wraps them as `{ config: { value } }` */
function numbersIn(value: unknown, depth = 0): number[] | undefined {
  if (typeof value === 'number') return [value]
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) {
    const config: unknown = 'config' in value ? value.config : undefined
    const inner = typeof config === 'object' && config !== null && 'value' in config ? config.value : undefined
    return inner === undefined ? undefined : numbersIn(inner, depth + 1)
  }
  const parts = value.map((entry) => numbersIn(entry, depth + 1))
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined
}
