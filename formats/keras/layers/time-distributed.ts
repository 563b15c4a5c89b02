/** TimeDistributed: one layer over each step of a sequence. */
import { Fields } from '../fields.js'
import { LayerCall, type LayerConverter } from '../layer-call.js'

/** Layers that work on the last axis, or element by element, treat further axes alike. */
const ON_LAST_AXIS = new Set([
  'Dense',
  'Activation',
  'ReLU',
  'LeakyReLU',
  'ELU',
  'Softmax',
  'Dropout',
  'LayerNormalization',
])

/** Steps become part of the batch, go through the layer, and become steps again. */
export const timeDistributed: LayerConverter = (call) => {
  const wrapped = call.config.object('layer')
  const className = wrapped?.text('class_name')?.replace(/^.*>/, '') ?? 'no layer'
  const config = wrapped?.object('config') ?? new Fields({}, call.state.path)
  if (Array.isArray(wrapped?.object('config')?.get('layers'))) throw call.refuse('it wraps a model')
  const { context, graph } = call
  const convert = context.converterOf(className, call.state.path)
  const state = { ...call.state, className }
  const input = graph.logical(call.input)
  if (ON_LAST_AXIS.has(className)) return convert(new LayerCall(config, [input], state, context))
  const [batch, steps, ...sizes] = input.shape
  if (sizes.includes(undefined) || sizes.length === 0) throw call.refuse('the sizes of its steps are not known')
  const known = sizes.map((size) => size ?? 0)
  const joined = graph.node('Reshape', [input.name, graph.builder.constant([-1, ...known])])
  const made = convert(
    new LayerCall(config, [{ ...input, name: joined, shape: [undefined, ...sizes], mask: undefined }], state, context),
  )
  const [output, ...others] = Array.isArray(made) ? made : [made]
  if (output === undefined || others.length > 0) throw call.refuse('the layer that it wraps has several outputs')
  const ordered = graph.logical(output)
  const after = ordered.shape.slice(1)
  if (after.includes(undefined) || steps === undefined) throw call.refuse('the number of its steps is not known')
  const target = [-1, steps, ...after.map((size) => size ?? 0)]
  const name = graph.node('Reshape', [ordered.name, graph.builder.constant(target)])
  return call.made(name, [batch, steps, ...after], { ...ordered, mask: input.mask })
}
