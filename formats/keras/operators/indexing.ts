/** Operators that pick elements: Python's indices, Take, Slice, OneHot. */
import { int } from '../../../src/graph/attributes.js'
import { ELLIPSIS, SliceArgument, TensorArgument } from '../call-arguments.js'
import type { KerasTensor } from '../keras-graph.js'
import type { Operation, OperatorConverter } from './operation.js'
import { typeName } from './selection.js'

interface Cut {
  readonly axis: number
  readonly start: number
  readonly stop: number
  readonly step: number
}

const END = Number.MAX_SAFE_INTEGER

/** `x[...]`: whole numbers, slices, `...` and new axes. */
const getItem: OperatorConverter = (operation) => {
  const input = operation.tensor(0, 'x', 'tensor')
  const key = operation.value(1, 'key', 'slice_spec', 'item')
  const list: readonly unknown[] = (Array.isArray(key) ? key : [key]).map(asSlice)
  if (list.some((entry) => entry instanceof TensorArgument)) throw operation.call.refuse('its index is a tensor')
  const named = list.filter((entry) => entry !== undefined && entry !== ELLIPSIS).length
  const rest = input.shape.length - named
  if (rest < 0 || list.filter((entry) => entry === ELLIPSIS).length > 1)
    throw operation.call.refuse('it has too many indices')
  const full = list.includes(ELLIPSIS) ? list : [...list, ELLIPSIS]
  const all = new SliceArgument(undefined, undefined, undefined)
  const entries = full.flatMap((entry) => (entry === ELLIPSIS ? Array.from({ length: rest }, () => all) : [entry]))
  return picked(operation, input, entries)
}

/** tf.keras writes a slice as `{ start, stop, step }`. */
function asSlice(entry: unknown): unknown {
  const isRecord = typeof entry === 'object' && entry !== null && 'start' in entry && 'stop' in entry
  if (!isRecord || entry instanceof SliceArgument) return entry
  return new SliceArgument(entry.start, entry.stop, 'step' in entry ? entry.step : undefined)
}

function picked(operation: Operation, input: KerasTensor, entries: readonly unknown[]): KerasTensor {
  const { graph } = operation
  const cuts: Cut[] = []
  const dropped: number[] = []
  const added: number[] = []
  const shape: (number | undefined)[] = []
  let axis = 0
  for (const entry of entries) {
    if (entry === undefined) {
      added.push(shape.length)
      shape.push(1)
      continue
    }
    const cut = cutOf(operation, entry, axis)
    const size = input.shape[axis]
    if (cut !== undefined) cuts.push(cut)
    if (typeof entry === 'number') dropped.push(axis)
    else shape.push(cut === undefined ? size : lengthOf(cut, size))
    axis += 1
  }
  const lists = (['start', 'stop', 'axis', 'step'] as const).map((field) =>
    graph.builder.constant(cuts.map((cut) => cut[field])),
  )
  const sliced = cuts.length === 0 ? input.name : operation.node('Slice', [input.name, ...lists])
  const thin = dropped.length === 0 ? sliced : graph.node('Squeeze', [sliced, graph.builder.constant(dropped)])
  const name = added.length === 0 ? thin : graph.node('Unsqueeze', [thin, graph.builder.constant(added)])
  return operation.made(name, shape, input.dtype)
}

function cutOf(operation: Operation, entry: unknown, axis: number): Cut | undefined {
  if (typeof entry === 'number' && Number.isInteger(entry)) {
    return { axis, start: entry, stop: entry === -1 ? END : entry + 1, step: 1 }
  }
  if (!(entry instanceof SliceArgument)) throw operation.call.refuse('its index is no slice and no whole number')
  const step = entry.step ?? 1
  const isBackward = typeof step === 'number' && step < 0
  const start = entry.start ?? (isBackward ? END : 0)
  const stop = entry.stop ?? (isBackward ? -END : END)
  const numbers = [start, stop, step]
  if (!numbers.every((value): value is number => Number.isInteger(value)) || step === 0) {
    throw operation.call.refuse('the bounds of its slice are no whole numbers')
  }
  if (start === 0 && stop === END && step === 1) return undefined
  return { axis, start: Number(start), stop: Number(stop), step: Number(step) }
}

