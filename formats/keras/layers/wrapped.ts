/** Wrappers that act in training alone: SpectralNormalization. */
import { Fields } from '../fields.js'
import type { LayerConverter } from '../layer-call.js'

/** At inference the kernel is used as it lies; the vector of the power iteration is counted, as Keras counts it. */
export const spectralNormalization: LayerConverter = (call) => {
  const { config, context, state } = call
  const wrapped = config.object('layer')
  const className = wrapped?.text('class_name')?.replace(/^.*>/, '') ?? 'no layer'
  const inner = wrapped?.object('config') ?? new Fields({}, state.path)
  // An archive keeps the kernel twice: as the wrapper's own, and as that of the layer.
  const isOfLayer = state.weights.map(({ path }) => /\/layer\/vars\/\d+$/.test(path))
  const isVector = state.weights.map(({ path }) => /\/(vector_u|sn_u)(:\d+)?$/.test(path))
  const isArchive = isOfLayer.includes(true)
  const weights = state.weights.filter((_, index) => (isArchive ? isOfLayer[index] : !isVector[index]))
  call.keepUnread(isArchive ? 1 : isVector.indexOf(true), 'vector_u')
  const convert = context.converterOf(className, state.path)
  return convert(call.part('', { className, config: inner, inputs: call.inputs, weights }))
}
