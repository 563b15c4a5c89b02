/** Operators that sum up along axes, and those that normalise or choose along one. */
import { int } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import type { Value } from '../../emission/value.js'
import { sameOrder } from '../broadcast.js'
import { dataTypeOf } from '../data-type.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type Conversion, type ConversionTable, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'

/** Mean, Sum and their kin, Softmax, ArgMax, TopK, CumSum. */
export const reduction: ConversionTable = {
  Mean: reduce('ReduceMean'),
  Sum: reduce('ReduceSum'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  All: reduceFlags('ReduceMin'),
  Any: reduceFlags('ReduceMax'),
  Softmax: along('Softmax'),
  LogSoftmax: along('LogSoftmax'),
  ArgMax: choose('ArgMax'),
  ArgMin: choose('ArgMin'),
  TopKV2: topK,
  Cumsum: cumulated,
  L2Loss: (operation, emitter) => {
    const x = emitter.plain(inputAt(operation, 0))
    const squares = emitter.emit('ReduceSumSquare', [x], { keepdims: int(0) })
    return emitter.flow(emitter.emit('Mul', [squares, emitter.numbers(0.5, 'float32')]))
  },
}

function reduce(operator: string): Conversion {
  return (operation, emitter) => {
    const flow = inputAt(operation, 0)
    const axes = axesOf(operation, flow)
    const keeps = operation.attributes.bool('keep_dims', operation.attributes.bool('keepdims', false))
    const attributes = { keepdims: int(keeps ? 1 : 0) }
    const origin = { operator: operation.operator, inputs: operation.inputs }
    if (axes.length === 0) return flow
    // Once all axes between batch and channels are gone, both orders are one.
    const isSpatial =
      flow.rank !== undefined &&
      axes.length === flow.rank - 2 &&
      axes.every((axis) => axis > 0 && axis < axes.length + 1)
    if (flow.isChannelsFirst && (keeps || isSpatial)) {
      const value = reduced(
        operator,
        emitter.channelsFirst(flow),
        axes.map((axis) => placeOf(axis, flow.rank ?? 0)),
        attributes,
        emitter,
      )
      return new Flow(keeps ? { channelsFirst: value } : { plain: value }, origin)
    }
    return new Flow({ plain: reduced(operator, emitter.plain(flow), axes, attributes, emitter) }, origin)
  }
}

function reduced(
  operator: string,
  x: Value,
  axes: readonly number[],
  attributes: Parameters<FlowEmitter['emit']>[2],
  emitter: FlowEmitter,
): Value {
  return emitter.emit(operator, [x, emitter.numbers([...axes].sort((left, right) => left - right))], attributes)
}

/** Where an axis of TensorFlow's order lies with channels first. */
function placeOf(axis: number, rank: number): number {
  if (axis === 0) return 0
  return axis === rank - 1 ? 1 : axis + 1
}

/** Axes from 0 on; negative ones count from the end. */
function axesOf(operation: Operation, flow: Flow): number[] {
  const given = numbersAt(operation, 1, 'list of axes')
  if (given.every((axis) => axis >= 0)) return [...given]
  const rank = rankAt(operation, 0)
  return given.map((axis) => (axis < 0 ? axis + (flow.rank ?? rank) : axis))
}

/** ONNX reduces no booleans. */
function reduceFlags(operator: string): Conversion {
  return (operation, emitter) => {
    const flow = inputAt(operation, 0)
    const numbers = emitter.emit('Cast', [emitter.plain(flow)], { to: int(DATA_TYPES.int32.code) })
    const keeps = operation.attributes.bool('keep_dims', false)
    const value = reduced(operator, numbers, axesOf(operation, flow), { keepdims: int(keeps ? 1 : 0) }, emitter)
    return emitter.flow(emitter.emit('Cast', [value], { to: int(DATA_TYPES.bool.code) }))
  }
}

/** Along the last axis, which is axis 1 with channels first. */
function along(operator: string): Conversion {
  return (operation, emitter) => {
    const { values, isChannelsFirst } = sameOrder(inputAt(operation, 0), emitter)
    const value = emitter.emit(operator, values, { axis: int(isChannelsFirst ? 1 : -1) })
    return new Flow(isChannelsFirst ? { channelsFirst: value } : { plain: value })
  }
}

function choose(operator: string): Conversion {
  return (operation, emitter) => {
    const [axis = 0] = numbersAt(operation, 1, 'axis')
    const dtype = dataTypeOf(operation.attributes.type('output_type') ?? 9, operation.name)
    const chosen = emitter.emit(operator, [emitter.plain(inputAt(operation, 0))], { axis: int(axis), keepdims: int(0) })
    return emitter.flow(
      dtype === 'int64' ? chosen : emitter.emit('Cast', [chosen], { to: int(DATA_TYPES[dtype].code) }),
    )
  }
}

function topK(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const count = emitter.emit('Reshape', [
    emitter.emit('Cast', [emitter.plain(inputAt(operation, 1))], { to: int(DATA_TYPES.int64.code) }),
    emitter.numbers([1]),
  ])
  const sorted = int(operation.attributes.bool('sorted', true) ? 1 : 0)
  const [values, indices] = emitter.emitAll(
    'TopK',
    [emitter.plain(inputAt(operation, 0)), count],
    { sorted },
    { outputs: 2 },
  )
  if (values === undefined || indices === undefined) return []
  return [emitter.flow(values), emitter.flow(emitter.emit('Cast', [indices], { to: int(DATA_TYPES.int32.code) }))]
}

function cumulated(operation: Operation, emitter: FlowEmitter): Flow {
  const { attributes } = operation
  const inputs = [emitter.plain(inputAt(operation, 0)), emitter.plain(inputAt(operation, 1))]
  const flags = {
    exclusive: int(attributes.bool('exclusive', false) ? 1 : 0),
    reverse: int(attributes.bool('reverse', false) ? 1 : 0),
  }
  return emitter.flow(emitter.emit('CumSum', inputs, flags))
}
