/** Operators that repeat, shift or reverse what a tensor holds. */
import { int } from '../../../src/graph/attributes.js'
import { type Dimension, equalDimensions, multiply, product, type Shape } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { MAX_CONSTANT } from '../folding/constant-tensor.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { list, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, axisOf, END, reshaped, shapeOfValue, sizesValue } from './call-axes.js'
import { transposed, viewOf } from './views.js'

/** expand, repeat, roll, flip and kin. */
export const repetition: OperatorRules = {
  expand: (call, emitter) => expanded(call, call.sizes(1, 'size'), emitter),
  expand_copy: (call, emitter) => expanded(call, call.sizes(1, 'size'), emitter),
  broadcast_to: (call, emitter) => expanded(call, call.sizes(1, 'size'), emitter),
  expand_as: (call, emitter) => expanded(call, call.shape(1, 'other'), emitter),
  broadcast_tensors: broadcastTensors,
  repeat: (call, emitter) => repeated(call, call.sizes(1, 'repeats'), emitter),
  tile: (call, emitter) => repeated(call, call.sizes(1, 'dims'), emitter),
  repeat_interleave: interleaved,
  roll: rolled,
  flip: (call, emitter) => tensor(flipped(call, call.value(0, 'self'), call.ints(1, 'dims'), emitter)),
  fliplr: (call, emitter) => tensor(flipped(call, call.value(0, 'self'), [1], emitter)),
  flipud: (call, emitter) => tensor(flipped(call, call.value(0, 'self'), [0], emitter)),
  rot90,
}

/** @returns the value spread over these sizes; no node where it has them */
export function spreadOver(value: Value, sizes: Shape, emitter: TorchEmitter): Value {
  const shape = shapeOf(value.known)
  const isSame = shape?.length === sizes.length && shape.every((size, axis) => equalDimensions(size, sizes[axis] ?? 1))
  return isSame ? value : emitter.emit('Expand', [value, sizesValue(sizes, emitter)])
}

/** -1 keeps an axis as it is. What is written into the result reaches every place that it came from, the first one's content. */
function expanded(call: OperatorCall, given: readonly Dimension[], emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const sizes = given.map((size, axis) => (size === -1 ? (shape[axis - given.length + shape.length] ?? 1) : size))
  return viewOf(
    call.tensor(0, 'self'),
    (base) => spreadOver(base, sizes, emitter),
    (base, part) => {
      if (product(shapeOfValue(base)) !== product(sizes)) return call.refuse('what it gives is written into')
      return reshaped(part, shapeOfValue(base), emitter)
    },
    (strides, base, own) =>
      own.map((size, axis) => {
        const from = axis - own.length + base.length
        const isRepeated = (base[from] ?? 1) === 1 && size !== 1
        return isRepeated ? 0 : (strides[from] ?? 1)
      }),
  )
}

function broadcastTensors(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const tensors = call.tensors(0, 'tensors')
  const shapes = tensors.map(({ value }) => shapeOfValue(value))
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const sizes = range(rank).map(
    (axis) => shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).find((size) => size !== 1) ?? 1,
  )
  return list(tensors.map(({ value }) => tensor(spreadOver(value, sizes, emitter))))
}

/** Axes and repeats are lined up at the last one. */
function repeated(call: OperatorCall, given: readonly Dimension[], emitter: TorchEmitter): ScriptValue {
  const value = call.value(0, 'self')
  const { length } = call.shape(0, 'self')
  const rank = Math.max(length, given.length)
  const repeats = [...range(rank - given.length).map(() => 1), ...given]
  const leading = range(rank - length)
  const grown = leading.length === 0 ? value : emitter.emit('Unsqueeze', [value, emitter.numbers(leading)])
  if (repeats.every((count) => count === 1)) return tensor(grown)
  return tensor(emitter.emit('Tile', [grown, sizesValue(repeats, emitter)]))
}

