/** Normalisations with the statistics that training left behind, and those over the sample itself. */
import { float, int } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { numbersOf } from './core.js'

/** BatchNormalization; weights come as gamma, beta, moving mean, moving variance. */
export const batchNormalization: LayerConverter = (call) => {
  const { config } = call
  if (config.number('mode', 0) !== 0) throw call.refuse('mode is not 0')
  const input = withChannelsAtOne(call, axisOf(call, -1))
  const channels = call.sizeOf(call.input.shape, axisOf(call, -1))
  const [hasScale, hasCenter] = [config.flag('scale', true), config.flag('center', true)]
  const first = Number(hasScale) + Number(hasCenter)
  const scale = hasScale
    ? call.weight(0, 'gamma', [channels])
    : call.filler('gamma', new Float32Array(channels).fill(1))
  const shift = hasCenter
    ? call.weight(Number(hasScale), 'beta', [channels])
    : call.filler('beta', new Float32Array(channels))
  const mean = call.weight(first, 'moving_mean', [channels], { trainable: false })
  const variance = call.weight(first + 1, 'moving_variance', [channels], { trainable: false })
  const epsilon = float(config.number('epsilon', 1e-3))
  return { ...input, name: call.node('BatchNormalization', [input.name, scale, shift, mean, variance], { epsilon }) }
}

function withChannelsAtOne(call: LayerCall, axis: number): KerasTensor {
  const rank = call.input.shape.length
  const position = axis < 0 ? axis + rank : axis
  if (position === 1) return call.graph.logical(call.input)
  if (position === rank - 1 && rank > 2) return call.graph.channelsFirst(call.input)
  throw call.refuse(`axis is ${axis} of ${rank}`)
}

function axisOf(call: LayerCall, fallback: number): number {
  const axis = call.config.get('axis') ?? fallback
  const [only, ...others] = Array.isArray(axis) ? axis : [axis]
  if (typeof only === 'number' && others.length === 0) return only
  throw call.refuse('it works over several axes')
}

/** LayerNormalization over the last axis. */
export const layerNormalization: LayerConverter = (call) => {
  const { config } = call
  const input = call.graph.logical(call.input)
  const axis = axisOf(call, -1)
  if (axis !== -1 && axis !== input.shape.length - 1) throw call.refuse(`axis is ${axis}, not the last`)
  if (config.flag('rms_scaling')) throw call.refuse('it uses rms_scaling')
  const size = call.sizeOf(input.shape, -1)
  const [hasScale, hasCenter] = [config.flag('scale', true), config.flag('center', true)]
  const scale = hasScale ? call.weight(0, 'gamma', [size]) : call.filler('gamma', new Float32Array(size).fill(1))
  const shift = hasCenter ? [call.weight(Number(hasScale), 'beta', [size])] : []
  const attributes = { axis: int(-1), epsilon: float(config.number('epsilon', 1e-3)) }
  return { ...input, name: call.node('LayerNormalization', [input.name, scale, ...shift], attributes) }
}

/** UnitNormalization over the last axis. */
export const unitNormalization: LayerConverter = (call) => {
  const input = call.graph.logical(call.input)
  const axis = axisOf(call, -1)
  return { ...input, name: call.node('LpNormalization', [input.name], { axis: int(axis), p: int(2) }) }
}

/** Normalization of the last axis, by statistics of the data: kept as weights, or written into the config. */
export const normalization: LayerConverter = (call) => {
  const { config, graph } = call
  if (config.flag('invert')) throw call.refuse('it is inverted')
  const input = graph.cast(graph.logical(call.input), 'float32')
  const size = call.sizeOf(input.shape, -1)
  const axis = config.get('axis')
  const isLast = axis === undefined || axisOf(call, -1) === -1 || axisOf(call, -1) === input.shape.length - 1
  if (!isLast) throw call.refuse('it works over another axis than the last')
  const statistic = (name: 'mean' | 'variance', index: number): string => {
    const given = config.get(name)
    if (given === undefined) return call.weight(index, name, [size], { trainable: false })
    const numbers = numbersOf(given)
    if (numbers === undefined || (numbers.length !== 1 && numbers.length !== size))
      throw call.refuse(`its ${name} is no list`)
    return graph.floats(numbers)
  }
  if (config.get('mean') === undefined) call.keepUnread(2, 'count')
  const centred = graph.node('Sub', [input.name, statistic('mean', 0)])
  const deviation = graph.node('Sqrt', [statistic('variance', 1)])
  const divisor = graph.node('Max', [deviation, graph.scalar(1e-7)])
  return { ...input, name: call.node('Div', [centred, divisor]) }
}

/** LayerScale, also as models of Keras' own zoo name it: one factor per channel. */
export const layerScale: LayerConverter = (call) => {
  const input = call.graph.logical(call.input)
  const size = call.sizeOf(input.shape, -1)
  return { ...input, name: call.node('Mul', [input.name, call.weight(0, 'gamma', [size])]) }
}
