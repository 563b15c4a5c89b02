/** Convolutions in one to three dimensions: plain, depthwise, separable and transposed. */
import { int, ints } from '../../../src/graph/attributes.js'
import { activate } from '../activations.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { outFirst, type SpatialInput, spatialInput, type Window, windowAttributes, windowedSizes } from './spatial.js'

/** Conv1D, Conv2D, Conv3D. */
export function convolution(dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const window = windowOf(call, dimensions)
    const groups = call.config.size('groups', 1)
    const filters = call.config.size(['filters', 'nb_filter'])
    if (input.channels % groups !== 0 || filters % groups !== 0) {
      throw call.refuse(`${groups} groups do not divide ${input.channels} channels and ${filters} filters`)
    }
    const shape = [...window.kernel, input.channels / groups, filters]
    const kernel = call.weight(0, 'kernel', shape, { arrangement: outFirst(shape) })
    const inputs = [input.name, kernel, ...biasOf(call, 1, filters)]
    const name = call.node('Conv', inputs, { ...windowAttributes(call, input, window), group: int(groups) })
    return finish(call, input.made(name, filters, windowedSizes(input, window)))
  }
}

/** DepthwiseConv1D, DepthwiseConv2D: kernels `[...window, in, multiplier]`. */
export function depthwiseConvolution(dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const window = windowOf(call, dimensions)
    const filters = input.channels * call.config.size('depth_multiplier', 1)
    const name = depthwise(call, input, window, 'kernel', biasOf(call, 1, filters))
    return finish(call, input.made(name, filters, windowedSizes(input, window)))
  }
}

/** SeparableConv1D, SeparableConv2D: depthwise, then pointwise. */
export function separableConvolution(dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const window = windowOf(call, dimensions)
    const middle = input.channels * call.config.size('depth_multiplier', 1)
    const filters = call.config.size(['filters', 'nb_filter'])
    const spread = depthwise(call, input, window, 'depthwise_kernel', [])
    const shape = [...window.kernel.map(() => 1), middle, filters]
    const kernel = call.weight(1, 'pointwise_kernel', shape, { arrangement: outFirst(shape) })
    const name = call.node('Conv', [spread, kernel, ...biasOf(call, 2, filters)], {
      kernel_shape: ints(window.kernel.map(() => 1)),
    })
    return finish(call, input.made(name, filters, windowedSizes(input, window)))
  }
}

/** Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: kernels `[...window, out, in]`. */
export function transposedConvolution(dimensions: number): LayerConverter {
  return (call) => {
    const input = spatialInput(call, dimensions)
    const window = windowOf(call, dimensions)
    const filters = call.config.size('filters')
    const shape = [...window.kernel, filters, input.channels]
    const kernel = call.weight(0, 'kernel', shape, { arrangement: outFirst(shape) })
    const given = call.config.get('output_padding')
    const extra = given === undefined ? undefined : call.config.sizes('output_padding', dimensions, undefined, 0)
    const places = window.kernel.map((_, axis) => transposedPlaces(call, window, axis, extra?.[axis]))
    const name = call.node('ConvTranspose', [input.name, kernel, ...biasOf(call, 1, filters)], {
      kernel_shape: ints(window.kernel),
      strides: ints(window.strides),
      dilations: ints(window.dilations),
      pads: ints([...places.map(({ before }) => before), ...places.map(({ after }) => after)]),
      output_padding: ints(places.map(({ extra: more }) => more)),
    })
    const sizes = input.sizes.map((size, axis) => (size === undefined ? undefined : places[axis]?.sizeFor(size)))
    return finish(call, input.made(name, filters, sizes))
  }
}

/** Sizes as `deconv_output_length` of Keras, padding as TensorFlow's gradient of a SAME convolution. */
function transposedPlaces(call: LayerCall, window: Window, axis: number, outputPadding: number | undefined) {
  const stride = window.strides[axis] ?? 1
  const reach = ((window.kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1
  const isSame = window.padding === 'same'
  if (!isSame && window.padding !== 'valid') throw call.refuse(`padding is ${JSON.stringify(window.padding)}`)
  // Without padding the result spans (size - 1) * stride + reach.
  const wanted = (size: number): number => {
    if (outputPadding === undefined) return isSame ? size * stride : size * stride + Math.max(reach - stride, 0)
    const cut = isSame ? 2 * Math.floor(reach / 2) : 0
    return (size - 1) * stride + reach - cut + outputPadding
  }
  const excess = reach - wanted(1)
  if (excess < 0) {
    if (-excess >= Math.max(stride, window.dilations[axis] ?? 1)) throw call.refuse('its output_padding is too large')
    return { before: 0, after: 0, extra: -excess, sizeFor: wanted }
  }
  const before = Math.floor(excess / 2)
  return { before, after: excess - before, extra: 0, sizeFor: wanted }
}

/** A kernel `[...window, in, multiplier]` becomes `[in * multiplier, 1, ...window]`. */
function depthwise(
  call: LayerCall,
  input: SpatialInput,
  window: Window,
  role: string,
  bias: readonly string[],
): string {
  const multiplier = call.config.size('depth_multiplier', 1)
  const shape = [...window.kernel, input.channels, multiplier]
  const rank = shape.length
  const order = [rank - 2, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis)]
  const result = [input.channels * multiplier, 1, ...window.kernel]
  const kernel = call.weight(0, role, shape, { arrangement: { shape, order, result } })
  const attributes = { ...windowAttributes(call, input, window), group: int(input.channels) }
  return call.node('Conv', [input.name, kernel, ...bias], attributes)
}

function windowOf(call: LayerCall, dimensions: number): Window {
  const { config } = call
  return {
    kernel: kernelOf(call, dimensions),
    strides: config.sizes(['strides', 'subsample', 'subsample_length'], dimensions, 1),
    dilations: config.sizes(['dilation_rate', 'atrous_rate'], dimensions, 1),
    padding: config.text('padding') ?? config.text('border_mode') ?? 'valid',
  }
}

/** Keras 1 has `nb_row` and `nb_col`, or `filter_length`. */
function kernelOf({ config }: LayerCall, dimensions: number): number[] {
  if (config.get('nb_row') !== undefined) {
    const third = dimensions === 3 ? [config.size('kernel_dim1')] : []
    return [...third, config.size('nb_row'), config.size('nb_col')]
  }
  return config.sizes(['kernel_size', 'filter_length'], dimensions)
}

function biasOf(call: LayerCall, index: number, filters: number): string[] {
  const hasBias = call.config.flag('use_bias', call.config.flag('bias', true))
  return hasBias ? [call.weight(index, 'bias', [filters])] : []
}

function finish(call: LayerCall, tensor: KerasTensor): KerasTensor {
  return activate(call, tensor, call.config.get('activation'))
}
