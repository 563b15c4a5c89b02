/**
 * Operators that make pictures larger or smaller, or read them at given places.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
import { float, int, text } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { type Dimension, equalDimensions, type Shape } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import type { ScriptValue } from '../script-value.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { sizesValue } from './call-axes.js'

const HALF_PIXEL = { coordinate_transformation_mode: text('half_pixel') }
const NEAREST: Attributes = {
  mode: text('nearest'),
  coordinate_transformation_mode: text('asymmetric'),
  nearest_mode: text('floor'),
}
const NEAREST_EXACT: Attributes = { mode: text('nearest'), nearest_mode: text('round_prefer_ceil'), ...HALF_PIXEL }
const LINEAR: Attributes = { mode: text('linear'), ...HALF_PIXEL }
const CUBIC: Attributes = { mode: text('cubic'), cubic_coeff_a: float(-0.75), ...HALF_PIXEL }

/** interpolate's kinds, grid_sample, affine_grid. */
export const resampling: OperatorRules = {
  ...ofEveryRank('upsample_nearest', ['1d', '2d', '3d'], (spatial) => resized(spatial, NEAREST, false)),
  ...ofEveryRank('_upsample_nearest_exact', ['1d', '2d', '3d'], (spatial) => resized(spatial, NEAREST_EXACT, false)),
  upsample_linear1d: resized(1, LINEAR, true),
  upsample_bilinear2d: resized(2, LINEAR, true),
  upsample_trilinear3d: resized(3, LINEAR, true),
  upsample_bicubic2d: resized(2, CUBIC, true),
  grid_sampler: gridSampled,
  grid_sampler_2d: gridSampled,
  grid_sampler_3d: gridSampled,
  affine_grid_generator: (call, emitter) =>
    emitter.tensor('AffineGrid', [call.value(0, 'theta'), sizesValue(call.sizes(1, 'size'), emitter)], {
      align_corners: int(Number(call.bool(2, 'align_corners', false))),
    }),
}

function ofEveryRank(
  name: string,
  ranks: readonly string[],
  rule: (spatial: number) => OperatorRule,
): Record<string, OperatorRule> {
  return Object.fromEntries(ranks.map((rank, at) => [`${name}${rank}`, rule(at + 1)]))
}

/** Sizes, then whether corners are lined up for those that can, then scales: a list, or one number for each axis. */
function resized(spatial: number, mode: Attributes, hasCorners: boolean): OperatorRule {
  return (call, emitter) => {
    const shape = call.shape(0, 'self', { rank: spatial + 2 })
    const isAligned = hasCorners && call.bool(2, 'align_corners', false)
    const attributes = isAligned ? { ...mode, coordinate_transformation_mode: text('align_corners') } : mode
    const axes = range(spatial).map((axis) => axis + 2)
    const scales = scalesOf(call, hasCorners ? 3 : 2, spatial)
    const sizes = call.has(1, 'output_size') ? call.sizes(1, 'output_size') : undefined
    const value = call.value(0, 'self')
    if (sizes !== undefined && isSame(shape, sizes)) return tensor(value)
    if (scales !== undefined && fits(shape, sizes, scales)) {
      const factors = emitter.numbers([1, 1, ...scales], 'float32')
      return emitter.tensor('Resize', [value, undefined, factors], attributes)
    }
    if (sizes === undefined) return call.refuse('it is told neither sizes nor scales')
    const all = [...shape.slice(0, 2), ...sizes.slice(0, axes.length)]
    return emitter.tensor('Resize', [value, undefined, undefined, sizesValue(all, emitter)], attributes)
  }
}

const isSame = (shape: Shape, sizes: readonly Dimension[]): boolean =>
  sizes.every((size, at) => equalDimensions(size, shape[at + 2] ?? 0))

function scalesOf(call: OperatorCall, position: number, spatial: number): readonly number[] | undefined {
  const list = call.at(position, 'scale_factors')
  if (list?.kind === 'list' || list?.kind === 'tuple') return list.items.flatMap((item) => numberIn(item) ?? [])
  const names = { 1: ['scales'], 2: ['scales_h', 'scales_w'] }[spatial] ?? ['scales_d', 'scales_h', 'scales_w']
  const single = names.map((name, at) => numberIn(call.at(position + at, name)))
  return single.every((scale) => scale !== undefined) ? single : undefined
}

function numberIn(value: ScriptValue | undefined): number | undefined {
  if (value?.kind === 'float') return value.value
  return value?.kind === 'int' && typeof value.value === 'number' ? value.value : undefined
}

/** A scale counts where it gives the sizes that are asked for; without sizes it always does. */
function fits(shape: Shape, sizes: readonly Dimension[] | undefined, scales: readonly number[]): boolean {
  return scales.every((scale, at) => {
    const [from, to] = [shape[at + 2], sizes?.[at]]
    return to === undefined || typeof from !== 'number' || Math.floor(from * scale) === to
  })
}

const MODES: readonly string[] = ['linear', 'nearest', 'cubic']
const MARGINS: readonly string[] = ['zeros', 'border', 'reflection']

/** `grid` holds x, then y, from -1 to 1. */
function gridSampled(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [mode, margin] = [MODES[call.int(2, 'interpolation_mode', 0)], MARGINS[call.int(3, 'padding_mode', 0)]]
  if (mode === undefined || margin === undefined) return call.refuse('its mode is not known')
  return emitter.tensor('GridSample', [call.value(0, 'input'), call.value(1, 'grid')], {
    mode: text(mode),
    padding_mode: text(margin),
    align_corners: int(Number(call.bool(4, 'align_corners', false))),
  })
}
