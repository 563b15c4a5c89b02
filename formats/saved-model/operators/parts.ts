/** Operators that take tensors apart, put them together, or surround them. */
import { int, text } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import type { Dimension } from '../../../src/graph/dimension.js'
import { Flow, type Value, withChannelsFirst } from '../flow.js'
import { type GraphEmitter, range } from '../graph-emitter.js'
import {
  type Conversion,
  type ConversionTable,
  cannotConvert,
  inputAt,
  numbersAt,
  type Operation,
  rankAt,
} from '../operation.js'

/** ConcatV2, Pack, Split, Slice, Pad, Gather and kin. */
export const parts: ConversionTable = {
  ConcatV2: (operation, emitter) => joined(operation, operation.inputs.slice(0, -1), -1, emitter),
  Concat: (operation, emitter) => joined(operation, operation.inputs.slice(1), 0, emitter),
  Pack: packed,
  Unpack: unpacked,
  Split: (operation, emitter) => split(operation, 1, 0, undefined, emitter),
  SplitV: (operation, emitter) => split(operation, 0, 2, numbersAt(operation, 1, 'list of sizes'), emitter),
  Slice: sliced,
  StridedSlice: strided,
  Pad: padded('constant'),
  PadV2: padded('constant'),
  MirrorPad: (operation, emitter) =>
    padded(operation.attributes.text('mode', 'REFLECT') === 'REFLECT' ? 'reflect' : 'symmetric')(operation, emitter),
  GatherV2: gathered,
  Gather: gathered,
  ResourceGather: gathered,
  GatherNd: (operation, emitter) => {
    const indices = emitter.emit('Cast', [emitter.plain(inputAt(operation, 1))], { to: int(DATA_TYPES.int64.code) })
    return emitter.flow(emitter.emit('GatherND', [emitter.plain(inputAt(operation, 0)), indices]))
  },
  OneHot: oneHot,
  ReverseV2: reversed,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
}

