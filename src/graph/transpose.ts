/** Tensors with their axes in another order; elements are moved only when they are read. */
import { bytesOf, type DataType } from './data-type.js'
import type { Initializer, TensorData } from './graph.js'
import { piecesOf } from './pieces.js'
import { Scratch } from './scratch.js'

/** @returns the same elements under another shape of as many elements */
export function reshapedInitializer(initializer: Initializer, shape: readonly number[]): Initializer {
  return { ...initializer, shape }
}

/** @returns the elements with the axes in another order: axis `i` of the result is axis `order[i]` */
export function transposedInitializer(initializer: Initializer, order: readonly number[]): Initializer {
  const { shape, data, dtype } = initializer
  return {
    ...initializer,
    shape: order.map((axis) => shape[axis] ?? 1),
    data: transposedData(data, dtype, shape, order),
  }
}

/**
 * @param data - of whole bytes an element
 * @param shape - of `data`
 * @param order - for each axis of the result the axis of `shape`
 */
export function transposedData(
  data: TensorData,
  dtype: DataType,
  shape: readonly number[],
  order: readonly number[],
): TensorData {
  if (isInOrder(shape, order)) return data
  const width = bytesOf(dtype, 1)
  function* pieces(scratch: Scratch): Generator<Uint8Array> {
    const target = scratch.take(data.byteLength)
    for (const whole of piecesOf(data, scratch, Number.POSITIVE_INFINITY)) {
      transpose(whole, width, shape, order, target)
    }
    yield target
    scratch.give(target)
  }
  const read = (): Uint8Array => {
    const [whole] = pieces(new Scratch())
    return whole ?? new Uint8Array(0)
  }
  return { ...data, read, pieces }
}

/** Axes of size 1 may move without moving an element. */
function isInOrder(shape: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => (shape[axis] ?? 1) > 1)
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1))
}

/** Elements of one line of a processor's cache. */
const LINE = 16

/** Elements wider than a word are words along one more axis. */
function transpose(
  bytes: Uint8Array,
  width: number,
  shape: readonly number[],
  order: readonly number[],
  target: Uint8Array,
): void {
  if (width <= 4) return void move(elementsOf(bytes, width), shape, order, elementsOf(target, width))
  const wider = [...shape, width / 4]
  move(elementsOf(bytes, 4), wider, [...order, shape.length], elementsOf(target, 4))
}

type Elements = Uint8Array | Uint16Array | Int32Array

function elementsOf(bytes: Uint8Array, width: number): Elements {
  if (width === 1) return bytes
  const { buffer, byteOffset, byteLength } = byteOffset4(bytes)
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2)
  return new Int32Array(buffer, byteOffset, byteLength / 4)
}

const byteOffset4 = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 4 === 0 ? bytes : bytes.slice())

/** An axis of the result: how many steps, and how far each goes in the source. */
interface Axis {
  readonly size: number
  readonly stride: number
}

function move(source: Elements, shape: readonly number[], order: readonly number[], target: Elements): void {
  const axes = mergedAxes(shape, order)
  // Lines of the source are read whole: their columns are written as so many rows, side by side.
  const columns = axes[0]?.stride === 1 ? axes[0].size : 1
  const rest = columns === 1 ? axes : axes.slice(1)
  const rows = rest.reduce((product, axis) => product * axis.size, 1)
  for (let first = 0; first < columns; first += LINE) {
    const end = Math.min(columns, first + LINE)
    eachRun(rest, (to, from, { size, stride }) => {
      for (let step = 0; step < size; step += 1) {
        const place = from + step * stride
        for (let column = first; column < end; column += 1) {
          target[column * rows + to + step] = source[place + column] ?? 0
        }
      }
    })
  }
}

/** Axes that follow each other in the source as in the result are one. */
function mergedAxes(shape: readonly number[], order: readonly number[]): readonly Axis[] {
  const merged: Axis[] = []
  for (const axis of order) {
    const size = shape[axis] ?? 1
    const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1)
    const before = merged.at(-1)
    if (size === 1) continue
    if (before?.stride === size * stride) merged[merged.length - 1] = { size: before.size * size, stride }
    else merged.push({ size, stride })
  }
  return merged
}

/** Counts up like a car's odometer; the last axis goes in one run, from `from` in the source to `to`. */
function eachRun(axes: readonly Axis[], take: (to: number, from: number, axis: Axis) => void): void {
  const inner = axes.at(-1) ?? { size: 1, stride: 0 }
  const outer = axes.slice(0, -1)
  const counters = outer.map(() => 0)
  const runs = outer.reduce((product, axis) => product * axis.size, 1)
  let from = 0
  for (let run = 0; run < runs; run += 1) {
    take(run * inner.size, from, inner)
    from += nextRun(outer, counters)
  }
}

/** @returns how far the start of the next run lies from that of this one */
function nextRun(axes: readonly Axis[], counters: number[]): number {
  let moved = 0
  for (let place = axes.length - 1; place >= 0; place -= 1) {
    const { size, stride } = axes[place] ?? { size: 1, stride: 0 }
    const next = (counters[place] ?? 0) + 1
    if (next < size) {
      counters[place] = next
      return moved + stride
    }
    counters[place] = 0
    moved -= stride * (next - 1)
  }
  return moved
}
