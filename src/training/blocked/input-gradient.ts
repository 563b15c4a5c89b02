/**
 * The gradient of a convolution's input on blocked channels: a convolution of dY with the weights turned round.
 *
 * Where the forward one has strides, outputs that lie as far apart as these see the same taps: each such phase is a small
 * convolution without strides, and the phases are laid into each other. Where that does not come out even, and for single
 * channels, zeros are put between the elements of dY instead.
 */
import { int } from '../../graph/attributes.js'
import type { Emitter, Sizes } from '../emitter.js'
import type { Slide } from '../gradients/sliding.js'
import type { BlockedValue } from './blocked-values.js'
import { type ConvolutionWork, convolve } from './convolve.js'
import { turnedWeights } from './turned-weights.js'

/**
 * @param weight - as it is stored
 * @param gradient - dY `[N, K, OH, OW]`
 * @returns the blocked gradient `[N, C, H, W]`
 */
export function inputGradient(work: ConvolutionWork, weight: string, gradient: BlockedValue): string {
  const { layout, slide } = work
  const { strides, kernel, output } = slide
  const area = (kernel[0] ?? 1) * (kernel[1] ?? 1)
  const taps = Array.from({ length: area }, (_, tap) => area - 1 - tap)
  if (strides.every((stride) => stride === 1)) {
    return back(work, gradient, gradient.name, turnedWeights(work, weight, taps, kernel), output)
  }
  const phases = layout.kind === 'full' ? phasesOf(slide) : undefined
  if (phases !== undefined) return inPhases(work, weight, gradient, phases)
  const turned = turnedWeights(work, weight, taps, kernel)
  if (area === 1) {
    const small = { ...work, slide: { ...slide, strides: [1, 1], padsBegin: [0, 0], padsEnd: [0, 0], input: output } }
    const name = convolve(small, gradient.name, sizesOf(work, gradient), [turned])
    const sizes = [gradient.sizes[0] ?? 1, layout.shape[1], ...output]
    return spread(work, { name, sizes: layout.kind === 'depthwise' ? gradient.sizes : sizes }, slide.input)
  }
  const whole = output.map((size, axis) => size * (strides[axis] ?? 1))
  const isLongEnough = endsOf(slide, whole).every((end) => end >= 0)
  const positions = isLongEnough ? whole : output.map((size, axis) => (size - 1) * (strides[axis] ?? 1) + 1)
  return back(work, gradient, spread(work, gradient, positions), turned, positions)
}

/** Images, and channels with those that fill up the last block. */
const sizesOf = ({ blocks }: ConvolutionWork, { sizes }: BlockedValue): Sizes => [sizes[0] ?? 1, blocks.filled(sizes)]

/** @param positions - sizes of `value`, the gradient or the gradient with zeros between its elements */
function back(work: ConvolutionWork, gradient: BlockedValue, value: string, weights: string, positions: Sizes): string {
  const { slide } = work
  const pads = { padsBegin: beginsOf(slide), padsEnd: endsOf(slide, positions) }
  const way = { ...slide, ...pads, strides: [1, 1], input: positions, output: slide.input }
  return convolve({ ...work, slide: way }, value, sizesOf(work, gradient), [weights])
}

const beginsOf = ({ kernel, padsBegin }: Slide): Sizes => kernel.map((size, axis) => size - 1 - (padsBegin[axis] ?? 0))

function endsOf(slide: Slide, positions: Sizes): Sizes {
  const begins = beginsOf(slide)
  return slide.kernel.map((size, axis) => {
    return (slide.input[axis] ?? 1) + size - 1 - (positions[axis] ?? 1) - (begins[axis] ?? 0)
  })
}

