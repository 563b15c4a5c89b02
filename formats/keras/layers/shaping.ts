/** Layers that move, cut, repeat and regroup elements. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { resized } from './resizing.js'
import { hasChannelsFirst, spatialInput } from './spatial.js'

const TO_THE_END = Number.MAX_SAFE_INTEGER

/** ZeroPadding1D to 3D. */
export function zeroPadding(dimensions: number): LayerConverter {
  return (call) => {
    const amounts = amountsOf(call, 'padding', dimensions)
    const { tensor, axes, physical } = positions(call, dimensions)
    const before = tensor.shape.map(() => 0)
    const after = tensor.shape.map(() => 0)
    for (const [index, [left, right]] of amounts.entries()) {
      before[physical[index] ?? 0] = left
      after[physical[index] ?? 0] = right
    }
    const name = call.node('Pad', [tensor.name, call.graph.builder.constant([...before, ...after])])
    return call.made(name, grown(tensor, axes, amounts, 1), tensor)
  }
}

/** Cropping1D to 3D. */
export function cropping(dimensions: number): LayerConverter {
  return (call) => {
    const amounts = amountsOf(call, 'cropping', dimensions)
    const { tensor, axes, physical } = positions(call, dimensions)
    const { builder } = call.graph
    const starts = builder.constant(amounts.map(([left]) => left))
    const ends = builder.constant(amounts.map(([, right]) => (right === 0 ? TO_THE_END : -right)))
    const name = call.node('Slice', [tensor.name, starts, ends, builder.constant(physical)])
    return call.made(name, grown(tensor, axes, amounts, -1), tensor)
  }
}

/** UpSampling1D to 3D. @see https://keras.io/api/layers/reshaping_layers/up_sampling2d/ */
export function upSampling(dimensions: number): LayerConverter {
  return (call) => {
    const factors = call.config.sizes(['size', 'length'], dimensions, 2)
    const interpolation = call.config.text('interpolation') ?? 'nearest'
    const input = spatialInput(call, dimensions)
    const sizes = input.sizes.map((size, axis) => (size === undefined ? undefined : size * (factors[axis] ?? 1)))
    const [height, width] = sizes
    if (interpolation !== 'nearest' && interpolation !== 'bilinear') {
      if (dimensions !== 2 || height === undefined || width === undefined)
        throw call.refuse(`interpolation is ${JSON.stringify(interpolation.slice(0, 40))}`)
      return resized(call, input, [height, width], { interpolation })
    }
    const scales = call.graph.builder.constant([1, 1, ...factors], 'float32')
    const isNearest = interpolation === 'nearest'
    const mode = { mode: text(isNearest ? 'nearest' : 'linear'), ...(isNearest ? { nearest_mode: text('floor') } : {}) }
    const place = { coordinate_transformation_mode: text(isNearest ? 'asymmetric' : 'half_pixel') }
    const name = call.node('Resize', [input.name, '', scales], { ...mode, ...place })
    return input.made(name, input.channels, sizes)
  }
}

/** Flatten: elements in the order of Keras, with channels last whatever the format. */
export const flatten: LayerConverter = (call) => {
  const rank = call.input.shape.length
  const ordered = call.graph.logical(call.input)
  const isFirst = hasChannelsFirst(call) && rank > 2
  const order = [0, ...Array.from({ length: rank - 2 }, (_, index) => index + 2), 1]
  const name = isFirst ? call.graph.node('Transpose', [ordered.name], { perm: ints(order) }) : ordered.name
  const [batch, ...rest] = ordered.shape
  const made = rank === 1 ? call.graph.node('Unsqueeze', [name, call.graph.builder.constant([1])]) : undefined
  const flat = made ?? call.node('Flatten', [name], { axis: int(1) })
  return call.made(flat, [batch, productOf(rest)], { ...ordered, mask: undefined })
}

/** Reshape, where one size may be -1. */
export const reshape: LayerConverter = (call) => {
  const target = call.config.get('target_shape')
  if (!Array.isArray(target)) throw call.refuse('it has no target_shape')
  return reshaped(call, target)
}

