/** Operators that put tensors together along an axis, or take them apart. */
import { int } from '../../../src/graph/attributes.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, numbersAt, type Operation, rankAt } from '../operation.js'

/** ConcatV2, Pack, Split and kin. */
export const parts: ConversionTable = {
  ConcatV2: (operation, emitter) => joined(operation, operation.inputs.slice(0, -1), -1, emitter),
  Concat: (operation, emitter) => joined(operation, operation.inputs.slice(1), 0, emitter),
  Pack: packed,
  Unpack: unpacked,
  Split: (operation, emitter) => split(operation, 1, 0, undefined, emitter),
  SplitV: (operation, emitter) => split(operation, 0, 2, numbersAt(operation, 1, 'list of sizes'), emitter),
}

function joined(operation: Operation, flows: readonly Flow[], axisInput: number, emitter: FlowEmitter): Flow {
  const [given = 0] = numbersAt(operation, axisInput, 'axis')
  const rank = flows.find((flow) => flow.rank !== undefined)?.rank
  const axis = given < 0 && rank !== undefined ? given + rank : given
  if (flows.some((flow) => flow.isChannelsFirst) && rank !== undefined && rank > 2) {
    const place = axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1
    const values = flows.map((flow) => emitter.channelsFirst(flow))
    return new Flow({ channelsFirst: emitter.emit('Concat', values, { axis: int(place) }) })
  }
  return emitter.flow(
    emitter.emit(
      'Concat',
      flows.map((flow) => emitter.plain(flow)),
      { axis: int(axis) },
    ),
  )
}

function packed(operation: Operation, emitter: FlowEmitter): Flow {
  const given = operation.attributes.int('axis', 0)
  const axis = emitter.numbers([given])
  const grown = operation.inputs.map((flow) => emitter.emit('Unsqueeze', [emitter.plain(flow), axis]))
  return emitter.flow(emitter.emit('Concat', grown, { axis: int(given) }))
}

function unpacked(operation: Operation, emitter: FlowEmitter): readonly Flow[] {
  const axis = operation.attributes.int('axis', 0)
  const count = operation.attributes.int('num', 1)
  const rows = splitUp(
    emitter.plain(inputAt(operation, 0)),
    axis,
    range(checkedCount(operation, count)).map(() => 1),
    emitter,
  )
  return rows.map((row) => emitter.flow(emitter.emit('Squeeze', [row, emitter.numbers([axis])])))
}

function split(
  operation: Operation,
  data: number,
  axisInput: number,
  sizes: readonly number[] | undefined,
  emitter: FlowEmitter,
): readonly Flow[] {
  const [given = 0] = numbersAt(operation, axisInput, 'axis')
  const flow = inputAt(operation, data)
  const rank = rankAt(operation, data)
  const axis = given < 0 ? given + rank : given
  const whole = flow.shape?.[axis]
  const lengths = sizes === undefined ? equalParts(operation, whole) : restFilled(operation, sizes, whole)
  if (!flow.isChannelsFirst)
    return splitUp(emitter.plain(flow), axis, lengths, emitter).map((value) => emitter.flow(value))
  const place = axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1
  return splitUp(emitter.channelsFirst(flow), place, lengths, emitter).map(
    (value) => new Flow({ channelsFirst: value }),
  )
}

function splitUp(value: Value, axis: number, lengths: readonly number[], emitter: FlowEmitter): Value[] {
  return emitter.emitAll('Split', [value, emitter.numbers(lengths)], { axis: int(axis) }, { outputs: lengths.length })
}

function equalParts(operation: Operation, whole: Dimension | undefined): number[] {
  const count = checkedCount(operation, operation.attributes.int('num_split', 1))
  if (typeof whole !== 'number' || whole % count !== 0)
    throw cannotConvert(operation, 'the size to split is not known before the run')
  return range(count).map(() => whole / count)
}

/** One size may be -1: what is left. */
function restFilled(operation: Operation, sizes: readonly number[], whole: Dimension | undefined): readonly number[] {
  if (!sizes.includes(-1)) return sizes
  if (typeof whole !== 'number') throw cannotConvert(operation, 'the size to split is not known before the run')
  const rest = whole - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0)
  return sizes.map((size) => (size === -1 ? rest : size))
}

const MAX_PARTS = 65_536

function checkedCount(operation: Operation, count: number): number {
  if (Number.isSafeInteger(count) && count > 0 && count <= MAX_PARTS) return count
  throw cannotConvert(operation, `it makes ${count} parts`)
}
