/** Poolings in one to three dimensions, in windows and over everything. */
import { int } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
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
    const { mask } = call.input
    if (mask !== undefined && dimensions === 1 && operator === 'GlobalAveragePool') return maskedMean(call, mask)
    const input = spatialInput(call, dimensions)
    const pooled = call.node(operator, [input.name])
    const ones = input.sizes.map(() => 1)
    if (call.config.flag('keepdims')) return input.made(pooled, input.channels, ones)
    const name = call.graph.node('Flatten', [pooled], { axis: int(1) })
    return { name, dtype: call.input.dtype, shape: [input.batch, input.channels], layout: 'logical' }
  }
}

/** The mean of the steps that count. */
function maskedMean(call: LayerCall, mask: string): KerasTensor {
  const { graph } = call
  const input = graph.logical(call.input)
  const [axis, column] = [graph.builder.constant([1]), graph.builder.constant([2])]
  const counts = graph.node('Unsqueeze', [graph.node('Cast', [mask], { to: int(1) }), column])
  const keepdims = int(call.config.flag('keepdims') ? 1 : 0)
  const sum = graph.node('ReduceSum', [graph.node('Mul', [input.name, counts]), axis], { keepdims })
  const name = call.node('Div', [sum, graph.node('ReduceSum', [counts, axis], { keepdims })])
  const [batch, , channels] = input.shape
  const shape = call.config.flag('keepdims') ? [batch, 1, channels] : [batch, channels]
  return call.made(name, shape, { ...input, mask: undefined })
}
