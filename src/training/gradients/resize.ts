/**
 * Gradient of Resize, which is linear and works on one axis after the other: each axis is a matrix, and the way back is
 * that matrix turned. The matrix is what Resize itself makes of the unit matrix, so every mode of it is met.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Resize.html
 */
import { normalizeAxis, range } from '../../operators/shape/axis.js'
import type { Sizes } from '../emitter.js'
import type { GradientFamily, GradientView } from '../gradient-rule.js'
import { alongAxis } from './selection.js'

/** Resize alone; Upsample becomes one. */
export const resize: GradientFamily = { Resize: { backward: resizeBack } }

const SETTINGS_OF_AXES = new Set(['axes', 'keep_aspect_ratio_policy'])

function resizeBack(view: GradientView): readonly string[] {
  checkModes(view)
  const sizes = view.sizes(0)
  const axes = view.ints('axes')?.map((axis) => normalizeAxis(axis, sizes.length)) ?? range(sizes.length)
  const scales = view.input(2) === '' ? [] : view.setting(2)
  const changed = axes.flatMap((axis, index) => {
    const scale = scales.length > 0 ? scales[index] : undefined
    const isSame = sizes[axis] === view.outputSizes()[axis] && (scale === undefined || scale === 1)
    return isSame ? [] : [{ axis, scale }]
  })
  return [
    changed.reduce(
      (value, { axis, scale }) => alongAxis(view, value, matrixOf(view, axis, scale), axis),
      view.gradient,
    ),
  ]
}

/** @returns `[n, m]` for an axis that went from n to m elements */
function matrixOf(view: GradientView, axis: number, scale: number | undefined): string {
  const { emit } = view
  const [before = 1, after = 1] = [view.sizes(0)[axis], view.outputSizes()[axis]]
  const unit = emit.float(unitMatrix(before), view.computesIn, [1, 1, before, before])
  const given =
    scale === undefined ? ['', emit.whole([1, 1, before, after])] : [emit.float([1, 1, 1, scale], 'float32', [4])]
  const attributes = [...view.node.attributes].filter(([name]) => !SETTINGS_OF_AXES.has(name))
  const resized = emit.op('Resize', [unit, '', ...given], Object.fromEntries(attributes))
  return emit.reshape(resized, [before, after])
}

function unitMatrix(size: number): Sizes {
  return range(size * size).map((index) => Number(index % (size + 1) === 0))
}

function checkModes(view: GradientView): void {
  const coordinates = view.text('coordinate_transformation_mode', 'half_pixel')
  const policy = view.text('keep_aspect_ratio_policy', 'stretch')
  if (coordinates === 'tf_crop_and_resize')
    throw view.refusal('it crops (tf_crop_and_resize), its gradient is not known')
  if (policy !== 'stretch')
    throw view.refusal(`keep_aspect_ratio_policy is ${policy}, its gradient is known for stretch`)
}
