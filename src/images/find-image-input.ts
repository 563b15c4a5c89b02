/** Finds out from a model's signature whether it takes images, and what it wants of them. */
import { UsageError } from '../core/errors.js'
import { DATA_TYPES, type DataType } from '../graph/data-type.js'
import type { Shape } from '../graph/dimension.js'
import type { ValueInfo } from '../graph/graph.js'
import { axesOf, type ImageAxes } from './image-axes.js'
import type { ImageInput, Layout } from './image-input.js'

/** Options of `findImageInput`: what the user knows better than the signature says it. */
export interface FindInputOptions {
  readonly layout?: Layout
  readonly channelOrder?: 'RGB' | 'BGR'
  /** Sizes for the model's free dimensions, by input name. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  /** Height and width for a model that leaves both free, pixels. */
  readonly defaultSize?: number
}

/** Height and width taken where a model leaves them free and the user says nothing. */
export const DEFAULT_IMAGE_SIZE = 224

/** Longest side of an image that a model can be given, pixels. */
const MAX_SIDE = 16_384

/**
 * The one input of a model that takes images.
 *
 * Read by the position of a channel axis of 1, 3 or 4: `[N, C, H, W]`, `[N, H, W, C]`, the same without batch, and grey
 * `[N, H, W]`. Where the signature leaves a size open, `inputShapes` and then an assumption that is stated fill it in.
 *
 * @param inputs - inputs of the model, without initializers
 * @throws {UsageError} `E_NOT_AN_IMAGE_MODEL` when no input takes images; `E_SEVERAL_INPUTS` when images would fill only
 *   a part of the inputs; `E_INPUT_SHAPE` when `inputShapes` contradicts the model
 */
export function findImageInput(inputs: readonly ValueInfo[], options: FindInputOptions = {}): ImageInput {
  const readings = inputs.map((input) => readInput(input, options))
  const [only] = readings
  if (inputs.length === 1 && only !== undefined && typeof only !== 'string') return only
  const fitting = inputs.filter((_, index) => typeof readings[index] !== 'string')
  if (fitting.length > 0) throw severalInputs(inputs, fitting)
  throw notAnImageModel(inputs, readings)
}

/** @returns the input as images see it, or why it takes none */
function readInput(input: ValueInfo, options: FindInputOptions): ImageInput | string {
  const { type, name } = input
  if (type === undefined) return 'its type is not known'
  if (type.kind !== 'tensor') return `it is a ${type.kind}`
  if (!isNumeric(type.dtype)) return `its elements are ${type.dtype}`
  const shape = fixShape(name, type.shape, options.inputShapes?.get(name))
  if (shape === undefined) return 'its rank is free (fix it with --input)'
  const axes = axesOf({ name, shape, layout: options.layout })
  if (typeof axes === 'string') return axes
  return settle(name, type.dtype, axes, options)
}

const NUMERIC = new Set<DataType>([
  ...(['float32', 'float16', 'bfloat16', 'float64', 'uint8', 'int8'] as const),
  ...(['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const),
])

const isNumeric = (dtype: DataType): boolean => NUMERIC.has(dtype) && DATA_TYPES[dtype].bits >= 8

/** Puts the user's sizes into the free dimensions. */
function fixShape(name: string, shape: Shape | undefined, sizes: readonly number[] | undefined): Shape | undefined {
  if (sizes === undefined) return shape
  const contradicts =
    shape !== undefined &&
    (shape.length !== sizes.length || shape.some((size, axis) => typeof size === 'number' && size !== sizes[axis]))
  if (!contradicts) return sizes
  throw new UsageError('E_INPUT_SHAPE', `input ${name} is ${shapeText(shape)}, and cannot be ${shapeText(sizes)}`, {
    hint: 'give sizes only where the model leaves them free',
  })
}

function settle(name: string, dtype: DataType, axes: ImageAxes, options: FindInputOptions): ImageInput | string {
  const assumptions = axes.assumptions.map((text) => `input ${name}: ${text}`)
  const size = options.defaultSize ?? DEFAULT_IMAGE_SIZE
  const height = axes.height ?? axes.width ?? size
  const width = axes.width ?? axes.height ?? size
  if (Math.max(height, width) > MAX_SIDE) return `${height} x ${width} pixels are more than ${MAX_SIDE} a side`
  if (axes.height === undefined || axes.width === undefined) {
    assumptions.push(`input ${name}: the model leaves the size free, ${height} x ${width} pixels assumed`)
  }
  return {
    name,
    dtype,
    layout: axes.layout,
    channels: axes.channels,
    channelOrder: options.channelOrder ?? 'RGB',
    height,
    width,
    fixedBatch: axes.batch,
    hasBatchAxis: axes.hasBatchAxis,
    hasChannelAxis: axes.hasChannelAxis,
    assumptions,
  }
}

const SYNTHETIC = 'run it on made-up tensors instead: --synthetic'

function severalInputs(inputs: readonly ValueInfo[], fitting: readonly ValueInfo[]): UsageError {
  const names = fitting.map(({ name }) => name).join(', ')
  const others = inputs.filter((input) => !fitting.includes(input)).map(inputText)
  const rest = others.length === 0 ? 'each wants images of its own' : `${others.join(', ')} would stay empty`
  return new UsageError(
    'E_SEVERAL_INPUTS',
    `the model has ${inputs.length} inputs; images could fill ${names}, but ${rest}`,
    { hint: SYNTHETIC },
  )
}

function notAnImageModel(inputs: readonly ValueInfo[], readings: readonly (ImageInput | string)[]): UsageError {
  const listed = inputs.map((input, index) => `${inputText(input)}: ${readings[index]}`)
  const which = inputs.length === 0 ? 'it has no input' : listed.slice(0, 4).join('; ')
  const more = listed.length > 4 ? `; and ${listed.length - 4} more` : ''
  return new UsageError('E_NOT_AN_IMAGE_MODEL', `the model does not take images (${which}${more})`, { hint: SYNTHETIC })
}

const inputText = ({ name, type }: ValueInfo): string =>
  type?.kind === 'tensor' ? `${name} ${type.dtype}${shapeText(type.shape)}` : name

const shapeText = (shape: Shape | undefined): string =>
  shape === undefined ? '' : `[${shape.map((size) => (typeof size === 'number' ? size : size.text)).join(', ')}]`
