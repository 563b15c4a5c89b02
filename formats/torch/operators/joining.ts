/** Operators that put tensors together. */
import { int } from '../../../src/graph/attributes.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { type ScriptTensor, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, axisOf, shapeOfValue } from './call-axes.js'
import { cast } from './operands.js'
import { resultType } from './type-promotion.js'

/** cat, stack and kin. */
export const joining: OperatorRules = {
  cat: joined,
  concat: joined,
  concatenate: joined,
  stack: stacked,
  hstack: (call, emitter) => hstacked(call, emitter),
  vstack: (call, emitter) => tensor(join(grown(call, 2, emitter), 0, emitter)),
  row_stack: (call, emitter) => tensor(join(grown(call, 2, emitter), 0, emitter)),
  column_stack: (call, emitter) => columns(call, emitter),
  dstack: (call, emitter) => depths(call, emitter),
}

/** Tensors of different types become one type; an empty tensor with one axis is passed over, as PyTorch does. */
function valuesOf(tensors: readonly ScriptTensor[], emitter: TorchEmitter): readonly Value[] {
  const dtype = resultType(tensors)
  const kept = tensors.filter(({ shape }) => !(shape?.length === 1 && shape[0] === 0))
  return (kept.length === 0 ? tensors.slice(0, 1) : kept).map(({ value }) => cast(value, dtype, emitter))
}

function join(values: readonly Value[], axis: number, emitter: TorchEmitter): Value {
  const [first, ...more] = values
  return first !== undefined && more.length === 0 ? first : emitter.emit('Concat', values, { axis: int(axis) })
}

/** An axis counted from the first one needs no rank. */
function joined(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const values = valuesOf(call.tensors(0, 'tensors'), emitter)
  const [first] = values
  if (first === undefined) return call.refuse('it joins no tensors')
  const given = call.int(1, 'dim', 0)
  const rank = values.map(({ known }) => shapeOf(known)?.length).find((length) => length !== undefined)
  if (rank === undefined)
    return tensor(join(values, given < 0 ? axisOf(given, shapeOfValue(first).length, call) : given, emitter))
  return tensor(join(values, axisAt(call, 1, 'dim', rank, 0), emitter))
}

function stacked(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const values = valuesOf(call.tensors(0, 'tensors'), emitter)
  const [first] = values
  if (first === undefined) return call.refuse('it joins no tensors')
  const given = call.int(1, 'dim', 0)
  const axis = given < 0 ? axisOf(given, shapeOfValue(first).length + 1, call) : given
  const places = emitter.numbers([axis])
  return tensor(
    join(
      values.map((value) => emitter.emit('Unsqueeze', [value, places])),
      axis,
      emitter,
    ),
  )
}

/** Leading axes of size 1 are put before tensors that have fewer. */
function grown(call: OperatorCall, rank: number, emitter: TorchEmitter): readonly Value[] {
  return valuesOf(call.tensors(0, 'tensors'), emitter).map((value) => {
    const missing = Math.max(rank - shapeOfValue(value).length, 0)
    const axes = Array.from({ length: missing }, (_, axis) => axis)
    return missing === 0 ? value : emitter.emit('Unsqueeze', [value, emitter.numbers(axes)])
  })
}

function hstacked(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const values = grown(call, 1, emitter)
  const rank = values[0] === undefined ? 1 : shapeOfValue(values[0]).length
  return tensor(join(values, rank === 1 ? 0 : 1, emitter))
}

function columns(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const values = valuesOf(call.tensors(0, 'tensors'), emitter).map((value) =>
    shapeOfValue(value).length >= 2 ? value : emitter.emit('Reshape', [value, emitter.numbers([-1, 1])]),
  )
  return tensor(join(values, 1, emitter))
}

function depths(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const values = grown(call, 2, emitter).map((value) =>
    shapeOfValue(value).length >= 3 ? value : emitter.emit('Unsqueeze', [value, emitter.numbers([2])]),
  )
  return tensor(join(values, 2, emitter))
}
