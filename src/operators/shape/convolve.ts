/** Convolutions: sizes from the window, multiply-accumulates from the weight. */
import { type Dimension, formatShape, type Shape } from '../../graph/dimension.js'
import type { NodeContext } from '../rule.js'
import { countOf } from './cost.js'
import { mismatch } from './mismatch.js'
import { slideWindow, windowOf } from './window.js'

/**
 * Shape of a convolution of `[N, C, ...]` with `[M, C/group, ...]`.
 *
 * @returns `undefined` when a rank is not known
 */
export function convolved(
  context: NodeContext,
  input: Shape | undefined,
  weight: Shape | undefined,
): Shape | undefined {
  if (input === undefined || weight === undefined) return undefined
  const [batch, , ...spatial] = input
  const [channels, , ...kernel] = weight
  if (batch === undefined || channels === undefined || input.length !== weight.length) {
    throw mismatch(`cannot convolve ${formatShape(input)} with ${formatShape(weight)}`)
  }
  return [batch, channels, ...slideWindow(spatial, windowOf(context, spatial.length, kernel))]
}

/** Every element of the result sums one product per element of its filter `[C/group, ...kernel]`. */
export function convolutionMacs(result: readonly number[], weight: readonly number[]): number {
  return countOf(result) * countOf(weight.slice(1))
}

/** @returns `[N, C, ...]` from `[N, ..., C]` */
export function channelsFirst(shape: Shape | undefined): Shape | undefined {
  const channels = shape?.at(-1)
  return shape === undefined || channels === undefined ? shape : [...shape.slice(0, 1), channels, ...shape.slice(1, -1)]
}

/** @returns `[N, ..., C]` from `[N, C, ...]` */
export function channelsLast(shape: Shape | undefined): Shape | undefined {
  const [batch, channels, ...spatial]: readonly (Dimension | undefined)[] = shape ?? []
  if (batch === undefined || channels === undefined) return shape
  return [batch, ...spatial.filter((size) => size !== undefined), channels]
}
