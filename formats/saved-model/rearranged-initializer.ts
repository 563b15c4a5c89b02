/** Constants with other sizes or another order of axes; elements are moved only when they are read. */
import { bytesOf } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'

/** @returns the same elements under another shape of as many elements */
export function reshapedInitializer(initializer: Initializer, shape: readonly number[]): Initializer {
  return { ...initializer, shape }
}

/** @returns the elements with the axes in another order: axis `i` of the result is axis `order[i]` */
export function transposedInitializer(initializer: Initializer, order: readonly number[]): Initializer {
  const { shape, data, dtype } = initializer
  const sizes = order.map((axis) => shape[axis] ?? 1)
  if (isSameOrder(shape, order)) return reshapedInitializer(initializer, sizes)
  const read = () => transposed(data.read(), shape, order, bytesOf(dtype, 1))
  return { ...initializer, shape: sizes, data: { ...data, read } }
}

/** Axes of size 1 move without any element moving. */
function isSameOrder(shape: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => shape[axis] !== 1)
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1))
}

function transposed(bytes: Uint8Array, shape: readonly number[], order: readonly number[], width: number): Uint8Array {
  const axes = mergedAxes(shape, order)
  if (width === 4 && bytes.byteOffset % 4 === 0) {
    const source = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    const result = new Uint32Array(source.length)
    gather(axes, (to, start, { size, stride }) => {
      for (let step = 0; step < size; step += 1) result[to + step] = source[start + step * stride] ?? 0
    })
    return new Uint8Array(result.buffer)
  }
  const result = new Uint8Array(bytes.length)
  gather(axes, (to, start, { size, stride }) => {
    for (let step = 0; step < size; step += 1) {
      const from = (start + step * stride) * width
      for (let byte = 0; byte < width; byte += 1) result[(to + step) * width + byte] = bytes[from + byte] ?? 0
    }
  })
  return result
}

/** An axis of the result: how many steps, and how far each goes in the source. */
interface Axis {
  readonly size: number
  readonly stride: number
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

/** Counts up like a car's odometer; the last axis is copied in one go, from `start` in the source to `to`. */
function gather(axes: readonly Axis[], copyRow: (to: number, start: number, axis: Axis) => void): void {
  const inner = axes.at(-1) ?? { size: 1, stride: 0 }
  const outer = axes.slice(0, -1)
  const counters = outer.map(() => 0)
  const rows = outer.reduce((product, axis) => product * axis.size, 1)
  let [to, start] = [0, 0]
  for (let row = 0; row < rows; row += 1) {
    copyRow(to, start, inner)
    to += inner.size
    start += nextRow(outer, counters)
  }
}

/** @returns how far the start of the next row lies from that of this one */
function nextRow(axes: readonly Axis[], counters: number[]): number {
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
