/** Elements that lie apart, or in another order, put into rows. */

/** Where elements lie, counted in elements; axis 0 is the outermost. */
export interface Steps {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** @returns whether the elements lie one after the other, row by row; the steps of axes of size 1 do not count */
export function isContiguous({ shape, strides }: Steps): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] ?? 1
    if (size !== 1 && strides[axis] !== expected) return false
    expected *= size
  }
  return true
}

/** @returns elements from the first to the last one that is read; 0 where there is none */
export function reach({ shape, strides }: Steps): number {
  if (shape.includes(0)) return 0
  return shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 1)
}

/**
 * @param stored - begins with the first element of the tensor
 * @param width - bytes of an element: 1, 2, 4, 8 or 16
 * @returns the elements row by row
 */
export function gathered(stored: Uint8Array, steps: Steps, width: number): Uint8Array {
  // Of 16 bytes: two of 8 that lie side by side.
  const { shape, strides } = width === 16 ? halves(steps) : steps
  const count = shape.reduce((product, size) => product * size, 1)
  const bytes = new Uint8Array(count * Math.min(width, 8))
  const [from, to] = [elementsOf(stored, width), elementsOf(bytes, width)]
  const [columns, step] = [shape.at(-1) ?? 1, strides.at(-1) ?? 1]
  const places = shape.slice(0, -1).map(() => 0)
  let start = 0
  for (let row = 0; row < count; row += columns) {
    for (let column = 0; column < columns; column += 1) to[row + column] = from[start + column * step] as never // both of the same kind
    start = next(places, start, shape, strides)
  }
  return bytes
}

/** Counts the places of a row up by one, the last axis but one first. @returns where the row begins */
function next(places: number[], start: number, shape: readonly number[], strides: readonly number[]): number {
  let at = start
  for (let axis = places.length - 1; axis >= 0; axis -= 1) {
    const [place, stride] = [(places[axis] ?? 0) + 1, strides[axis] ?? 0]
    if (place < (shape[axis] ?? 1)) {
      places[axis] = place
      return at + stride
    }
    places[axis] = 0
    at -= (place - 1) * stride
  }
  return at
}

const halves = ({ shape, strides }: Steps): Steps => ({
  shape: [...shape, 2],
  strides: [...strides.map((stride) => stride * 2), 1],
})

function elementsOf(bytes: Uint8Array, width: number): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  if (width === 1) return bytes
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  if (width === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2)
  if (width === 4) return new Uint32Array(buffer, byteOffset, byteLength / 4)
  return new BigUint64Array(buffer, byteOffset, byteLength / 8)
}
