/** Normalisations with the statistics that training left behind, and those over the sample itself. */
import { float, int } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { axesOf, withAxesMoved } from './axes.js'

/** BatchNormalization; weights come as gamma, beta, moving mean, moving variance. */
export const batchNormalization: LayerConverter = (call) => {
  const { config } = call
  if (config.number('mode', 0) !== 0) throw call.refuse('mode is not 0')
  const rank = call.input.shape.length
  const [axis = -1, ...others] = axesOf(call, rank)
  if (others.length > 0 || axis === 0) throw call.refuse(`axis is ${JSON.stringify(config.get('axis'))}`)
  const channels = call.sizeOf(call.input.shape, axis)
  const [scale, shift] = scaleAndShift(call, [channels])
  const first = Number(config.flag('scale', true)) + Number(config.flag('center', true))
  const mean = call.weight(first, 'moving_mean', [channels], { trainable: false })
  const variance = call.weight(first + 1, 'moving_variance', [channels], { trainable: false })
  const epsilon = float(config.number('epsilon', 1e-3))
  const inputs = [scale, shift ?? call.filler('beta', new Float32Array(channels)), mean, variance]
  return withAxesMoved(call, [axis], 'channels', (name) =>
    call.node('BatchNormalization', [name, ...inputs], { epsilon }),
  )
}

/** LayerNormalization over any axes. */
export const layerNormalization: LayerConverter = (call) => {
  const { config } = call
  const axes = axesOf(call, call.input.shape.length)
  const sizes = axes.map((axis) => call.sizeOf(call.input.shape, axis))
  const epsilon = config.number('epsilon', 1e-3)
  if (config.flag('rms_scaling')) return scaledByVariance(call, axes, sizes, epsilon)
  const [scale, shift] = scaleAndShift(call, sizes)
  const inputs = shift === undefined ? [scale] : [scale, shift]
  const attributes = { axis: int(-axes.length), epsilon: float(epsilon) }
  return withAxesMoved(call, axes, 'last', (name) => call.node('LayerNormalization', [name, ...inputs], attributes))
}

/** RMSNormalization: by the root of the mean of the squares. @see https://keras.io/api/layers/normalization_layers/rms_normalization/ */
export const rmsNormalization: LayerConverter = (call) => {
  const { graph } = call
  const axes = axesOf(call, call.input.shape.length)
  const scale = call.weight(
    0,
    'scale',
    axes.map((axis) => call.sizeOf(call.input.shape, axis)),
  )
  const epsilon = graph.scalar(call.config.number('epsilon', 1e-6))
  return withAxesMoved(call, axes, 'last', (name) => {
    const squares = graph.node('Mul', [name, name])
    const mean = graph.node('ReduceMean', [
      squares,
      graph.builder.constant(axes.map((_, index) => index - axes.length)),
    ])
    const root = graph.node('Sqrt', [graph.node('Add', [mean, epsilon])])
    return call.node('Mul', [graph.node('Div', [name, root]), scale])
  })
}

/** GroupNormalization: channels in groups, each with statistics over its positions. */
export const groupNormalization: LayerConverter = (call) => {
  const { config, graph } = call
  const rank = call.input.shape.length
  const [axis = -1] = axesOf(call, rank)
  const channels = call.sizeOf(call.input.shape, axis)
  const groups = config.size('groups', 32, -1)
  const count = groups === -1 ? channels : groups
  if (count < 1 || channels % count !== 0) throw call.refuse(`${count} groups do not divide ${channels} channels`)
  const [scale, shift] = scaleAndShift(call, [channels])
  const inputs = [scale, shift ?? call.filler('beta', new Float32Array(channels))]
  const attributes = { num_groups: int(count), epsilon: float(config.number('epsilon', 1e-3)) }
  return withAxesMoved(call, [axis], 'channels', (name) => {
    const last = graph.builder.constant([2])
    const spread = rank === 2 ? graph.node('Unsqueeze', [name, last]) : name
    const made = call.node('GroupNormalization', [spread, ...inputs], attributes)
    return rank === 2 ? graph.node('Squeeze', [made, last]) : made
  })
}

/** UnitNormalization: of length 1 over some axes. */
export const unitNormalization: LayerConverter = (call) => {
  const { graph } = call
  const input = graph.logical(call.input)
  const axes = axesOf(call, input.shape.length)
  const [axis = -1] = axes
  if (axes.length === 1) {
    return { ...input, name: call.node('LpNormalization', [input.name], { axis: int(axis), p: int(2) }) }
  }
  const squares = graph.node('ReduceSumSquare', [input.name, graph.builder.constant(axes)])
  const length = graph.node('Max', [graph.node('Sqrt', [squares]), graph.scalar(1e-12)])
  return { ...input, name: call.node('Div', [input.name, length]) }
}

/** LayerScale, also as models of Keras' own zoo name it: one factor per channel. */
export const layerScale: LayerConverter = (call) => {
  const input = call.graph.logical(call.input)
  const size = call.sizeOf(input.shape, -1)
  return { ...input, name: call.node('Mul', [input.name, call.weight(0, 'gamma', [size])]) }
}

/** Gamma, or ones, and beta, if there is one. */
function scaleAndShift(call: LayerCall, sizes: readonly number[]): readonly [string, string | undefined] {
  const [hasScale, hasCenter] = [call.config.flag('scale', true), call.config.flag('center', true)]
  const count = sizes.reduce((product, size) => product * size, 1)
  const ones = () => call.filler('gamma', new Float32Array(count).fill(1), sizes)
  const scale = hasScale ? call.weight(0, 'gamma', sizes) : ones()
  return [scale, hasCenter ? call.weight(Number(hasScale), 'beta', sizes) : undefined]
}

/** Keras' own kind of RMS scaling: divided by the deviation, with the mean left in. */
function scaledByVariance(
  call: LayerCall,
  axes: readonly number[],
  sizes: readonly number[],
  epsilon: number,
): KerasTensor {
  const { graph } = call
  const gamma = call.weight(0, 'gamma', sizes)
  const last = graph.builder.constant(axes.map((_, index) => index - axes.length))
  return withAxesMoved(call, axes, 'last', (name) => {
    const centred = graph.node('Sub', [name, graph.node('ReduceMean', [name, last])])
    const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred]), last])
    const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)])])
    return call.node('Mul', [graph.node('Div', [name, deviation]), gamma])
  })
}