function lengthOf({ start, stop, step }: Cut, size: number | undefined): number | undefined {
  if (size === undefined) return undefined
  const clamp = (value: number, low: number, high: number) =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value))
  const [from, to] =
    step > 0 ? [clamp(start, 0, size), clamp(stop, 0, size)] : [clamp(start, -1, size - 1), clamp(stop, -1, size - 1)]
  return Math.max(0, Math.ceil((to - from) / step))
}

const take: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x', 'params')
  const axes = operation.value(2, 'axis') === undefined ? [0] : operation.axes(input.shape.length, 2, 'axis')
  const given = operation.asTensor(operation.value(1, 'indices'), 'int64')
  const [axis, ...others] = axes
  const isFlat = operation.value(2, 'axis') === undefined && input.shape.length > 1
  if (given === undefined || axis === undefined || others.length > 0 || isFlat)
    throw operation.call.refuse('it does not take along one axis')
  const indices = graph.cast(graph.logical(given), 'int64')
  const name = operation.node('Gather', [input.name, indices.name], { axis: int(axis) })
  const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)]
  return operation.made(name, shape, input.dtype)
}

const takeAlongAxis: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = operation.tensor(0, 'x')
  const indices = graph.cast(operation.tensor(1, 'indices'), 'int64')
  const [axis, ...others] = operation.axes(input.shape.length, 2, 'axis')
  if (axis === undefined || others.length > 0) throw operation.call.refuse('it does not take along one axis')
  const name = operation.node('GatherElements', [input.name, indices.name], { axis: int(axis) })
  return operation.made(name, indices.shape, input.dtype)
}

/** `[start, size]` of each axis. */
const slice: OperatorConverter = (operation) => {
  const { builder } = operation.graph
  const input = operation.tensor(0, 'inputs', 'input_', 'input')
  const starts = operation.whole(1, 'start_indices', 'begin')
  const sizes = operation.whole(2, 'shape', 'size')
  const rank = input.shape.length
  if (starts?.length !== rank || sizes?.length !== rank)
    throw operation.call.refuse('it does not say where each axis starts and ends')
  const ends = sizes.map((size, axis) => (size === -1 ? END : (starts[axis] ?? 0) + size))
  const axes = starts.map((_, axis) => axis)
  const name = operation.node('Slice', [
    input.name,
    builder.constant(starts),
    builder.constant(ends),
    builder.constant(axes),
  ])
  const shape = sizes.map((size, axis) => (size === -1 ? (input.shape[axis] ?? 0) - (starts[axis] ?? 0) : size))
  const [batch, ...others] = shape
  return operation.made(name, [input.shape[0] === undefined ? undefined : batch, ...others], input.dtype)
}

const oneHot: OperatorConverter = (operation) => {
  const { graph } = operation
  const input = graph.cast(operation.tensor(0, 'x', 'indices'), 'int64')
  const classes = operation.number(1, 1, 'num_classes', 'depth')
  const [axis = -1] = operation.whole(2, 'axis') ?? [-1]
  const place = axis < 0 ? axis + input.shape.length + 1 : axis
  const dtype = typeName(operation.value(3, 'dtype')) ?? 'float32'
  // What is no class gives zeros: it is sent to a class of its own, which is cut off.
  const isClass = graph.node('And', [
    graph.node('GreaterOrEqual', [input.name, graph.builder.constant(0)]),
    graph.node('Less', [input.name, graph.builder.constant(classes)]),
  ])
  const safe = graph.node('Where', [isClass, input.name, graph.builder.constant(classes)])
  const spread = graph.node('OneHot', [safe, graph.builder.constant(classes + 1), graph.floats([0, 1])], {
    axis: int(place),
  })
  const bounds = [0, classes, place].map((value) => graph.builder.constant([value]))
  const name = operation.node('Slice', [spread, ...bounds])
  return graph.cast(operation.made(name, input.shape.toSpliced(place, 0, classes), 'float32'), dtype)
}

/** Operators by their names in lower case, without underscores. */
export const INDEXING: ReadonlyMap<string, OperatorConverter> = new Map<string, OperatorConverter>(
  Object.entries({
    getitem: getItem,
    take,
    gather: take,
    gatherv2: take,
    takealongaxis: takeAlongAxis,
    slice,
    onehot: oneHot,
  }),
)
