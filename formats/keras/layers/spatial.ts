/** What convolutions and poolings share: where channels and positions lie, windows, and what SAME padding means. */
import { ints, text } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import type { Arrangement } from '../arrange.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall } from '../layer-call.js'

/** A tensor with channels at axis 1 of its value. */
export interface SpatialInput {
  readonly name: string
  readonly batch: number | undefined
  readonly channels: number
  /** Sizes of the positions: height, width, ... */
  readonly sizes: readonly (number | undefined)[]
  /** @returns the tensor of a value that has channels at axis 1 too */
  made(name: string, channels: number, sizes: readonly (number | undefined)[]): KerasTensor
}

/** Windows that move over positions. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: string
}

/** @returns whether channels stand behind the batch, as the layer says or as its version of Keras takes for granted */
export function hasChannelsFirst(call: LayerCall): boolean {
  const format = call.config.any('data_format', 'dim_ordering') ?? 'channels_last'
  if (format === 'channels_first' || format === 'th') return true
  if (format === 'channels_last' || format === 'tf' || format === 'default') return false
  throw call.refuse(`data_format is ${JSON.stringify(format)}`)
}

/** @throws {FormatError} when the layer's input does not have that many axes beside batch and channels */
export function spatialInput(call: LayerCall, dimensions: number, tensor = call.input): SpatialInput {
  if (tensor.shape.length !== dimensions + 2) {
    throw call.refuse(`its input has ${tensor.shape.length} axes, expected ${dimensions + 2}`)
  }
  const isFirst = hasChannelsFirst(call)
  const { graph } = call
  const placed = isFirst ? graph.logical(tensor) : graph.channelsFirst(tensor)
  const [batch, ...rest] = tensor.shape
  const channels = call.sizeOf(tensor.shape, isFirst ? 1 : -1)
  const sizes = isFirst ? rest.slice(1) : rest.slice(0, -1)
  return {
    name: placed.name,
    batch,
    channels,
    sizes,
    made: (name, outChannels, outSizes) => {
      const shape = isFirst ? [batch, outChannels, ...outSizes] : [batch, ...outSizes, outChannels]
      return call.made(name, shape, { ...placed, mask: undefined })
    },
  }
}

/** @returns sizes behind the windows; `same` keeps one position per stride */
export function windowedSizes(input: SpatialInput, window: Window): (number | undefined)[] {
  return input.sizes.map((size, axis) => {
    if (size === undefined) return undefined
    const stride = window.strides[axis] ?? 1
    if (window.padding !== 'valid') return Math.ceil(size / stride)
    return Math.floor((size - reach(window, axis)) / stride) + 1
  })
}

/** @returns `kernel_shape`, `strides`, `dilations` and the padding of a Conv or a pooling */
export function windowAttributes(call: LayerCall, input: SpatialInput, window: Window): Attributes {
  const { kernel, strides, dilations } = window
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    ...padding(call, input, window),
  }
}

/** TensorFlow puts the odd one of SAME padding behind; it depends on the size wherever a stride does. */
function padding(call: LayerCall, input: SpatialInput, window: Window): Attributes {
  const { strides } = window
  if (window.padding === 'valid') return { pads: ints([...strides, ...strides].map(() => 0)) }
  const totals = strides.map((stride, axis) => {
    const size = input.sizes[axis]
    if (size === undefined) return stride === 1 ? reach(window, axis) - 1 : undefined
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach(window, axis) - size)
  })
  if (window.padding === 'causal') {
    return { pads: ints([...strides.map((_, axis) => reach(window, axis) - 1), ...strides.map(() => 0)]) }
  }
  if (window.padding !== 'same') throw call.refuse(`padding is ${JSON.stringify(window.padding)}`)
  if (totals.includes(undefined)) return { auto_pad: text('SAME_UPPER') }
  const known = totals.map((total) => total ?? 0)
  return { pads: ints([...known.map((total) => Math.floor(total / 2)), ...known.map((total) => Math.ceil(total / 2))]) }
}

/** Positions that a window spans. */
function reach({ kernel, dilations }: Window, axis: number): number {
  return ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
}

/** Keras keeps kernels as `[...window, in, out]`, ONNX as `[out, in, ...window]`. */
export function outFirst(shape: readonly number[]): Arrangement {
  const rank = shape.length
  return { shape, order: [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis)] }
}
