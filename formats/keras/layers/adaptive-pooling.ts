/** Adaptive pooling: as many windows as asked for, of about equal size, whatever the size of the input. */
import { int } from '../../../src/graph/attributes.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { spatialInput } from './spatial.js'

/** @see https://keras.io/api/layers/pooling_layers/ */
export function adaptivePooling(operator: 'ReduceMax' | 'ReduceMean', dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const wanted = call.config.sizes('output_size', dimensions)
    let name = input.name
    // The mean of means of a box is its mean, since a window has one size along each other axis.
    for (const [axis, count] of wanted.entries()) {
      const size = input.sizes[axis]
      if (size === undefined) throw call.refuse('the size of its input is not known')
      name = pooledAlong(call, operator, name, axis + 2, size, count)
    }
    return input.made(name, input.channels, wanted)
  }
}

function pooledAlong(
  call: LayerCall,
  operator: 'ReduceMax' | 'ReduceMean',
  name: string,
  axis: number,
  size: number,
  count: number,
): string {
  const { graph } = call
  const { builder } = graph
  if (count > size * size) throw call.refuse(`it makes ${count} windows of ${size} positions`)
  const windows = Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * size) / count)
    const bounds = [start, Math.ceil(((index + 1) * size) / count), axis].map((value) => builder.constant([value]))
    return graph.node(operator, [graph.node('Slice', [name, ...bounds]), builder.constant([axis])])
  })
  return graph.node('Concat', windows, { axis: int(axis) })
}
