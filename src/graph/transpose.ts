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
  const move = new Move(bytesOf(dtype, 1), shape, order)
  function* pieces(scratch: Scratch, atMost: number): Generator<Uint8Array> {
    for (const whole of piecesOf(data, scratch, Number.POSITIVE_INFINITY)) yield* move.pieces(whole, scratch, atMost)
  }
  const read = (): Uint8Array => {
    const [whole] = pieces(new Scratch(), Number.POSITIVE_INFINITY)
    return whole ?? new Uint8Array(0)
  }
  return { ...data, read, pieces }
}

/** Axes of size 1 may move without moving an element. */
function isInOrder(shape: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => (shape[axis] ?? 1) > 1)
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1))
}

/** Columns and rows that are moved together: few enough to stay in a processor's nearest cache. */
const TILE = { columns: 32, rows: 64 }

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

/** One way of moving elements, prepared: rows of the source become columns of the result. */
class Move {
  readonly #width: number
  /** Length of the result's first axis where its elements lie side by side in the source, else 1. */
  readonly #columns: number
  /** The other axes of the result. */
  readonly #rest: readonly Axis[]
  /** Elements of the result for each column. */
  readonly #rows: number

  /** Elements wider than a word are words along one more axis. */
  constructor(width: number, shape: readonly number[], order: readonly number[]) {
    this.#width = Math.min(width, 4)
    const axes = width <= 4 ? mergedAxes(shape, order) : mergedAxes([...shape, width / 4], [...order, shape.length])
    this.#columns = axes[0]?.stride === 1 ? axes[0].size : 1
    this.#rest = this.#columns === 1 ? axes : axes.slice(1)
    this.#rows = this.#rest.reduce((product, axis) => product * axis.size, 1)
  }

  *pieces(bytes: Uint8Array, scratch: Scratch, atMost: number): Generator<Uint8Array> {
    if (bytes.length === 0) return
    const source = elementsOf(bytes, this.#width)
    const row = this.#rows * this.#width
    const step = Math.min(this.#columns, Math.max(1, Math.floor(atMost / row / TILE.columns)) * TILE.columns)
    const room = scratch.take(step * row)
    const places = this.#columns === 1 ? undefined : this.#places()
    for (let first = 0; first < this.#columns; first += step) {
      const piece = room.subarray(0, Math.min(step, this.#columns - first) * row)
      const target = elementsOf(piece, this.#width)
      if (places === undefined) this.#moveOne(source, target)
      else moveTiles(source, places, first, target)
      yield piece
    }
    scratch.give(room)
  }

  /** Where the rows start in the source. */
  #places(): Uint32Array {
    const places = new Uint32Array(this.#rows)
    eachRun(this.#rest, (to, from, { size, stride }) => {
      for (let step = 0; step < size; step += 1) places[to + step] = from + step * stride
    })
    return places
  }

  #moveOne(source: Elements, target: Elements): void {
    eachRun(this.#rest, (to, from, { size, stride }) => {
      for (let step = 0; step < size; step += 1) target[to + step] = source[from + step * stride] ?? 0
    })
  }
}

/** Fills the target with columns from `first` on, each as long as there are places. */
function moveTiles(source: Elements, places: Uint32Array, first: number, target: Elements): void {
  const columns = target.length / places.length
  for (let left = 0; left < columns; left += TILE.columns) {
    const right = Math.min(columns, left + TILE.columns)
    for (let top = 0; top < places.length; top += TILE.rows) {
      const bottom = Math.min(places.length, top + TILE.rows)
      moveTile(source, places, first, target, left, right, top, bottom)
    }
  }
}

/** Numbers alone: this is called once for 2048 elements. */
function moveTile(
  source: Elements,
  places: Uint32Array,
  first: number,
  target: Elements,
  left: number,
  right: number,
  top: number,
  bottom: number,
): void {
  for (let column = left; column < right; column += 1) {
    const start = column * places.length
    for (let row = top; row < bottom; row += 1) {
      target[start + row] = source[(places[row] ?? 0) + first + column] ?? 0
    }
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