function joined(operation: Operation, flows: readonly Flow[], axisInput: number, emitter: GraphEmitter): Flow {
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

function packed(operation: Operation, emitter: GraphEmitter): Flow {
  const given = operation.attributes.int('axis', 0)
  const axis = emitter.numbers([given])
  const grown = operation.inputs.map((flow) => emitter.emit('Unsqueeze', [emitter.plain(flow), axis]))
  return emitter.flow(emitter.emit('Concat', grown, { axis: int(given) }))
}

function unpacked(operation: Operation, emitter: GraphEmitter): readonly Flow[] {
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
  emitter: GraphEmitter,
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

function splitUp(value: Value, axis: number, lengths: readonly number[], emitter: GraphEmitter): Value[] {
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

/** A size of -1 goes to the end. */
function sliced(operation: Operation, emitter: GraphEmitter): Flow {
  const starts = numbersAt(operation, 1, 'start')
  const sizes = numbersAt(operation, 2, 'size')
  const ends = sizes.map((size, axis) => (size === -1 ? Number.MAX_SAFE_INTEGER : (starts[axis] ?? 0) + size))
  const value = emitter.plain(inputAt(operation, 0))
  return emitter.flow(emitter.emit('Slice', [value, emitter.numbers(starts), emitter.numbers(ends)]))
}

const bit = (mask: number, place: number): boolean => Math.floor(mask / 2 ** place) % 2 === 1

/** Python's subscript: ranges, single elements, new axes and an ellipsis. */
function strided(operation: Operation, emitter: GraphEmitter): Flow {
  const { attributes } = operation
  const [begin, end, step] = [1, 2, 3].map((index) => inputAt(operation, index).dimensions)
  if (begin === undefined || end === undefined || step === undefined)
    throw cannotConvert(operation, 'its bounds are not known before the run')
  const mask = (name: string) => attributes.int(`${name}_mask`, 0)
  const single: number[] = []
  const fresh: number[] = []
  const [starts, ends, axes, steps] = [[], [], [], []] as [number[], number[], number[], number[]]
  let [axis, place] = [0, 0]
  for (const [index] of begin.entries()) {
    if (bit(mask('ellipsis'), index)) {
      const taken = begin.filter((_, later) => later > index && !bit(mask('new_axis'), later)).length
      const skipped = rankAt(operation, 0) - taken - axis
      axis += skipped
      place += skipped
      continue
    }
    if (bit(mask('new_axis'), index)) {
      fresh.push(place)
      place += 1
      continue
    }
    const isSingle = bit(mask('shrink_axis'), index)
    const bounds = boundsOf(
      operation,
      [begin[index], end[index], step[index]],
      isSingle,
      bit(mask('begin'), index),
      bit(mask('end'), index),
    )
    if (bounds !== undefined) {
      starts.push(bounds.start)
      ends.push(bounds.end)
      steps.push(bounds.step)
      axes.push(axis)
    }
    if (isSingle) single.push(axis)
    else place += 1
    axis += 1
  }
  let value = emitter.plain(inputAt(operation, 0))
  if (axes.length > 0)
    value = emitter.emit('Slice', [
      value,
      emitter.numbers(starts),
      emitter.numbers(ends),
      emitter.numbers(axes),
      emitter.numbers(steps),
    ])
  if (single.length > 0) value = emitter.emit('Squeeze', [value, emitter.numbers(single)])
  if (fresh.length > 0) value = emitter.emit('Unsqueeze', [value, emitter.numbers(fresh)])
  return emitter.flow(value)
}

interface Bounds {
  readonly start: number
  readonly end: number
  readonly step: number
}

/** @returns `undefined` for a whole axis */
function boundsOf(
  operation: Operation,
  [begin, end, stride]: readonly (Dimension | undefined)[],
  isSingle: boolean,
  isFromStart: boolean,
  isToEnd: boolean,
): Bounds | undefined {
  const number = (size: Dimension | undefined): number => {
    if (typeof size === 'number') return size
    throw cannotConvert(operation, 'its bounds are not known before the run')
  }
  const step = isSingle ? 1 : number(stride)
  const start = isFromStart && !isSingle ? (step < 0 ? Number.MAX_SAFE_INTEGER : 0) : number(begin)
  if (isSingle) return { start, end: start === -1 ? Number.MAX_SAFE_INTEGER : start + 1, step: 1 }
  if (isToEnd && start === 0 && step === 1) return undefined
  return { start, end: isToEnd ? (step < 0 ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER) : number(end), step }
}

function padded(mode: 'constant' | 'reflect' | 'symmetric'): Conversion {
  return (operation, emitter) => {
    const flow = inputAt(operation, 0)
    if (mode === 'symmetric') throw cannotConvert(operation, 'ONNX has no symmetric padding')
    const pairs = numbersAt(operation, 1, 'padding')
    const value = operation.inputs[2]
    const before = pairs.filter((_, index) => index % 2 === 0)
    const after = pairs.filter((_, index) => index % 2 === 1)
    const fill = value === undefined ? undefined : emitter.plain(value)
    const isFirst = flow.isChannelsFirst
    const order = (list: readonly number[]) => (isFirst ? withChannelsFirst(list) : list)
    const pads = emitter.numbers([...order(before), ...order(after)])
    const source = isFirst ? emitter.channelsFirst(flow) : emitter.plain(flow)
    const result = emitter.emit('Pad', [source, pads, fill], { mode: text(mode) })
    return new Flow(isFirst ? { channelsFirst: result } : { plain: result })
  }
}

function gathered(operation: Operation, emitter: GraphEmitter): Flow {
  if (operation.attributes.int('batch_dims', 0) !== 0) throw cannotConvert(operation, 'it gathers within batches')
  const [axis = 0] = operation.inputs.length > 2 ? numbersAt(operation, 2, 'axis') : [0]
  const [table, indices] = [inputAt(operation, 0), inputAt(operation, 1)]
  return emitter.flow(emitter.emit('Gather', [emitter.plain(table), emitter.plain(indices)], { axis: int(axis) }))
}

function oneHot(operation: Operation, emitter: GraphEmitter): Flow {
  const [indices, depth, on, off] = [0, 1, 2, 3].map((index) => emitter.plain(inputAt(operation, index)))
  const values = emitter.emit(
    'Concat',
    [off, on].map((value) => emitter.emit('Reshape', [value, emitter.numbers([1])])),
    { axis: int(0) },
  )
  return emitter.flow(
    emitter.emit('OneHot', [indices, depth, values], { axis: int(operation.attributes.int('axis', -1)) }),
  )
}

function reversed(operation: Operation, emitter: GraphEmitter): Flow {
  const axes = numbersAt(operation, 1, 'list of axes')
  if (axes.length === 0) return inputAt(operation, 0)
  const all = (value: number) => emitter.numbers(axes.map(() => value))
  const inputs = [
    emitter.plain(inputAt(operation, 0)),
    all(-1),
    all(-Number.MAX_SAFE_INTEGER),
    emitter.numbers(axes),
    all(-1),
  ]
  return emitter.flow(emitter.emit('Slice', inputs))
}

/** Padding, then each block's pixels become batches: reshape and transpose. */
function spaceToBatch(operation: Operation, emitter: GraphEmitter): Flow {
  const rank = rankAt(operation, 0)
  const block = numbersAt(operation, 1, 'block')
  const pads = numbersAt(operation, 2, 'padding')
  const count = block.length
  const rest = rank - 1 - count
  const zeros = range(rest).map(() => 0)
  const before = [0, ...range(count).map((axis) => pads[2 * axis] ?? 0), ...zeros]
  const after = [0, ...range(count).map((axis) => pads[2 * axis + 1] ?? 0), ...zeros]
  const value = emitter.emit('Pad', [emitter.plain(inputAt(operation, 0)), emitter.numbers([...before, ...after])])
  const sizes = fixedSizes(operation, emitter.flow(value))
  const opened = block.flatMap((size, axis) => [(sizes[axis] ?? 0) / size, size])
  const apart = emitter.emit('Reshape', [value, emitter.numbers([-1, ...opened, ...sizes.slice(count)])])
  const order = [
    ...range(count).map((axis) => 2 * axis + 2),
    0,
    ...range(count).map((axis) => 2 * axis + 1),
    ...range(rest).map((axis) => 2 * count + 1 + axis),
  ]
  const turned = emitter.emit('Transpose', [apart], { perm: { kind: 'ints', value: order } })
  const shrunk = block.map((size, axis) => (sizes[axis] ?? 0) / size)
  return emitter.flow(emitter.emit('Reshape', [turned, emitter.numbers([-1, ...shrunk, ...sizes.slice(count)])]))
}

/** The way back: batches become pixels, and the margins are cut off. */
function batchToSpace(operation: Operation, emitter: GraphEmitter): Flow {
  const flow = inputAt(operation, 0)
  const rank = rankAt(operation, 0)
  const block = numbersAt(operation, 1, 'block')
  const crops = numbersAt(operation, 2, 'crops')
  const count = block.length
  const sizes = fixedSizes(operation, flow)
  const apart = emitter.emit('Reshape', [emitter.plain(flow), emitter.numbers([...block, -1, ...sizes])])
  const order = [
    count,
    ...range(count).flatMap((axis) => [count + 1 + axis, axis]),
    ...range(rank - 1 - count).map((axis) => 2 * count + 1 + axis),
  ]
  const turned = emitter.emit('Transpose', [apart], { perm: { kind: 'ints', value: order } })
  const grown = sizes.map((size, axis) => size * (block[axis] ?? 1))
  const whole = emitter.emit('Reshape', [turned, emitter.numbers([-1, ...grown])])
  const starts = range(count).map((axis) => crops[2 * axis] ?? 0)
  const ends = range(count).map((axis) => (grown[axis] ?? 0) - (crops[2 * axis + 1] ?? 0))
  return emitter.flow(
    emitter.emit('Slice', [
      whole,
      emitter.numbers(starts),
      emitter.numbers(ends),
      emitter.numbers(range(count).map((axis) => axis + 1)),
    ]),
  )
}

/** Sizes behind the batch. */
function fixedSizes(operation: Operation, flow: Flow): readonly number[] {
  const sizes = flow.shape?.slice(1).filter((size) => typeof size === 'number')
  if (sizes !== undefined && sizes.length === (flow.rank ?? 0) - 1) return sizes
  throw cannotConvert(operation, 'the sizes of its input are not known before the run')
}
