/**
 * Sizes of sliding windows: convolution, pooling and their reverse.
 *
 * @see https://onnx.ai/onnx/operators/onnx__MaxPool.html
 */
import {
  add,
  ceilDivide,
  type Dimension,
  floorDivide,
  formatDimension,
  min,
  multiply,
  type Shape,
  subtract,
} from '../../graph/dimension.js'
import type { NodeContext } from '../rule.js'
import { mismatch } from './mismatch.js'

/** Attributes that all window operators share, one entry per spatial axis. */
export interface Window {
  readonly kernel: Shape
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padsBegin: readonly number[]
  readonly padsEnd: readonly number[]
  readonly autoPad: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'
  readonly ceilMode: boolean
}

/**
 * Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode` with their defaults. Of lists that
 * are too long the last entries count: early exporters wrote one-dimensional windows with two-dimensional lists. Pads with
 * one entry per axis stand for both ends, as in the early exporters' poolings.
 *
 * @param kernel - spatial sizes of the weight, for operators that may leave `kernel_shape` out
 */
export function windowOf(context: NodeContext, spatialRank: number, kernel?: Shape): Window {
  const ones = Array.from({ length: spatialRank }, () => 1)
  const given = context.ints('pads') ?? Array.from({ length: 2 * spatialRank }, () => 0)
  const pads = given.length === spatialRank ? [...given, ...given] : given
  const half = pads.length / 2
  const window: Window = {
    kernel: context.ints('kernel_shape') ?? kernel ?? [],
    strides: (context.ints('strides') ?? ones).slice(-spatialRank),
    dilations: (context.ints('dilations') ?? ones).slice(-spatialRank),
    padsBegin: pads.slice(Math.max(half - spatialRank, 0), half),
    padsEnd: pads.slice(Math.max(pads.length - spatialRank, half)),
    autoPad: autoPadOf(context.text('auto_pad', 'NOTSET')),
    ceilMode: context.int('ceil_mode', 0) !== 0,
  }
  checkWindow(window, spatialRank)
  return window
}

/** @returns the spatial sizes that a convolution or pooling gives for these spatial sizes */
export function slideWindow(input: Shape, window: Window): Shape {
  return input.map((size, axis) => positive(slideAxis(size, window, axis)))
}

/**
 * Spatial sizes of a transposed convolution (or of unpooling, its special case).
 *
 * @param outputPadding - `output_padding`, one entry per spatial axis
 */
export function slideBack(input: Shape, window: Window, outputPadding: readonly number[]): Shape {
  return input.map((size, axis) => {
    const stride = window.strides[axis] ?? 1
    if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') return multiply(size, stride)
    const pads = window.autoPad === 'VALID' ? 0 : (window.padsBegin[axis] ?? 0) + (window.padsEnd[axis] ?? 0)
    const reach = add(multiply(subtract(size, 1), stride), reachOf(window, axis))
    return positive(subtract(add(reach, outputPadding[axis] ?? 0), pads))
  })
}

function slideAxis(size: Dimension, window: Window, axis: number): Dimension {
  const stride = window.strides[axis] ?? 1
  const reach = reachOf(window, axis)
  if (window.autoPad === 'SAME_UPPER' || window.autoPad === 'SAME_LOWER') return ceilDivide(size, stride)
  if (window.autoPad === 'VALID') return add(floorDivide(subtract(size, reach), stride), 1)
  const begin = window.padsBegin[axis] ?? 0
  const room = subtract(add(size, begin + (window.padsEnd[axis] ?? 0)), reach)
  if (!window.ceilMode) return add(floorDivide(room, stride), 1)
  // A last window that would start in the padding behind the input is left out.
  const lastStart = add(floorDivide(subtract(add(size, begin), 1), stride), 1)
  return min(add(ceilDivide(room, stride), 1), lastStart)
}

/** Positions from the first to the last element that one window touches. */
function reachOf(window: Window, axis: number): Dimension {
  return add(multiply(subtract(window.kernel[axis] ?? 1, 1), window.dilations[axis] ?? 1), 1)
}

function positive(size: Dimension): Dimension {
  if (typeof size !== 'number' || size >= 0) return size
  throw mismatch(`the window is larger than the padded input: the output would have size ${formatDimension(size)}`)
}

function autoPadOf(text: string): Window['autoPad'] {
  if (text === '' || text === 'NOTSET') return 'NOTSET'
  if (text === 'SAME_UPPER' || text === 'SAME_LOWER' || text === 'VALID') return text
  throw mismatch(`auto_pad is ${text}, expected NOTSET, SAME_UPPER, SAME_LOWER or VALID`)
}

function checkWindow(window: Window, spatialRank: number): void {
  const { kernel, strides, dilations, padsBegin, padsEnd } = window
  for (const [name, list] of Object.entries({ kernel, strides, dilations, padsBegin, padsEnd })) {
    if (list.length !== spatialRank) {
      throw mismatch(`${name} has ${list.length} entries, expected ${spatialRank}`)
    }
  }
  if (strides.some((stride) => stride < 1)) throw mismatch(`strides are ${strides.join(', ')}, expected 1 or more`)
}