/** @param target - sizes behind the batch, one of which may be -1 */
export function reshaped(call: LayerCall, target: readonly unknown[]): KerasTensor {
  const isSize = (size: unknown): size is number => Number.isInteger(size) && ((size as number) > 0 || size === -1)
  const sizes = target.filter(isSize)
  if (sizes.length !== target.length || sizes.filter((size) => size === -1).length > 1) {
    throw call.refuse(`target_shape is ${JSON.stringify(target)?.slice(0, 80)}`)
  }
  const ordered = call.graph.logical(call.input)
  const [batch, ...rest] = ordered.shape
  const elements = productOf(rest)
  const fixed = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1)
  const open = elements === undefined ? undefined : elements / fixed
  const shape = sizes.map((size) => (size === -1 ? open : size))
  if (elements !== undefined && productOf(shape) !== elements) {
    throw call.refuse(`${elements} elements do not fit into ${JSON.stringify(target)}`)
  }
  const name = call.node('Reshape', [ordered.name, call.graph.builder.constant([0, ...sizes])])
  return call.made(name, [batch, ...shape], { ...ordered, mask: undefined })
}

/** Permute: axes behind the batch, counted from 1. */
export const permute: LayerConverter = (call) => {
  const ordered = call.graph.logical(call.input)
  const order = [0, ...call.config.sizes('dims', ordered.shape.length - 1)]
  if (new Set(order).size !== order.length || Math.max(...order) >= order.length) {
    throw call.refuse(`dims is ${JSON.stringify(order.slice(1))}`)
  }
  const name = call.node('Transpose', [ordered.name], { perm: ints(order) })
  const shape = order.map((axis) => ordered.shape[axis])
  return call.made(name, shape, { ...ordered, mask: undefined })
}

/** RepeatVector: `[N, features]` to `[N, n, features]`. */
export const repeatVector: LayerConverter = (call) => {
  const count = call.config.size('n')
  const [batch, ...rest] = call.input.shape
  if (rest.length !== 1) throw call.refuse(`its input has ${rest.length + 1} axes, expected 2`)
  const { builder } = call.graph
  const column = call.graph.node('Unsqueeze', [call.input.name, builder.constant([1])])
  const name = call.node('Tile', [column, builder.constant([1, count, 1])])
  return call.made(name, [batch, count, ...rest], { ...call.input, mask: undefined })
}

/** Where the positions of an image lie: axes in the order of Keras, and in the value. */
function positions(call: LayerCall, dimensions: number) {
  const tensor = call.input
  if (tensor.shape.length !== dimensions + 2) {
    throw call.refuse(`its input has ${tensor.shape.length} axes, expected ${dimensions + 2}`)
  }
  const first = hasChannelsFirst(call) ? 2 : 1
  const axes = Array.from({ length: dimensions }, (_, index) => first + index)
  return { tensor, axes, physical: axes.map((axis) => call.graph.physicalAxis(tensor, axis)) }
}

/** One number, a number per axis, or a pair per axis. */
function amountsOf(call: LayerCall, name: string, dimensions: number): (readonly [number, number])[] {
  const value = call.config.get(name) ?? 1
  const list: readonly unknown[] = Array.isArray(value) ? value : Array.from({ length: dimensions }, () => value)
  const isPair = dimensions === 1 && list.length === 2 && list.every((entry) => typeof entry === 'number')
  const entries = isPair ? [list] : list
  const isAmount = (entry: unknown): entry is number => Number.isInteger(entry) && (entry as number) >= 0
  const pairs = entries.map((entry) => (Array.isArray(entry) ? entry : [entry, entry]))
  if (pairs.length !== dimensions || !pairs.every((pair) => pair.length === 2 && pair.every(isAmount))) {
    throw call.refuse(`${name} is ${JSON.stringify(value)?.slice(0, 80)}`)
  }
  return pairs.map(([left, right]) => [Number(left), Number(right)])
}

function grown(
  tensor: KerasTensor,
  axes: readonly number[],
  amounts: readonly (readonly [number, number])[],
  sign: 1 | -1,
): (number | undefined)[] {
  return tensor.shape.map((size, axis) => {
    const [left, right] = amounts[axes.indexOf(axis)] ?? [0, 0]
    return size === undefined ? undefined : size + sign * (left + right)
  })
}

const productOf = (sizes: readonly (number | undefined)[]): number | undefined =>
  sizes.includes(undefined) ? undefined : sizes.reduce<number>((product, size) => product * (size ?? 1), 1)
