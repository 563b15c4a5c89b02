/** Operators that read at places that tensors name. */
import { int } from '../../../src/graph/attributes.js'
import { product } from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, reshaped, shapeOfValue } from './call-axes.js'
import { coordinates } from './comparison.js'
import { cast } from './operands.js'
import { spreadOver } from './repetition.js'
import { transposed } from './views.js'

/** index, index_select, gather and kin. */
export const indexing: OperatorRules = {
  index: indexed,
  _unsafe_index: indexed,
  index_select: (call, emitter) => {
    const axis = axisAt(call, 1, 'dim', call.shape(0, 'self').length)
    const places = emitter.emit('Reshape', [placesAt(call, 2, 'index', emitter), emitter.numbers([-1])])
    return emitter.tensor('Gather', [call.value(0, 'self'), places], { axis: int(axis) })
  },
  gather: (call, emitter) => {
    const axis = axisAt(call, 1, 'dim', call.shape(0, 'self').length)
    return emitter.tensor('GatherElements', [call.value(0, 'self'), placesAt(call, 2, 'index', emitter)], {
      axis: int(axis),
    })
  },
  take_along_dim: takenAlong,
  take: (call, emitter) => {
    const row = reshaped(call.value(0, 'self'), [product(call.shape(0, 'self'))], emitter)
    return emitter.tensor('Gather', [row, placesAt(call, 1, 'index', emitter)], { axis: int(0) })
  },
}

/** @returns places as nodes read them */
export function placesAt(call: OperatorCall, position: number, name: string, emitter: TorchEmitter): Value {
  const value = call.value(position, name)
  emitter.undecidedTypes.readAsWhole(value, call.name === 'gather' ? call.shape(0, 'self').length : 1)
  return dtypeOf(value.known) === 'int32' ? value : cast(value, 'int64', emitter)
}

/** What `x[a, :, b]` asks for: axes that tensors of places read, and the others whole. */
export interface Places {
  /** Axes that are read, in order. */
  readonly axes: readonly number[]
  readonly values: readonly Value[]
  /** The tensor's rank. */
  readonly rank: number
}

/** @returns the places; a condition stands for the coordinates where it holds */
export function placesOfCall(call: OperatorCall, emitter: TorchEmitter): Places {
  const list = call.at(1, 'indices')
  const items = list?.kind === 'list' || list?.kind === 'tuple' ? list.items : []
  const [axes, values]: [number[], Value[]] = [[], []]
  let axis = 0
  for (const item of items) {
    if (item.kind !== 'tensor') {
      if (item.kind !== 'none') call.refuse(`one of its places is ${item.kind}`)
      axis += 1
      continue
    }
    emitter.undecidedTypes.readAsWhole(item.value, 1)
    const isCondition = item.dtype === 'bool' || item.dtype === 'uint8'
    const found = isCondition ? coordinates(item.value, emitter) : [cast(item.value, 'int64', emitter)]
    for (const value of found) {
      axes.push(axis)
      values.push(value)
      axis += 1
    }
  }
  return { axes, values, rank: call.shape(0, 'self').length }
}

/** @returns axes that are read first, then the others */
export function readFirst({ axes, rank }: Places): readonly number[] {
  return [...axes, ...range(rank).filter((axis) => !axes.includes(axis))]
}

/** @returns the places of all axes that are read, side by side in the last axis: [..., axes] */
export function joinedPlaces({ values }: Places, emitter: TorchEmitter): Value {
  const spread = together(values, emitter)
  const grown = spread.map((value) => emitter.emit('Unsqueeze', [value, emitter.numbers([-1])]))
  const [only, ...more] = grown
  return only !== undefined && more.length === 0 ? only : emitter.emit('Concat', grown, { axis: int(-1) })
}

/** Each is spread over the sizes that they have together. */
function together(values: readonly Value[], emitter: TorchEmitter): readonly Value[] {
  const shapes = values.map((value) => shapeOf(value.known))
  const rank = Math.max(0, ...shapes.map((shape) => shape?.length ?? 0))
  const sizes = range(rank).map(
    (axis) => shapes.map((shape) => shape?.[axis - rank + (shape?.length ?? 0)] ?? 1).find((size) => size !== 1) ?? 1,
  )
  return values.length < 2 ? values : values.map((value) => spreadOver(value, sizes, emitter))
}

/** Places of one axis are gathered; those of several read element by element, which go where the first of them stood. */
function indexed(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const places = placesOfCall(call, emitter)
  const value = call.value(0, 'self')
  const [axis, ...others] = places.axes
  const [only] = places.values
  if (axis === undefined || only === undefined) return tensor(value)
  if (others.length === 0) return emitter.tensor('Gather', [value, only], { axis: int(axis) })
  const moved = transposed(value, readFirst(places), emitter)
  const found = emitter.emit('GatherND', [moved, joinedPlaces(places, emitter)])
  const isAdjacent = places.axes.every((other, at) => other === axis + at)
  if (!isAdjacent || axis === 0) return tensor(found)
  const read = shapeOfValue(found).length - (places.rank - places.axes.length)
  // [read..., before..., behind...] becomes [before..., read..., behind...].
  const order = [
    ...range(axis).map((at) => read + at),
    ...range(read),
    ...range(places.rank - axis - places.axes.length).map((at) => read + axis + at),
  ]
  return tensor(transposed(found, order, emitter))
}

/** Beside the axis that is read, both are spread over each other. */
function takenAlong(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [value, places] = [call.value(0, 'self'), placesAt(call, 1, 'indices', emitter)]
  if (!call.has(2, 'dim')) {
    const [row, flat] = [value, places].map((each) => emitter.emit('Reshape', [each, emitter.numbers([-1])]))
    return emitter.tensor('GatherElements', [row, flat], { axis: int(0) })
  }
  const [shape, wanted] = [shapeOfValue(value), shapeOfValue(places)]
  const axis = axisAt(call, 2, 'dim', shape.length)
  const sizes = shape.map((size, at) => (size === 1 ? (wanted[at] ?? 1) : size))
  const whole = spreadOver(value, sizes.with(axis, shape[axis] ?? 1), emitter)
  const all = spreadOver(places, sizes.with(axis, wanted[axis] ?? 1), emitter)
  return emitter.tensor('GatherElements', [whole, all], { axis: int(axis) })
}
