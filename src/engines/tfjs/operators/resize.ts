/** Resize and Upsample of pictures. Nearest places are found by the rules of ONNX, so that every mode is the same. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { OperatorCall } from '../operator-call.js'
import { operator, type TfjsOperators } from './operator.js'

/** @see https://onnx.ai/onnx/operators/onnx__Resize.html */
export const resize: TfjsOperators = {
  Resize: operator((call) => resized(call, call.opset < 11 ? 1 : 2), 'GatherV2', 'ResizeBilinear'),
  Upsample: operator((call) => resized(call, 1), 'GatherV2', 'ResizeBilinear'),
}

function resized(call: OperatorCall, scaleInput: number): void {
  const [from, to] = [call.shape(0), call.outputShape()]
  if (from.length !== 4 || from[0] !== to[0] || from[1] !== to[1])
    throw call.refusal('other axes than those of a picture')
  const mode = call.text('mode', 'nearest')
  if (mode === 'linear' || mode === 'bilinear') return void bilinear(call, to)
  if (mode !== 'nearest') throw call.refusal(`mode ${mode}`)
  const scales = call.trace.context.floats('scales') ?? call.numbers(scaleInput) ?? []
  const places = [2, 3].map((axis) => nearestPlaces(call, from[axis] ?? 1, to[axis] ?? 1, scales[axis]))
  const { tf } = call
  const work = (x: Tensor) =>
    places.reduce((result, list, axis) => tf.gather(result, tf.tensor1d(list, 'int32'), axis + 1), x)
  call.output(call.map(call.input(0, 'channels-last'), JSON.stringify(places), work, to))
}

function coordinateMode(call: OperatorCall): string {
  return call.text('coordinate_transformation_mode', call.opset < 11 ? 'asymmetric' : 'half_pixel')
}

function nearestPlaces(call: OperatorCall, size: number, count: number, given: number | undefined): number[] {
  const scale = given ?? count / size
  const mode = coordinateMode(call)
  const round = ROUNDINGS[call.text('nearest_mode', call.opset < 11 ? 'floor' : 'round_prefer_floor')]
  if (round === undefined) throw call.refusal('its nearest_mode')
  return Array.from({ length: count }, (_, place) => {
    const source = sourceOf(call, mode, place, { scale, size, count })
    return Math.min(Math.max(round(source), 0), size - 1)
  })
}

interface Axis {
  readonly scale: number
  readonly size: number
  readonly count: number
}

function sourceOf(call: OperatorCall, mode: string, place: number, { scale, size, count }: Axis): number {
  switch (mode) {
    case 'half_pixel':
      return (place + 0.5) / scale - 0.5
    case 'pytorch_half_pixel':
      return count > 1 ? (place + 0.5) / scale - 0.5 : 0
    case 'align_corners':
      return count > 1 ? (place * (size - 1)) / (count - 1) : 0
    case 'asymmetric':
      return place / scale
    default:
      throw call.refusal(`coordinates ${mode}`)
  }
}

const ROUNDINGS: Readonly<Record<string, (place: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
}

function bilinear(call: OperatorCall, to: readonly number[]): void {
  const mode = coordinateMode(call)
  const isKnown =
    mode === 'half_pixel' || mode === 'align_corners' || mode === 'asymmetric' || isPlainHalfPixel(mode, to)
  if (!isKnown || call.int('antialias', 0) === 1) throw call.refusal(`linear interpolation with ${mode}`)
  const size: [number, number] = [to[2] ?? 1, to[3] ?? 1]
  const isHalf = mode.endsWith('half_pixel')
  const work = (x: Tensor) => call.tf.image.resizeBilinear(x as Tensor4D, size, mode === 'align_corners', isHalf)
  call.output(call.map(call.input(0, 'channels-last'), `${mode} ${size}`, work, to))
}

/** The two differ only for a single place. */
const isPlainHalfPixel = (mode: string, to: readonly number[]): boolean =>
  mode === 'pytorch_half_pixel' && to.slice(2).every((size) => size > 1)
