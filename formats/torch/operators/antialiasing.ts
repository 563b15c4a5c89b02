/**
 * Resampling that weighs all elements below a filter as wide as the step, as two products with matrices of weights: engines
 * do not agree on the antialiasing of Resize.
 */
import type { Dimension } from '../../../src/graph/dimension.js'
import { resampleMatrix } from '../../emission/resample-matrix.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'

/** Bilinear and bicubic resampling of [N, C, H, W] with antialiasing. */
export const antialiasing: OperatorRules = {
  _upsample_bilinear2d_aa: filtered('bilinear'),
  _upsample_bicubic2d_aa: filtered('bicubic'),
}

function filtered(method: 'bilinear' | 'bicubic'): OperatorRule {
  return (call, emitter) => {
    const [height, width] = call.shape(0, 'input', { rank: 4 }).slice(2).map(known)
    if (height === undefined || width === undefined) return call.refuse('its input has no height and width')
    if (call.bool(2, 'align_corners', false)) return call.refuse('it lines up the corners')
    const [down, across] = targetsAsked(call, [height, width])
    const matrix = (from: number, { size, scale }: Target) =>
      emitter.known({
        dtype: 'float32',
        shape: [size, from],
        elements: resampleMatrix(method, from, size, true, scale),
      })
    const columns = emitter.emit('Transpose', [matrix(width, across)])
    return emitter.tensor('MatMul', [emitter.emit('MatMul', [matrix(height, down), call.value(0, 'input')]), columns])
  }
}

function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}

/** The size of an axis, and how many elements of the input each of its elements stands for. */
interface Target {
  readonly size: number
  readonly scale: number
}

/** A factor that is given counts as it is, even where the size that it gives is rounded down. */
function targetsAsked(call: OperatorCall, from: readonly [number, number]): readonly [Target, Target] {
  const sizes = call.has(1, 'output_size') ? call.ints(1, 'output_size') : undefined
  const factors = factorsGiven(call)
  const target = (axis: 0 | 1): Target => {
    const factor = factors[axis]
    const size = sizes?.[axis] ?? Math.floor(from[axis] * (factor ?? 1))
    return { size, scale: factor === undefined ? from[axis] / size : 1 / factor }
  }
  return [target(0), target(1)]
}

/** In a list, or in an overload one by one. */
function factorsGiven(call: OperatorCall): readonly (number | undefined)[] {
  const list = call.at(3, 'scale_factors') ?? call.at(3, 'scales_h')
  const items = list?.kind === 'list' ? list.items : [list, call.at(4, 'scales_w')]
  return items.map((item) => (item?.kind === 'float' && item.value > 0 ? item.value : undefined))
}
