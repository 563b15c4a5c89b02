/**
 * Pillow's bilinear resize, bit for bit, of just the part of the result that is wanted.
 *
 * A triangle filter as wide as the scale (so that shrinking does not alias), weights in fixed point of 22 bits, first
 * along the rows and then along the columns, rounded to 8 bits in between.
 *
 * @see https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Resample.c
 */
import type { ResizePlan, Size } from './resize-plan.js'

/** 8-bit pixels, row-major, channels side by side: `[height, width, channels]`. */
export interface Pixels extends Size {
  readonly channels: number
  readonly data: Uint8Array
}

const PRECISION_BITS = 22
const HALF = 1 << (PRECISION_BITS - 1)

/**
 * @param image - the whole image
 * @param plan - its size after the resize, and the corner of the part to give
 * @param part - size of the part to give, pixels
 * @returns the part `[part.height, part.width, channels]`; the image's own memory when nothing had to be done
 */
export function resample(image: Pixels, plan: ResizePlan, part: Size): Pixels {
  const columns = weightsOf(image.width, plan.resized.width, plan.crop.left, part.width)
  const rows = weightsOf(image.height, plan.resized.height, plan.crop.top, part.height)
  const [firstRow, lastRow] = span(rows)
  const narrow = columns.isIdentity
    ? cut(image, firstRow, lastRow)
    : resizeRows(image, columns, firstRow, lastRow, part.width)
  if (rows.isIdentity) return narrow
  return resizeColumns(narrow, rows, firstRow, part.height)
}

/** For each wanted position: the first source position, and how many weights follow in `weights`. */
interface Weights {
  readonly isIdentity: boolean
  readonly starts: Int32Array
  readonly counts: Int32Array
  /** Weights of one position after another, `stride` apart, in units of 2^-22. */
  readonly weights: Int32Array
  readonly stride: number
}

function weightsOf(source: number, resized: number, first: number, count: number): Weights {
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
  return { isIdentity: source === resized && count === source, starts, counts, weights, stride }
}

/** @returns the number of weights without the zeros at the end */
function fillWeights(weights: Int32Array, at: number, count: number, offset: number, support: number): number {
  const triangle = (index: number) => Math.max(0, 1 - Math.abs((index + offset) * (1 / support)))
  let sum = 0
  for (let index = 0; index < count; index++) sum += triangle(index)
  let used = 0
  for (let index = 0; index < count; index++) {
    const weight = Math.trunc(0.5 + (triangle(index) / sum) * 2 ** PRECISION_BITS)
    weights[at + index] = weight
    if (weight !== 0) used = index + 1
  }
  return used
}

/** @returns the first source position that any weight touches, and the one after the last */
function span({ starts, counts }: Weights): [number, number] {
  const last = starts.length - 1
  return [starts[0] ?? 0, (starts[last] ?? 0) + (counts[last] ?? 0)]
}

function cut(image: Pixels, firstRow: number, lastRow: number): Pixels {
  const stride = image.width * image.channels
  return { ...image, height: lastRow - firstRow, data: image.data.subarray(firstRow * stride, lastRow * stride) }
}

function resizeRows(image: Pixels, columns: Weights, firstRow: number, lastRow: number, width: number): Pixels {
  const { channels } = image
  const height = lastRow - firstRow
  const data = new Uint8Array(height * width * channels)
  for (let row = 0; row < height; row++) {
    const from = (firstRow + row) * image.width * channels
    const to = row * width * channels
    if (channels === 3) resizeColourRow(image.data, from, data, to, columns)
    else for (let channel = 0; channel < channels; channel++) resizeRow(image, from, data, to, columns, channel)
  }
  return { width, height, channels, data }
}

function resizeColourRow(source: Uint8Array, from: number, target: Uint8Array, to: number, columns: Weights): void {
  const { starts, counts, weights, stride } = columns
  let out = to
  for (let column = 0; column < starts.length; column++) {
    let [red, green, blue] = [HALF, HALF, HALF]
    let pixel = from + (starts[column] as number) * 3
    const first = column * stride
    const end = first + (counts[column] as number)
    for (let index = first; index < end; index++) {
      const weight = weights[index] as number
      red += Math.imul(source[pixel] as number, weight)
      green += Math.imul(source[pixel + 1] as number, weight)
      blue += Math.imul(source[pixel + 2] as number, weight)
      pixel += 3
    }
    target[out] = red >> PRECISION_BITS
    target[out + 1] = green >> PRECISION_BITS
    target[out + 2] = blue >> PRECISION_BITS
    out += 3
  }
}

function resizeRow(
  { data, channels }: Pixels,
  from: number,
  target: Uint8Array,
  to: number,
  columns: Weights,
  channel: number,
): void {
  const { starts, counts, weights, stride } = columns
  for (let column = 0; column < starts.length; column++) {
    let sum = HALF
    const pixel = from + (starts[column] as number) * channels + channel
    const count = counts[column] as number
    for (let index = 0; index < count; index++) {
      sum += Math.imul(data[pixel + index * channels] as number, weights[column * stride + index] as number)
    }
    target[to + column * channels + channel] = sum >> PRECISION_BITS
  }
}

function resizeColumns(image: Pixels, rows: Weights, firstRow: number, height: number): Pixels {
  const length = image.width * image.channels
  const data = new Uint8Array(height * length)
  const sums = new Int32Array(length)
  for (let row = 0; row < height; row++) {
    const count = rows.counts[row] as number
    const from = ((rows.starts[row] as number) - firstRow) * length
    const first = row * rows.stride
    sums.fill(HALF)
    // Three rows at a time: the common case of mild shrinking then reads and writes each sum once.
    for (let index = 0; index < count; index += 3) {
      const weights = rows.weights.subarray(first + index, first + Math.min(count, index + 3))
      addRows(sums, image.data, from + index * length, weights)
    }
    const target = data.subarray(row * length, (row + 1) * length)
    for (let index = 0; index < length; index++) target[index] = (sums[index] as number) >> PRECISION_BITS
  }
  return { ...image, height, data }
}

function addRows(sums: Int32Array, source: Uint8Array, from: number, weights: Int32Array): void {
  const [first = 0, second = 0, third = 0] = weights
  const length = sums.length
  // Beyond the last row a weight is zero, and the row read in its place does not matter.
  const next = weights.length > 1 ? from + length : from
  const last = weights.length > 2 ? next + length : from
  for (let index = 0; index < length; index++) {
    sums[index] =
      (sums[index] as number) +
      Math.imul(source[from + index] as number, first) +
      Math.imul(source[next + index] as number, second) +
      Math.imul(source[last + index] as number, third)
  }
}
