/** Operators that write at places that tensors name, or over a whole tensor. */
import { int, text } from '../../../src/graph/attributes.js'
import { product } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, shapeOfValue, sizesValue } from './call-axes.js'
import { joinedPlaces, placesAt, placesOfCall, readFirst } from './indexing.js'
import { cast, chosen, operandOf } from './operands.js'
import { spreadOver } from './repetition.js'
import { cutOf, transposed } from './views.js'

/** copy_, index_put, scatter and kin; names with `_` at the end follow from them. */
export const writing: OperatorRules = {
  copy: (call, emitter) => {
    const self = call.tensor(0, 'self')
    const source = cast(call.value(1, 'src'), self.dtype, emitter)
    return tensor(spreadOver(source, call.shape(0, 'self'), emitter))
  },
  index_put: written,
  _index_put_impl: written,
  _unsafe_index_put: written,
  index_copy: alongAxis('none', 'source'),
  index_add: alongAxis('add', 'source'),
  index_fill: filledAlong,
  scatter: scattered,
  scatter_add: (call, emitter) => scatteredWith(call, 'add', emitter),
  scatter_reduce: (call, emitter) => {
    const name = call.text(4, 'reduce')
    const reduction = Object.hasOwn(REDUCTIONS, name) ? REDUCTIONS[name] : undefined
    if (reduction === undefined) return call.refuse(`what it reduces by is ${name}`)
    if (!call.bool(5, 'include_self', true)) return call.refuse('it leaves out what stood there')
    return scatteredWith(call, reduction, emitter)
  },
}

const REDUCTIONS: Readonly<Record<string, string>> = {
  sum: 'add',
  add: 'add',
  prod: 'mul',
  multiply: 'mul',
  amax: 'max',
  amin: 'min',
}

/** A condition with one number is a choice; other places are written one by one. */
function written(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  const update = cast(call.value(2, 'values'), self.dtype, emitter)
  const isAdded = call.bool(3, 'accumulate', false)
  const condition = soleCondition(call, emitter)
  const isOne = product(shapeOfValue(update)) === 1
  if (condition !== undefined && isOne && !isAdded) {
    const scalar = emitter.emit('Reshape', [update, emitter.numbers([])])
    return tensor(chosen(condition, [scalar, self.value], self.dtype, emitter))
  }
  const places = placesOfCall(call, emitter)
  if (places.axes.length === 0) return tensor(spreadOver(update, call.shape(0, 'self'), emitter))
  return tensor(writtenAt(call, places, update, isAdded, emitter))
}

function writtenAt(
  call: OperatorCall,
  places: ReturnType<typeof placesOfCall>,
  update: Value,
  isAdded: boolean,
  emitter: TorchEmitter,
): Value {
  const order = readFirst(places)
  const back = order.map((_, axis) => order.indexOf(axis))
  const moved = transposed(call.value(0, 'self'), order, emitter)
  const joined = joinedPlaces(places, emitter)
  const [first = 0] = places.axes
  const read = shapeOfValue(joined).slice(0, -1)
  const rest = shapeOfValue(moved).slice(places.axes.length)
  const isAdjacent = places.axes.every((axis, at) => axis === first + at)
  const before = isAdjacent ? first : 0
  // The values stand as reading gives them: the places read stand where the first axis that is read stood.
  const sizes = [...rest.slice(0, before), ...read, ...rest.slice(before)]
  const forwards = [
    ...range(read.length).map((at) => before + at),
    ...range(before),
    ...range(rest.length - before).map((at) => before + read.length + at),
  ]
  const updates = transposed(spreadOver(update, sizes, emitter), forwards, emitter)
  const attributes = isAdded ? { reduction: text('add') } : {}
  return transposed(emitter.emit('ScatterND', [moved, joined, updates], attributes), back, emitter)
}

