/** Tables that are looked up: embedding, embedding_bag, one_hot. */
import { int, text } from '../../../src/graph/attributes.js'
import { isFloat } from '../../../src/graph/data-type.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenRank } from '../open-size.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { shapeOfValue, sizesValue } from './call-axes.js'
import { cast } from './operands.js'

/** Lookups by whole numbers. */
export const embedding: OperatorRules = {
  embedding: (call, emitter) =>
    emitter.tensor('Gather', [call.value(0, 'weight'), indicesAt(call, 1, emitter)], { axis: int(0) }),
  embedding_bag: bags,
  _embedding_bag: bags,
  _embedding_bag_forward_only: bags,
  one_hot: oneHot,
}

/** Places in a table are whole numbers, in rows of samples. */
function indicesAt(call: OperatorCall, position: number, emitter: TorchEmitter): Value {
  const { value, dtype, shape } = call.tensor(position, 'indices')
  if (shape === undefined || (dtype !== undefined && isFloat(dtype)))
    throw new OpenRank(value, { rank: shape?.length ?? 2, dtype: 'int64' })
  return dtype === 'int32' ? value : cast(value, 'int64', emitter)
}

/** Rows of the table between one offset and the next are summed up, or their mean is taken. */
function bags(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const table = call.value(0, 'weight')
  const [indices, offsets] = [indicesAt(call, 1, emitter), cast(call.value(2, 'offsets'), 'int64', emitter)]
  const mode = call.int(4, 'mode', 0)
  if (mode !== 0 && mode !== 1) return call.refuse('it takes the largest of each bag')
  if (call.bool(7, 'include_last_offset', false)) return call.refuse('its last offset is the end')
  if (call.int(8, 'padding_idx', -1) >= 0) return call.refuse('it leaves out the index of the padding')
  const rows = emitter.emit('Gather', [table, indices], { axis: int(0) })
  const weights = call.optionalValue(6, 'per_sample_weights')
  const weighted = weights === undefined ? rows : emitter.emit('Mul', [rows, unsqueezed(weights, 1, emitter)])
  const bag = bagOfEach(indices, offsets, emitter)
  const count = shapeOfValue(offsets, { rank: 1 })[0] ?? 1
  const sums = summed(weighted, bag, [count, shapeOf(table.known)?.[1] ?? 1], emitter)
  if (mode === 0) return tuple([tensor(sums), NONE, NONE, NONE])
  const one = emitter.scalar(1, 'float32')
  const ones = emitter.emit('Expand', [one, emitter.emit('Shape', [unsqueezed(indices, 1, emitter)])])
  const counts = emitter.emit('Max', [summed(ones, bag, [count, 1], emitter), one])
  return tuple([emitter.tensor('Div', [sums, counts]), NONE, NONE, NONE])
}

const unsqueezed = (value: Value, axis: number, emitter: TorchEmitter): Value =>
  emitter.emit('Unsqueeze', [value, emitter.numbers([axis])])

/** For each index how many bags have begun before it: [indices, 1]. */
function bagOfEach(indices: Value, offsets: Value, emitter: TorchEmitter): Value {
  const count = emitter.emit('Size', [indices])
  const places = emitter.emit('Range', [emitter.numbers(0), count, emitter.numbers(1)])
  const hasBegun = emitter.emit('GreaterOrEqual', [unsqueezed(places, 1, emitter), unsqueezed(offsets, 0, emitter)])
  const begun = emitter.emit('ReduceSum', [cast(hasBegun, 'int64', emitter), emitter.numbers([1])], {
    keepdims: int(1),
  })
  return emitter.emit('Sub', [begun, emitter.numbers(1)])
}

function summed(rows: Value, bag: Value, sizes: Parameters<typeof sizesValue>[0], emitter: TorchEmitter): Value {
  const zeros = emitter.emit('Expand', [emitter.scalar(0, 'float32'), sizesValue(sizes, emitter)])
  return emitter.emit('ScatterND', [zeros, bag, rows], { reduction: text('add') })
}

function oneHot(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const count = call.size(1, 'num_classes', -1)
  if (count === -1) return call.refuse('how many classes there are is known in the run only')
  const inputs = [cast(call.value(0, 'self'), 'int64', emitter), sizesValue([count], emitter), emitter.numbers([0, 1])]
  return emitter.tensor('OneHot', inputs, { axis: int(-1) })
}
