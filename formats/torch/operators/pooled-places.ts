/** Where in its map the largest element of each window lies, for windows of several widths. */
import { int, ints } from '../../../src/graph/attributes.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { TorchEmitter } from '../torch-emitter.js'

/** The windows along one axis: as many columns of places as the widest has; narrower ones repeat their last place. */
interface AxisWindows {
  readonly size: number
  readonly count: number
  readonly width: number
  readonly places: readonly number[]
}

/**
 * @param x - [N, C, ...]
 * @param sizes - its spatial sizes
 * @param wanted - how many windows lie along each of them
 * @returns places counted within each map, int64 [N, C, ...wanted]; of elements alike the first one's
 */
export function placesOfLargest(
  x: Value,
  sizes: readonly number[],
  wanted: readonly number[],
  emitter: TorchEmitter,
): Value {
  const axes = sizes.map((size, axis) => windowsAlong(size, wanted[axis] ?? 1))
  const apart = axes.reduce((value, { count, width, places }, axis) => {
    const table = emitter.known({ dtype: 'int64', shape: [count, width], elements: places })
    return emitter.emit('Gather', [value, table], { axis: int(2 + 2 * axis) })
  }, x)
  const order = [
    0,
    1,
    ...range(axes.length).map((axis) => 2 + 2 * axis),
    ...range(axes.length).map((axis) => 3 + 2 * axis),
  ]
  const together = emitter.emit('Transpose', [apart], { perm: ints(order) })
  const shape = emitter.numbers([0, 0, ...axes.map(({ count }) => count), -1])
  const windows = emitter.emit('Reshape', [together, shape])
  return placeInMap(emitter.emit('ArgMax', [windows], { axis: int(-1), keepdims: int(0) }), axes, emitter)
}

/** Windows of an adaptive pooling. */
function windowsAlong(size: number, count: number): AxisWindows {
  const starts = range(count).map((at) => Math.floor((at * size) / count))
  const ends = range(count).map((at) => Math.ceil(((at + 1) * size) / count))
  const width = Math.max(1, ...starts.map((start, at) => (ends[at] ?? 0) - start))
  const places = starts.flatMap((start, at) => range(width).map((step) => Math.min(start + step, (ends[at] ?? 1) - 1)))
  return { size, count, width, places }
}

/** Takes a place within a window apart, last axis first, and puts the map's place together. */
function placeInMap(inWindow: Value, axes: readonly AxisWindows[], emitter: TorchEmitter): Value {
  let [rest, stride, total] = [inWindow, 1, emitter.numbers(0)]
  for (const [back, { size, count, width, places }] of axes.toReversed().entries()) {
    const step = emitter.emit('Mod', [rest, emitter.numbers(width)])
    rest = emitter.emit('Div', [rest, emitter.numbers(width)])
    const rows = { dtype: 'int64', shape: [count, ...range(back).map(() => 1)] } as const
    const first = emitter.known({ ...rows, elements: range(count).map((at) => at * width) })
    const place = emitter.emit('Gather', [emitter.numbers(places), emitter.emit('Add', [first, step])])
    total = emitter.emit('Add', [total, emitter.emit('Mul', [place, emitter.numbers(stride)])])
    stride *= size
  }
  return total
}