/** Every element several times in a row; one count for each where they are known. */
function interleaved(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const isFlat = !call.has(2, 'dim')
  const value = isFlat ? reshaped(call.value(0, 'self'), [product(shape)], emitter) : call.value(0, 'self')
  const axis = isFlat ? 0 : axisAt(call, 2, 'dim', shape.length)
  const given = call.at(1, 'repeats')
  if (given?.kind !== 'tensor') return tensor(inARow(value, axis, call.size(1, 'repeats'), emitter))
  const counts = emitter.contents(given.value)?.elements
  if (counts === undefined) return call.refuse('how often each element is repeated is known in the run only')
  const size = shapeOfValue(value)[axis] ?? 1
  if (counts.length === 1) return tensor(inARow(value, axis, counts[0] ?? 1, emitter))
  const total = Array.from(counts).reduce((sum, count) => sum + Math.max(count, 0), 0)
  if (!(total <= MAX_CONSTANT)) return call.refuse(`it gives ${total} places`)
  if (typeof size !== 'number') return call.refuse('the size that it repeats is not known')
  const places = range(counts.length).flatMap((place) => range(counts[place] ?? 0).map(() => place))
  return tensor(emitter.emit('Gather', [value, emitter.numbers(places)], { axis: int(axis) }))
}

/** @returns every element along the axis `count` times in a row */
export function inARow(value: Value, axis: number, count: Dimension, emitter: TorchEmitter): Value {
  if (count === 1) return value
  const shape = shapeOfValue(value)
  const grown = emitter.emit('Unsqueeze', [value, emitter.numbers([axis + 1])])
  const spread = emitter.emit('Expand', [grown, sizesValue(shape.toSpliced(axis + 1, 0, count), emitter)])
  return reshaped(spread, shape.with(axis, multiply(shape[axis] ?? 1, count)), emitter)
}

/** Without axes the elements are shifted in one row. */
function rolled(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const [shifts, axes] = [call.ints(1, 'shifts'), call.ints(2, 'dims', [])]
  const value = call.value(0, 'self')
  if (axes.length === 0) {
    const flat = reshaped(value, [product(shape)], emitter)
    return tensor(reshaped(shifted(flat, 0, shifts[0] ?? 0, emitter), shape, emitter))
  }
  return tensor(
    axes.reduce(
      (result, axis, at) => shifted(result, axisOf(axis, shape.length, call), shifts[at] ?? 0, emitter),
      value,
    ),
  )
}

function shifted(value: Value, axis: number, given: number, emitter: TorchEmitter): Value {
  const size = shapeOfValue(value)[axis] ?? 1
  const shift = typeof size === 'number' ? given % size : given
  if (shift === 0) return value
  const [middle, end, axes] = [[-shift], [END], [axis]].map((numbers) => emitter.numbers(numbers))
  const first = emitter.emit('Slice', [value, middle, end, axes])
  const rest = emitter.emit('Slice', [value, emitter.numbers([0]), middle, axes])
  return emitter.emit('Concat', [first, rest], { axis: int(axis) })
}

function flipped(call: OperatorCall, value: Value, given: readonly number[], emitter: TorchEmitter): Value {
  if (given.length === 0) return value
  const axes = given.map((axis) => axisOf(axis, shapeOfValue(value).length, call))
  const every = (number: number) => emitter.numbers(axes.map(() => number))
  return emitter.emit('Slice', [value, every(-1), every(-END), emitter.numbers(axes), every(-1)])
}

/** Quarter turns from the first axis towards the second. */
function rot90(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { length } = call.shape(0, 'self')
  const turns = ((call.int(1, 'k', 1) % 4) + 4) % 4
  const [first = 0, second = 1] = call.ints(2, 'dims', [0, 1]).map((axis) => axisOf(axis, length, call))
  const value = call.value(0, 'self')
  if (turns === 0) return tensor(value)
  if (turns === 2) return tensor(flipped(call, value, [first, second], emitter))
  const exchanged = transposed(value, range(length).with(first, second).with(second, first), emitter)
  return tensor(flipped(call, exchanged, [turns === 1 ? first : second], emitter))
}
