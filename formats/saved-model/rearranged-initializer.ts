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
  const strides = order.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const sizes = order.map((axis) => shape[axis] ?? 1)
  const offsets = offsetsOf(sizes, strides)
  if (width === 4 && bytes.byteOffset % 4 === 0)
    return gathered(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), offsets)
  const result = new Uint8Array(bytes.length)
  let at = 0
  for (const offset of offsets) {
    for (let byte = 0; byte < width; byte += 1) result[at + byte] = bytes[offset * width + byte] ?? 0
    at += width
  }
  return result
}

function gathered(source: Uint32Array, offsets: Iterable<number>): Uint8Array {
  const result = new Uint32Array(source.length)
  let at = 0
  for (const offset of offsets) {
    result[at] = source[offset] ?? 0
    at += 1
  }
  return new Uint8Array(result.buffer)
}

/** Places of all elements in the order of the result, by counting up like a car's odometer. */
function* offsetsOf(sizes: readonly number[], strides: readonly number[]): Generator<number> {
  const counters = sizes.map(() => 0)
  const count = sizes.reduce((product, size) => product * size, 1)
  let offset = 0
  for (let index = 0; index < count; index += 1) {
    yield offset
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      const stride = strides[axis] ?? 0
      const next = (counters[axis] ?? 0) + 1
      if (next < (sizes[axis] ?? 1)) {
        counters[axis] = next
        offset += stride
        break
      }
      counters[axis] = 0
      offset -= stride * (next - 1)
    }
  }
}
