/** TimeDistributed: one layer, or one model, over each step of a sequence. */
import { int } from '../../../src/graph/attributes.js'
import { Fields } from '../fields.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'

/** Layers that work on the last axis, or element by element, treat further axes alike. */
const ON_LAST_AXIS = new Set(['Dense', 'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'Dropout'])

/** Steps become part of the batch, go through the layer, and become steps again. */
export const timeDistributed: LayerConverter = (call) => {
  const wrapped = call.config.object('layer')
  const className = wrapped?.text('class_name')?.replace(/^.*>/, '') ?? 'no layer'
  const config = wrapped?.object('config') ?? new Fields({}, call.state.path)
  const { state, graph } = call
  const input = graph.logical(call.input)
  const convert = (tensor: KerasTensor) => {
    if (state.callWrapped !== undefined) return state.callWrapped([tensor])
    const part = call.part('', { className, config, inputs: [tensor], weights: state.weights })
    return call.context.converterOf(className, state.path)(part)
  }
  if (ON_LAST_AXIS.has(className) && state.callWrapped === undefined) return convert(input)
  const [batch, steps, ...sizes] = input.shape
  if (sizes.length === 0) throw call.refuse(`its input has ${input.shape.length} axes, expected more`)
  const name = reshaped(call, input.name, [], [input.name, 2], sizes)
  const made = convert({ ...input, name, shape: [undefined, ...sizes], mask: undefined })
  const outputs: readonly KerasTensor[] = Array.isArray(made) ? made : [made as KerasTensor]
  return outputs.map((output) => {
    const ordered = graph.logical(output)
    const after = ordered.shape.slice(1)
    const apart = reshaped(call, ordered.name, [steps], [ordered.name, 1], after, input.name)
    return call.made(apart, [batch, steps, ...after], { ...ordered, mask: input.mask })
  })
}

/** The batch, or all steps of it, goes first; sizes that are not known are looked up from `[value, first axis]`. */
function reshaped(
  { graph }: LayerCall,
  name: string,
  steps: readonly (number | undefined)[],
  [value, first]: readonly [string, number],
  sizes: readonly (number | undefined)[],
  sequence = value,
): string {
  const { builder } = graph
  const known = (list: readonly (number | undefined)[]): list is readonly number[] => !list.includes(undefined)
  if (known(steps) && known(sizes)) return graph.node('Reshape', [name, builder.constant([-1, ...steps, ...sizes])])
  const looked = (tensor: string, start: number, end: number) =>
    graph.node('Shape', [tensor], { start: int(start), end: int(end) })
  const parts = [
    builder.constant([-1]),
    ...(steps.length === 0 ? [] : [known(steps) ? builder.constant(steps) : looked(sequence, 1, 2)]),
    ...(sizes.length === 0
      ? []
      : [known(sizes) ? builder.constant(sizes) : looked(value, first, first + sizes.length)]),
  ]
  return graph.node('Reshape', [name, graph.node('Concat', parts, { axis: int(0) })])
}
