/** Where the channels of a tensor lie. ONNX says `[N, C, ...]`, the convolutions of TensorFlow.js want `[N, ..., C]`. */

/** `plain`: axes as ONNX orders them; `channels-last`: axis 1 has moved to the end. */
export type Layout = 'plain' | 'channels-last'

/** @returns the permutation that takes a tensor of this rank from one layout to the other */
export function permutation(rank: number, to: Layout): readonly number[] {
  const spatial = Array.from({ length: rank - 2 }, (_, index) => index)
  if (to === 'channels-last') return [0, ...spatial.map((index) => index + 2), 1]
  return [0, rank - 1, ...spatial.map((index) => index + 1)]
}

/** @returns the sizes of an ONNX shape as they lie in that layout */
export function shapeIn(layout: Layout, shape: readonly number[]): number[] {
  if (layout === 'plain') return [...shape]
  return permutation(shape.length, layout).map((axis) => shape[axis] ?? 1)
}

/** @returns where axis `axis` of ONNX lies in that layout */
export function axisIn(layout: Layout, axis: number, rank: number): number {
  if (layout === 'plain' || axis === 0) return axis
  return axis === 1 ? rank - 1 : axis - 1
}

/** @returns whether moving the channels moves no element: there is one channel, or one place */
export function isSameOrder(shape: readonly number[]): boolean {
  const [, channels = 1, ...places] = shape
  return channels === 1 || places.every((size) => size === 1)
}

/** @returns whether `order` is the permutation from plain to channels-last, or back */
export const isPermutation = (order: readonly number[], to: Layout): boolean =>
  order.length >= 3 && permutation(order.length, to).every((axis, index) => axis === order[index])

/** @returns number of elements */
export const countOf = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1)
