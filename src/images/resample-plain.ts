/** The two passes of the resize in plain JavaScript: what the kernel must equal, and what runs where it cannot. */
import type { Pixels } from './pixels.js'
import { PRECISION_BITS, type Weights } from './resample-weights.js'

const HALF = 1 << (PRECISION_BITS - 1)

/** @returns the image as wide as there are weights */
export function resampleRows(image: Pixels, columns: Weights): Pixels {
  const { channels, height } = image
  const width = columns.starts.length
  const data = new Uint8ClampedArray(height * width * channels)
  for (let row = 0; row < height; row++) {
    const from = row * image.width * channels
    const to = row * width * channels
    if (channels === 3) resizeColourRow(image.data, from, data, to, columns)
    else for (let channel = 0; channel < channels; channel++) resizeRow(image, from, data, to, columns, channel)
  }
  return { width, height, channels, data: new Uint8Array(data.buffer) }
}

function resizeColourRow(
  source: Uint8Array,
  from: number,
  target: Uint8ClampedArray,
  to: number,
  columns: Weights,
): void {
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
  target: Uint8ClampedArray,
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

/** @returns the image as high as there are weights */
export function resampleColumns(image: Pixels, rows: Weights): Pixels {
  const height = rows.starts.length
  const length = image.width * image.channels
  const data = new Uint8ClampedArray(height * length)
  const sums = new Int32Array(length)
  for (let row = 0; row < height; row++) {
    const count = rows.counts[row] as number
    const from = (rows.starts[row] as number) * length
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
  return { ...image, height, data: new Uint8Array(data.buffer) }
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
