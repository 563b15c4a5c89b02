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
    const [high, wide] = sizesAsked(call, [height, width])
    const matrix = (from: number, to: number) =>
      emitter.known({ dtype: 'float32', shape: [to, from], elements: resampleMatrix(method, from, to, true) })
    const across = emitter.emit('Transpose', [matrix(width, wide)])
    return emitter.tensor('MatMul', [emitter.emit('MatMul', [matrix(height, high), call.value(0, 'input')]), across])
  }
}

function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}

function sizesAsked(call: OperatorCall, from: readonly [number, number]): readonly [number, number] {
  if (call.has(1, 'output_size')) {
    const [high = 1, wide = 1] = call.ints(1, 'output_size')
    return [high, wide]
  }
  const list = call.at(3, 'scale_factors')
  const scales = list?.kind === 'list' ? list.items.map((item) => (item.kind === 'float' ? item.value : 1)) : []
  return [Math.floor(from[0] * (scales[0] ?? 1)), Math.floor(from[1] * (scales[1] ?? 1))]
}
