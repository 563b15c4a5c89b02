/**
 * Weights of Pillow's bilinear resize: a triangle as wide as the scale, so that shrinking does not alias, in fixed point.
 *
 * @see https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Resample.c
 */

/** Bits behind the point of a weight. */
export const PRECISION_BITS = 22

/** The source positions that count, and for each wanted position where among them its weights begin. */
export interface Weights {
  /** True when the result is the source positions that count. */
  readonly isIdentity: boolean
  /** First source position that counts. */
  readonly from: number
  /** Source positions that count. */
  readonly length: number
  /** Relative to `from`. */
  readonly starts: Int32Array
  /** At least 1 each. */
  readonly counts: Int32Array
  /** Weights of one position after another, `stride` apart, in units of 2^-22. */
  readonly weights: Int32Array
  readonly stride: number
}

/**
 * @param source - length before the resize
 * @param resized - length after it
 * @param first - first position wanted of the result
 * @param count - positions wanted
 */
export function weightsOf(source: number, resized: number, first: number, count: number): Weights {
  const scale = source / resized
  const support = Math.max(scale, 1)
  const stride = Math.ceil(support) * 2 + 1
  const starts = new Int32Array(count)
  const counts = new Int32Array(count)
  const weights = new Int32Array(count * stride)
  for (let index = 0; index < count; index++) {
    const center = (first + index + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const end = Math.min(source, Math.trunc(center + support + 0.5))
    starts[index] = start
    counts[index] = fillWeights(weights, index * stride, end - start, start - center + 0.5, support)
  }
  const from = starts[0] ?? 0
  const length = (starts[count - 1] ?? 0) + (counts[count - 1] ?? 0) - from
  return {
    isIdentity: source === resized,
    from,
    length,
    starts: starts.map((start) => start - from),
    counts,
    weights,
    stride,
  }
}

/** @returns the number of weights without the zeros at the end */
function fillWeights(weights: Int32Array, at: number, count: number, offset: number, support: number): number {
  const slope = 1 / support
  let sum = 0
  for (let index = 0; index < count; index++) sum += Math.max(0, 1 - Math.abs((index + offset) * slope))
  let used = 1
  for (let index = 0; index < count; index++) {
    const share = Math.max(0, 1 - Math.abs((index + offset) * slope)) / sum
    const weight = Math.trunc(0.5 + share * 2 ** PRECISION_BITS)
    weights[at + index] = weight
    if (weight !== 0) used = index + 1
  }
  return used
}
