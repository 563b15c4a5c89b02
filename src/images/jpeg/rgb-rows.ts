/** From planes of light and colour to rows of pixels: halved colours are doubled by a triangle filter, as libjpeg does. */
import type { ResampleWeights } from '../resample.js'
import type { RowSource } from '../row-source.js'
import type { VectorKernel } from '../vector/vector-kernel.js'
import type { JpegFrame } from './jpeg-frame.js'
import type { Plane } from './planes.js'

/** @returns the rows that count, of 1 (grey) or 3 channels */
export function rgbRows(
  kernel: VectorKernel,
  frame: JpegFrame,
  planes: readonly Plane[],
  { columns, rows }: ResampleWeights,
): RowSource {
  const [luma, blue, red] = planes as [Plane, Plane | undefined, Plane | undefined]
  const lumaAt = (index: number) =>
    luma.address + (rows.from + index - luma.top) * luma.stride + columns.from - luma.left
  if (blue === undefined || red === undefined) return { channels: 1, row: lumaAt }
  const [{ across = 1, down = 1 } = {}] = frame.components
  const place = { from: columns.from, length: columns.length, down }
  const colours = [blue, red].map((plane) =>
    across === 1 ? wholeRows(plane, place.from) : doubledRows(kernel, plane, place),
  )
  const [blueAt, redAt] = colours as [ColourRow, ColourRow]
  const target = kernel.take(columns.length * 3)
  const vectors = Math.ceil(columns.length / 8)
  return {
    channels: 3,
    row(index) {
      const line = rows.from + index
      kernel.loops.colourRow(lumaAt(index), blueAt(line), redAt(line), target, vectors)
      return target
    },
  }
}

/** @returns address of the samples for a line of the image, one for each pixel that counts */
type ColourRow = (line: number) => number

const wholeRows =
  ({ address, stride, top, left }: Plane, from: number): ColourRow =>
  (line) =>
    address + (line - top) * stride + from - left

interface Place {
  readonly from: number
  readonly length: number
  /** Lines of the image for each line of samples: 1 or 2. */
  readonly down: number
}

function doubledRows(kernel: VectorKernel, plane: Plane, { from, length, down }: Place): ColourRow {
  const first = Math.max(0, Math.floor(from / 2) - 1)
  const end = Math.min(plane.width, Math.floor((from + length - 1) / 2) + 2)
  const [count, vectors] = [end - first, Math.ceil((end - first) / 8)]
  // The first sum's left neighbour lies before it.
  const sums = kernel.take(2 * count + 32) + 16
  const target = kernel.take(2 * count + 32)
  const lineAt = (line: number) => {
    const inside = Math.min(Math.max(line, 0), plane.height - 1)
    return plane.address + (inside - plane.top) * plane.stride + first - plane.left
  }
  const { loops } = kernel
  return (line) => {
    const near = Math.floor(line / down)
    if (down === 1) loops.mixSamples(lineAt(near), lineAt(near), sums, 1, 0, vectors)
    else loops.mixSamples(lineAt(near), lineAt(line % 2 === 0 ? near - 1 : near + 1), sums, 3, 1, vectors)
    // Beyond the edges of the image the outermost sample is repeated.
    const words = new Int16Array(kernel.bytes().buffer, sums - 2, count + 2)
    words[0] = words[1] as number
    words[count + 1] = words[count] as number
    if (down === 1) loops.doubleSamples(sums, target, 1, 2, 2, vectors)
    else loops.doubleSamples(sums, target, 8, 7, 4, vectors)
    return target + from - 2 * first
  }
}