/** @returns the condition, with an axis for each of the tensor, where it is all that names places and its axes are the first ones */
function soleCondition(call: OperatorCall, emitter: TorchEmitter): Value | undefined {
  const list = call.at(1, 'indices')
  const items = list?.kind === 'list' || list?.kind === 'tuple' ? list.items : []
  const [only, ...others] = items
  if (only?.kind !== 'tensor' || others.some(({ kind }) => kind !== 'none')) return undefined
  if (only.dtype !== 'bool' && only.dtype !== 'uint8') return undefined
  const condition = cast(only.value, 'bool', emitter)
  const rank = shapeOfValue(condition).length
  const missing = range(call.shape(0, 'self').length - rank).map((at) => rank + at)
  return missing.length === 0 ? condition : emitter.emit('Unsqueeze', [condition, emitter.numbers(missing)])
}

/** One place of the axis for each part of the source. */
function alongAxis(reduction: string, name: string): OperatorRule {
  return (call, emitter) => {
    const self = call.tensor(0, 'self')
    const axis = axisAt(call, 1, 'dim', call.shape(0, 'self').length)
    const scale = call.at(4, 'alpha')
    const source = cast(call.value(3, name), self.dtype, emitter)
    const isScaled = scale !== undefined && scale.kind !== 'none' && !('value' in scale && scale.value === 1)
    const parts = isScaled ? emitter.emit('Mul', [source, operandOf(scale, self.dtype, call, emitter)]) : source
    return tensor(writtenAlong(self.value, axis, placesAt(call, 2, 'index', emitter), parts, reduction, emitter))
  }
}

function writtenAlong(
  whole: Value,
  axis: number,
  places: Value,
  parts: Value,
  reduction: string,
  emitter: TorchEmitter,
): Value {
  const order = [axis, ...range(shapeOfValue(whole).length).filter((other) => other !== axis)]
  const back = order.map((_, place) => order.indexOf(place))
  const rows = emitter.emit('Reshape', [cast(places, 'int64', emitter), emitter.numbers([-1, 1])])
  const inputs = [transposed(whole, order, emitter), rows, transposed(parts, order, emitter)]
  return transposed(emitter.emit('ScatterND', inputs, { reduction: text(reduction) }), back, emitter)
}

function filledAlong(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 1, 'dim', shape.length)
  const places = placesAt(call, 2, 'index', emitter)
  const count = shapeOfValue(places)[0] ?? 1
  const element = operandOf(call.at(3, 'value') ?? NONE, self.dtype, call, emitter)
  const parts = emitter.emit('Expand', [element, sizesValue(shape.with(axis, count), emitter)])
  return tensor(writtenAlong(self.value, axis, places, parts, 'none', emitter))
}

/** The source is a tensor or a number; a reduction may stand by name. */
function scattered(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const name = call.has(4, 'reduce') ? call.text(4, 'reduce') : 'none'
  const reduction = Object.hasOwn(REDUCTIONS, name) ? REDUCTIONS[name] : name
  return scatteredWith(call, reduction ?? name, emitter)
}

function scatteredWith(call: OperatorCall, reduction: string, emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  const axis = axisAt(call, 1, 'dim', call.shape(0, 'self').length)
  const places = placesAt(call, 2, 'index', emitter)
  const source = call.at(3, 'src') ?? call.at(3, 'value') ?? NONE
  const sizes = shapeOfValue(places)
  const updates =
    source.kind === 'tensor' && shapeOfValue(source.value).length > 0
      ? partOf(cast(source.value, self.dtype, emitter), sizes, emitter)
      : spreadOver(operandOf(source, self.dtype, call, emitter), sizes, emitter)
  const attributes = { axis: int(axis), reduction: text(reduction) }
  return emitter.tensor('ScatterElements', [self.value, places, updates], attributes)
}

/** As much of the source as there are places. */
function partOf(source: Value, sizes: ReturnType<typeof shapeOfValue>, emitter: TorchEmitter): Value {
  return shapeOfValue(source).reduce<Value>((value, size, axis) => {
    const wanted = sizes[axis] ?? 1
    const isWhole = typeof size !== 'number' || typeof wanted !== 'number' || size === wanted
    return isWhole ? value : cutOf(value, { axis, start: 0, end: wanted, step: 1 }, emitter)
  }, source)
}