/** Puts zeros behind each element of `[N, C, H, W]`, as many as the strides leave out; the result is cut or filled to `area`. */
function spread({ emit, blocks, slide }: ConvolutionWork, { name, sizes }: BlockedValue, area: Sizes): string {
  const [batch = 1, , height = 1, width = 1] = sizes
  const [rowStride = 1, columnStride = 1] = slide.strides
  const { block } = blocks
  const filled = blocks.filled(sizes)
  const planes = (batch * filled) / block
  const split = emit.reshape(name, [planes * height, 1, width, block])
  const apart = emit.pad(split, [0, 0, 0, 0, 0, rowStride - 1, 0, (columnStride - 1) * block])
  const [rows, columns] = [height * rowStride, width * columnStride]
  const [wantedRows = 1, wantedColumns = 1] = area
  const flat = emit.reshape(apart, [planes, rows, columns * block])
  const fitted = emit.pad(flat, [0, 0, 0, 0, wantedRows - rows, (wantedColumns - columns) * block])
  return emit.reshape(fitted, [batch, filled, wantedRows, wantedColumns])
}

/** Along one axis: the taps of a phase, backwards, and the pads of its convolution. */
interface Phase {
  readonly taps: Sizes
  readonly begin: number
  readonly end: number
}

/** @returns the phases of both axes; `undefined` where one sees no tap, is longer than another, or would be cut */
function phasesOf(slide: Slide): readonly (readonly Phase[])[] | undefined {
  const axes = slide.strides.map((stride, axis) => {
    const [length = 1, count = 1] = [slide.input[axis], slide.output[axis]]
    return Array.from({ length: stride }, (_, phase) => phaseOf(slide, axis, phase, length / stride, count))
  })
  const isEven = slide.strides.every((stride, axis) => (slide.input[axis] ?? 1) % stride === 0)
  return isEven && axes.flat().every(({ taps, begin, end }) => taps.length > 0 && begin >= 0 && end >= 0)
    ? axes
    : undefined
}

/** X at `stride * u + phase` sees dY at `u + reach - m` through the taps `first + stride * m`. */
function phaseOf(slide: Slide, axis: number, phase: number, length: number, count: number): Phase {
  const [size = 1, stride = 1, pad = 0] = [slide.kernel[axis], slide.strides[axis], slide.padsBegin[axis]]
  const first = (phase + pad) % stride
  const reach = Math.floor((phase + pad) / stride)
  const taps = Array.from({ length: size }, (_, tap) => size - 1 - tap).filter((tap) => tap % stride === first)
  const begin = taps.length - 1 - reach
  return { taps, begin, end: length + taps.length - 1 - count - begin }
}

function inPhases(
  work: ConvolutionWork,
  weight: string,
  gradient: BlockedValue,
  [rows = [], columns = []]: readonly (readonly Phase[])[],
): string {
  const { emit, blocks, slide, layout } = work
  const [batch = 1] = gradient.sizes
  const area = slide.input.map((size, axis) => size / (slide.strides[axis] ?? 1))
  const [height = 1, width = 1] = area
  const channels = layout.stored[1] ?? 1
  const pixels = ((batch * channels) / blocks.block) * height
  const lines = rows.map((row) => {
    const parts = columns.map((column) => {
      const taps = row.taps.flatMap((down) => column.taps.map((right) => down * (slide.kernel[1] ?? 1) + right))
      const kernel = [row.taps.length, column.taps.length]
      const pads = { padsBegin: [row.begin, column.begin], padsEnd: [row.end, column.end] }
      const way = { ...slide, ...pads, kernel, strides: [1, 1], input: slide.output, output: area }
      const turned = turnedWeights(work, weight, taps, kernel)
      const part = convolve({ ...work, slide: way }, gradient.name, sizesOf(work, gradient), [turned])
      return emit.reshape(part, [pixels * width, blocks.block])
    })
    return emit.reshape(joined(emit, parts), [pixels, -1])
  })
  return emit.reshape(joined(emit, lines), [batch, channels, ...slide.input])
}

const joined = (emit: Emitter, parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? '') : emit.op('Concat', parts, { axis: int(1) })
