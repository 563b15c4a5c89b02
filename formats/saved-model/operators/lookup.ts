/** Operators that look elements up by indices, or write them there. */
import { int, ints, text } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import {
  type Conversion,
  type ConversionTable,
  cannotConvert,
  inputAt,
  numbersAt,
  type Operation,
  rankAt,
} from '../operation.js'
import { sizesValue } from './shape.js'

/** Gather, scatter, OneHot, Where, Unique. */
export const lookup: ConversionTable = {
  GatherV2: gathered,
  Gather: gathered,
  ResourceGather: gathered,
  GatherNd: (operation, emitter) =>
    emitter.flow(emitter.emit('GatherND', [emitter.plain(inputAt(operation, 0)), indicesAt(operation, 1, emitter)])),
  ResourceGatherNd: (operation, emitter) =>
    emitter.flow(emitter.emit('GatherND', [emitter.plain(inputAt(operation, 0)), indicesAt(operation, 1, emitter)])),
  ScatterNd: scattered,
  TensorScatterUpdate: updated('none'),
  TensorScatterAdd: updated('add'),
  TensorScatterMax: updated('max'),
  TensorScatterMin: updated('min'),
  OneHot: oneHot,
  Where: places,
  Unique: unique,
  InvertPermutation: inverted,
}

const indicesAt = (operation: Operation, index: number, emitter: FlowEmitter): Value =>
  asInt64(emitter.plain(inputAt(operation, index)), emitter)

const asInt64 = (value: Value, emitter: FlowEmitter): Value =>
  emitter.emit('Cast', [value], { to: int(DATA_TYPES.int64.code) })

function gathered(operation: Operation, emitter: FlowEmitter): Flow {
  const [given = 0] = operation.inputs.length > 2 ? numbersAt(operation, 2, 'axis') : [0]
  const batches = operation.attributes.int('batch_dims', 0)
  if (batches !== 0) return gatheredInBatches(operation, batches, given, emitter)
  const [table, indices] = [inputAt(operation, 0), inputAt(operation, 1)]
  return emitter.flow(emitter.emit('Gather', [emitter.plain(table), emitter.plain(indices)], { axis: int(given) }))
}

/** Each batch looks up its own indices: the axis looked up comes behind the batches, and what it gives goes back. */
function gatheredInBatches(operation: Operation, given: number, axisGiven: number, emitter: FlowEmitter): Flow {
  const [rank, indexRank] = [rankAt(operation, 0), rankAt(operation, 1)]
  const batches = given < 0 ? given + indexRank : given
  const axis = axisGiven < 0 ? axisGiven + rank : axisGiven
  const [before, between] = [range(batches), range(axis - batches).map((place) => batches + place)]
  const behind = range(rank - axis - 1).map((place) => axis + 1 + place)
  const table = transposed(emitter.plain(inputAt(operation, 0)), [...before, axis, ...between, ...behind], emitter)
  const indices = emitter.emit('Unsqueeze', [indicesAt(operation, 1, emitter), emitter.numbers([-1])])
  const found = emitter.emit('GatherND', [table, indices], { batch_dims: int(batches) })
  const count = indexRank - batches
  const last = batches + count + between.length
  const order = [
    ...before,
    ...between.map((_, place) => batches + count + place),
    ...range(count).map((place) => batches + place),
    ...behind.map((_, place) => last + place),
  ]
  return emitter.flow(transposed(found, order, emitter))
}

function transposed(value: Value, order: readonly number[], emitter: FlowEmitter): Value {
  return order.every((axis, place) => axis === place)
    ? value
    : emitter.emit('Transpose', [value], { perm: ints(order) })
}

/** Elements that meet at one place are summed up. */
function scattered(operation: Operation, emitter: FlowEmitter): Flow {
  const updates = emitter.plain(inputAt(operation, 1))
  const type = updates.known.type
  const zero = emitter.numbers(0, type?.kind === 'tensor' ? type.dtype : 'float32')
  const empty = emitter.emit('Expand', [zero, sizesValue(inputAt(operation, 2), emitter)])
  const inputs = [empty, indicesAt(operation, 0, emitter), updates]
  return emitter.flow(emitter.emit('ScatterND', inputs, { reduction: text('add') }))
}

function updated(reduction: string): Conversion {
  return (operation, emitter) => {
    const [data, updates] = [0, 2].map((index) => emitter.plain(inputAt(operation, index)))
    const inputs = [data, indicesAt(operation, 1, emitter), updates]
    return emitter.flow(emitter.emit('ScatterND', inputs, { reduction: text(reduction) }))
  }
}

function oneHot(operation: Operation, emitter: FlowEmitter): Flow {
  const [indices, depth, on, off] = [0, 1, 2, 3].map((index) => emitter.plain(inputAt(operation, index)))
  const values = emitter.emit(
    'Concat',
    [off, on].map((value) => emitter.emit('Reshape', [value, emitter.numbers([1])])),
    { axis: int(0) },
  )
  // ONNX counts indices below zero from the end, TensorFlow gives a row without any.
  const isBelow = emitter.emit('Less', [indices, emitter.numbers(0, inputAt(operation, 0).dtype ?? 'int64')])
  const checked = emitter.emit('Where', [isBelow, depthLike(depth, operation, emitter), indices])
  return emitter.flow(
    emitter.emit('OneHot', [checked, depth, values], { axis: int(operation.attributes.int('axis', -1)) }),
  )
}

/** An index that is no row: ONNX leaves those at and above the depth off. */
function depthLike(depth: Value | undefined, operation: Operation, emitter: FlowEmitter): Value {
  return emitter.emit('Cast', [depth], { to: int(DATA_TYPES[inputAt(operation, 0).dtype ?? 'int64'].code) })
}

/** Coordinates of what is not zero, a row each. */
function places(operation: Operation, emitter: FlowEmitter): Flow {
  const found = emitter.emit('NonZero', [emitter.plain(inputAt(operation, 0))])
  return emitter.flow(emitter.emit('Transpose', [found], { perm: ints([1, 0]) }))
}

/** In the order in which they appear first. */
function unique(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const flow = inputAt(operation, 0)
  const x = emitter.plain(flow)
  const isWhole = flow.dtype === 'int32'
  const given = isWhole ? asInt64(x, emitter) : x
  const [values, , inverse] = emitter.emitAll('Unique', [given], { sorted: int(0) }, { outputs: 3 })
  if (values === undefined || inverse === undefined) return []
  const toInt32 = (value: Value) => emitter.emit('Cast', [value], { to: int(DATA_TYPES.int32.code) })
  const counts = operation.attributes.type('out_idx') === 9 ? inverse : toInt32(inverse)
  return [emitter.flow(isWhole ? toInt32(values) : values), emitter.flow(counts)]
}

function inverted(operation: Operation, emitter: FlowEmitter): Flow {
  const order = numbersAt(operation, 0, 'permutation')
  const back = range(order.length).map((place) => order.indexOf(place))
  if (back.includes(-1)) throw cannotConvert(operation, 'its input is no permutation')
  return emitter.flow(emitter.numbers(back, inputAt(operation, 0).dtype ?? 'int32'))
}
