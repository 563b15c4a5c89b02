/** float32 tensors multiplied channel by channel while they are read. */
import { UsageError } from '../core/errors.js'
import type { TensorData } from './graph.js'
import { joined, piecesOf } from './pieces.js'
import { Scratch } from './scratch.js'

/**
 * @param data - float32 elements `[C, ...]`
 * @param factors - gives one factor for each of the C channels, when it is needed
 * @returns the products, rounded once
 */
export function scaledData(data: TensorData, factors: () => Float64Array): TensorData {
  function* pieces(scratch: Scratch, atMost: number): Generator<Uint8Array> {
    const size = data.byteLength / 4 / factors().length
    let start = 0
    for (const piece of piecesOf(data, scratch, atMost)) {
      const room = scratch.take(piece.length)
      scale(floatsOf(piece), floatsOf(room), start, size, factors())
      start += piece.length / 4
      yield room
      scratch.give(room)
    }
  }
  const { byteLength } = data
  return { byteLength, read: () => joined(byteLength, pieces(new Scratch(), byteLength)), pieces, readStrings }
}

/** Vectors of one element for each channel. */
export interface Shift {
  readonly factors: () => Float64Array
  readonly bias: TensorData | undefined
  readonly mean: TensorData
  readonly shift: TensorData
}

/** @returns `(bias - mean) * factor + shift`, float32 `[C]` */
export function shiftedData({ factors, bias, mean, shift }: Shift): TensorData {
  const read = (): Uint8Array => {
    const [before, middle, after] = [bias?.read(), mean.read(), shift.read()].map((bytes) => bytes && floatsOf(bytes))
    const result = Float32Array.from(
      factors(),
      (factor, at) => ((before?.[at] ?? 0) - (middle?.[at] ?? 0)) * factor + (after?.[at] ?? 0),
    )
    return new Uint8Array(result.buffer)
  }
  return { byteLength: shift.byteLength, read, readStrings }
}

/** @returns the same bytes as numbers; copied only where they are not aligned */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(buffer, byteOffset, byteLength / 4)
}

/** @param start - place of the first element in the whole tensor; @param size - elements of one channel */
function scale(source: Float32Array, target: Float32Array, start: number, size: number, factors: Float64Array): void {
  for (let at = 0; at < source.length; ) {
    const channel = Math.floor((start + at) / size)
    const end = Math.min(source.length, (channel + 1) * size - start)
    const factor = factors[channel] ?? 0
    for (; at < end; at += 1) target[at] = (source[at] ?? 0) * factor
  }
}

function readStrings(): never {
  throw new UsageError('E_INITIALIZER_TYPE', 'a tensor of numbers has no strings')
}
