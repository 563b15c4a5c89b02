/** Poolings in one to three dimensions, in windows and over everything. */
import { int } from '../../../src/graph/attributes.js'
import type { LayerConverter } from '../layer-call.js'
import { spatialInput, windowAttributes, windowedSizes } from './spatial.js'

/** MaxPooling and AveragePooling; padding does not count in an average. */
export function pooling(operator: 'MaxPool' | 'AveragePool', dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const { config } = call
    const kernel = config.sizes(['pool_size', 'pool_length'], dimensions, 2)
    const window = {
      kernel,
      strides: config.sizes(['strides', 'stride'], dimensions, kernel),
      dilations: kernel.map(() => 1),
      padding: config.text('padding') ?? config.text('border_mode') ?? 'valid',
    }
    const { dilations: _, ...attributes } = windowAttributes(call, input, window)
    const settings = operator === 'AveragePool' ? { ...attributes, count_include_pad: int(0) } : attributes
    return input.made(call.node(operator, [input.name], settings), input.channels, windowedSizes(input, window))
  }
}

/** GlobalMaxPooling and GlobalAveragePooling. */
export function globalPooling(operator: 'GlobalMaxPool' | 'GlobalAveragePool', dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    if (call.input.mask !== undefined && operator === 'GlobalAveragePool') throw call.refuse('it is given a mask')
    const pooled = call.node(operator, [input.name])
    const ones = input.sizes.map(() => 1)
    if (call.config.flag('keepdims')) return input.made(pooled, input.channels, ones)
    const name = call.graph.node('Flatten', [pooled], { axis: int(1) })
    return { name, dtype: call.input.dtype, shape: [input.batch, input.channels], layout: 'logical' }
  }
}
