/** Layers that bring images to a size: Resizing, CenterCrop, RandomCrop, and UpSampling by interpolation. */
import { int, text } from '../../../src/graph/attributes.js'
import { type ResampleMethod, resampleMatrix } from '../../emission/resample-matrix.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { type SpatialInput, spatialInput } from './spatial.js'

/** Height and width. */
type Size = readonly [number, number]

/** How a size is reached. */
export interface ResizeOptions {
  readonly interpolation: string
  readonly antialias?: boolean
}

/** @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/ */
export const resizing: LayerConverter = (call) => {
  const { config } = call
  const input = imageOf(call)
  const wanted: Size = [config.size('height'), config.size('width')]
  const options = { interpolation: config.text('interpolation') ?? 'bilinear', antialias: config.flag('antialias') }
  if (config.flag('crop_to_aspect_ratio')) return cropToAspect(call, input, wanted, options)
  if (!config.flag('pad_to_aspect_ratio')) return resized(call, input, wanted, options)
  return resized(call, padToAspect(call, input, wanted), wanted, options)
}

/** CenterCrop; smaller images are cut to the wanted shape and enlarged. */
export const centerCrop: LayerConverter = (call) => {
  const { config } = call
  const input = imageOf(call)
  const wanted: Size = [config.size('height'), config.size('width')]
  const [height, width] = sizeOf(call, input)
  if (height < wanted[0] || width < wanted[1]) return cropToAspect(call, input, wanted, { interpolation: 'bilinear' })
  const starts: Size = [Math.floor((height - wanted[0]) / 2), Math.floor((width - wanted[1]) / 2)]
  return tensorOf(cut(call, input, starts, wanted))
}

/** RandomCrop of Keras 2 takes the largest middle part that has the wanted shape, and brings it to size; Keras 3 does nothing. */
export const randomCrop: LayerConverter = (call) => {
  const { config } = call
  if (call.context.kerasVersion >= 3) return call.input
  const wanted: Size = [config.size('height'), config.size('width')]
  return cropToAspect(call, imageOf(call), wanted, { interpolation: 'bilinear' })
}

/** Brings an image to a size; the result keeps the channels where they lie. */
export function resized(call: LayerCall, input: SpatialInput, wanted: Size, options: ResizeOptions): KerasTensor {
  const { interpolation, antialias = false } = options
  const isPlain = interpolation === 'nearest' || (interpolation === 'bilinear' && !antialias)
  const name = isPlain ? resizeNode(call, input, wanted, interpolation) : byMatrices(call, input, wanted, options)
  return input.made(name, input.channels, wanted)
}

function resizeNode(call: LayerCall, input: SpatialInput, wanted: Size, interpolation: string): string {
  const { graph } = call
  const shape = graph.node('Shape', [input.name], { start: int(0), end: int(2) })
  const target = graph.node('Concat', [shape, graph.builder.constant(wanted)], { axis: int(0) })
  const place = { coordinate_transformation_mode: text('half_pixel') }
  const nearest = { mode: text('nearest'), nearest_mode: text('round_prefer_ceil') }
  const mode = interpolation === 'nearest' ? nearest : { mode: text('linear') }
  return call.node('Resize', [input.name, '', '', target], { ...mode, ...place })
}

const METHODS: ReadonlySet<string> = new Set(['area', 'bicubic', 'bilinear', 'lanczos3', 'lanczos5'])
const LARGEST_MATRIX = 2 ** 24

/** One product for the rows, one for the columns. */
function byMatrices(call: LayerCall, input: SpatialInput, wanted: Size, options: ResizeOptions): string {
  const { interpolation, antialias = false } = options
  if (!METHODS.has(interpolation)) throw call.refuse(`interpolation is ${JSON.stringify(interpolation.slice(0, 40))}`)
  const method = interpolation as ResampleMethod
  const sizes = sizeOf(call, input)
  if (sizes.some((size, axis) => size * (wanted[axis] ?? 1) > LARGEST_MATRIX))
    throw call.refuse('its images are too large')
  const [rows, columns] = sizes.map((size, axis) => resampleMatrix(method, size, wanted[axis] ?? 1, antialias))
  const { graph } = call
  const vertical = graph.floats([...(rows ?? [])], [wanted[0], sizes[0]])
  const across = graph.floats(transposed(columns ?? new Float32Array(0), wanted[1], sizes[1]), [sizes[1], wanted[1]])
  return call.node('MatMul', [graph.node('MatMul', [vertical, input.name]), across])
}

const transposed = (matrix: Float32Array, rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] ?? 0)

/** The largest part in the middle with the shape of the wanted size. */
function cropToAspect(call: LayerCall, input: SpatialInput, wanted: Size, options: ResizeOptions): KerasTensor {
  const [height, width] = sizeOf(call, input)
  const part = (own: number, other: number, first: number, second: number): number =>
    Math.max(1, Math.min(own, Math.floor((other * first) / second)))
  const size: Size = [part(height, width, wanted[0], wanted[1]), part(width, height, wanted[1], wanted[0])]
  const starts: Size = [Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2)]
  const middle = cut(call, input, starts, size)
  const isThere = size[0] === wanted[0] && size[1] === wanted[1]
  return isThere ? tensorOf(middle) : resized(call, middle, wanted, options)
}

/** The same amount on both sides, until the image has the shape of the wanted size. */
function padToAspect(call: LayerCall, input: SpatialInput, wanted: Size): SpatialInput {
  const { config, graph } = call
  const [height, width] = sizeOf(call, input)
  const top = Math.floor((Math.max(height, Math.floor((width * wanted[0]) / wanted[1])) - height) / 2)
  const left = Math.floor((Math.max(width, Math.floor((height * wanted[1]) / wanted[0])) - width) / 2)
  const pads = graph.builder.constant([0, 0, top, left, 0, 0, top, left])
  const name = graph.node('Pad', [input.name, pads, graph.scalar(config.number('fill_value', 0))])
  return { ...input, name, sizes: [height + 2 * top, width + 2 * left] }
}

function cut(call: LayerCall, input: SpatialInput, starts: Size, size: Size): SpatialInput {
  const { builder } = call.graph
  const ends = starts.map((start, axis) => start + (size[axis] ?? 0))
  const bounds = [builder.constant(starts), builder.constant(ends), builder.constant([2, 3])]
  return { ...input, name: call.node('Slice', [input.name, ...bounds]), sizes: size }
}

const tensorOf = (input: SpatialInput): KerasTensor => input.made(input.name, input.channels, input.sizes)

/** Images as numbers of floating point. */
function imageOf(call: LayerCall): SpatialInput {
  return spatialInput(call, 2, call.graph.cast(call.input, 'float32'))
}

function sizeOf(call: LayerCall, { sizes }: SpatialInput): Size {
  const [height, width] = sizes
  if (height === undefined || width === undefined) throw call.refuse('the size of its images is not known')
  return [height, width]
}
