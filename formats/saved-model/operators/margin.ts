/** Operators that put margins around tensors, turn axes round or roll them. */
import { int, text } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { transposedFlow } from '../broadcast.js'
import { Flow, withChannelsFirst } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type Conversion, type ConversionTable, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'
import { sizesValue } from './shape.js'

/** Pad in its kinds, ReverseV2, ReverseSequence, Roll. */
export const margin: ConversionTable = {
  Pad: padded('constant'),
  PadV2: padded('constant'),
  MirrorPad: (operation, emitter) =>
    operation.attributes.text('mode', 'REFLECT') === 'REFLECT'
      ? padded('reflect')(operation, emitter)
      : mirrored(operation, emitter),
  ReverseV2: (operation, emitter) => {
    const axes = numbersAt(operation, 1, 'list of axes')
    const flow = inputAt(operation, 0)
    return axes.length === 0 ? flow : emitter.flow(backwards(emitter.plain(flow), axes, undefined, undefined, emitter))
  },
  ReverseSequence: reversedSequences,
  Roll: rolled,
}

function padded(mode: 'constant' | 'reflect'): Conversion {
  return (operation, emitter) => {
    const flow = inputAt(operation, 0)
    const pairs = inputAt(operation, 1).numbers
    const [value] = operation.inputs.slice(2)
    const fill = value === undefined ? undefined : emitter.plain(value)
    if (pairs === undefined) return emitter.flow(paddedInRun(operation, fill, mode, emitter))
    const before = pairs.filter((_, index) => index % 2 === 0)
    const after = pairs.filter((_, index) => index % 2 === 1)
    const isFirst = flow.isChannelsFirst
    const order = (list: readonly number[]) => (isFirst ? withChannelsFirst(list) : list)
    const pads = emitter.numbers([...order(before), ...order(after)])
    const source = isFirst ? emitter.channelsFirst(flow) : emitter.plain(flow)
    const result = emitter.emit('Pad', [source, pads, fill], { mode: text(mode) })
    return new Flow(isFirst ? { channelsFirst: result } : { plain: result })
  }
}

/** Pairs of each axis become all that comes before and all that comes behind. */
function paddedInRun(operation: Operation, fill: Value | undefined, mode: string, emitter: FlowEmitter): Value {
  const turned = emitter.emit('Transpose', [sizesValue(inputAt(operation, 1), emitter)])
  const pads = emitter.emit('Reshape', [turned, emitter.numbers([-1])])
  return emitter.emit('Pad', [emitter.plain(inputAt(operation, 0)), pads, fill], { mode: text(mode) })
}

/** The edge itself is repeated, for which ONNX has no word: its rows backwards, the tensor, its last rows backwards. */
function mirrored(operation: Operation, emitter: FlowEmitter): Flow {
  const pairs = numbersAt(operation, 1, 'padding')
  let value = emitter.plain(inputAt(operation, 0))
  for (const axis of range(pairs.length / 2)) {
    const [before = 0, after = 0] = pairs.slice(2 * axis, 2 * axis + 2)
    const pieces = [
      ...(before > 0 ? [backwards(value, [axis], before - 1, undefined, emitter)] : []),
      value,
      ...(after > 0 ? [backwards(value, [axis], undefined, -after - 1, emitter)] : []),
    ]
    if (pieces.length > 1) value = emitter.emit('Concat', pieces, { axis: int(axis) })
  }
  return emitter.flow(value)
}

/** From `first` (the last one when left out) down to the one behind `end` (the first one when left out). */
function backwards(
  value: Value,
  axes: readonly number[],
  first: number | undefined,
  end: number | undefined,
  emitter: FlowEmitter,
): Value {
  const all = (number: number) => emitter.numbers(axes.map(() => number))
  return emitter.emit('Slice', [
    value,
    all(first ?? -1),
    all(end ?? -Number.MAX_SAFE_INTEGER),
    emitter.numbers(axes),
    all(-1),
  ])
}

/** ONNX has time and batch in the first two places. */
function reversedSequences(operation: Operation, emitter: FlowEmitter): Flow {
  const [time, batch] = [operation.attributes.int('seq_dim', 1), operation.attributes.int('batch_dim', 0)]
  const lengths = emitter.emit('Cast', [emitter.plain(inputAt(operation, 1))], { to: int(DATA_TYPES.int64.code) })
  const reverse = (value: Value, timeAxis: number) =>
    emitter.emit('ReverseSequence', [value, lengths], { time_axis: int(timeAxis), batch_axis: int(1 - timeAxis) })
  if (time + batch === 1) return emitter.flow(reverse(emitter.plain(inputAt(operation, 0)), time))
  const rank = rankAt(operation, 0)
  const order = [batch, time, ...range(rank).filter((axis) => axis !== batch && axis !== time)]
  const turned = reverse(transposedFlow(inputAt(operation, 0), order, emitter), 1)
  return emitter.flow(
    transposedFlow(
      emitter.flow(turned),
      range(rank).map((axis) => order.indexOf(axis)),
      emitter,
    ),
  )
}

/** What leaves at one end comes in at the other. */
function rolled(operation: Operation, emitter: FlowEmitter): Flow {
  const [shifts, axes] = [numbersAt(operation, 1, 'shift'), numbersAt(operation, 2, 'axis')]
  let value = emitter.plain(inputAt(operation, 0))
  for (const [index, axis] of axes.entries()) {
    const size = inputAt(operation, 0).shape?.at(axis)
    const shift = typeof size === 'number' && size > 0 ? (shifts[index] ?? 0) % size : (shifts[index] ?? 0)
    if (shift === 0) continue
    const cut = (start: number, end: number) =>
      emitter.emit('Slice', [value, emitter.numbers([start]), emitter.numbers([end]), emitter.numbers([axis])])
    const pieces = [cut(-shift, Number.MAX_SAFE_INTEGER), cut(0, -shift)]
    value = emitter.emit('Concat', pieces, { axis: int(axis) })
  }
  return emitter.flow(value)
}
