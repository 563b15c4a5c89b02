/**
 * Gradients of operators that move or repeat whole axes.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Transpose.html
 */
import { int } from '../../graph/attributes.js'
import { normalizeAxis } from '../../operators/shape/axis.js'
import type { ForwardView, GradientFamily, GradientRule, GradientView, Saved } from '../gradient-rule.js'

const relabelled: GradientRule = { backward: (view) => [view.emit.reshape(view.gradient, view.sizes(0))] }

/** Views, Transpose, Concat, Split, Expand, Tile, Dropout and the exchange of depth and space. */
export const reshape: GradientFamily = {
  Reshape: relabelled,
  Flatten: relabelled,
  Squeeze: relabelled,
  Unsqueeze: relabelled,
  Transpose: { backward: transposed },
  Concat: { backward: concatenated },
  Split: { backward: split },
  Expand: { backward: (view) => [view.sumToInput(view.gradient, 0)] },
  Tile: { backward: tiled },
  Dropout: { forward: dropoutForward, backward: dropout },
  DepthToSpace: { backward: depthToSpace },
  SpaceToDepth: { backward: (view) => [exchange(view, 'DepthToSpace')] },
  Trilu: { backward: triangle },
  Shape: 'none',
  Size: 'none',
  ConstantOfShape: 'none',
  Constant: 'none',
  Range: 'none',
  OneHot: 'none',
  NonZero: 'none',
  EyeLike: 'none',
}

function transposed(view: GradientView): readonly string[] {
  const rank = view.sizes(0).length
  const order = view.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  return [
    view.emit.transpose(
      view.gradient,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ]
}

function concatenated(view: GradientView): readonly (string | undefined)[] {
  const axis = normalizeAxis(view.int('axis', 0), view.outputSizes().length)
  let at = 0
  return view.node.inputs.map((_, index) => {
    const from = at
    at += view.sizes(index)[axis] ?? 0
    const to = at
    return view.ifNeeded(index, () => view.emit.slice(view.gradient, axis, from, to))
  })
}

function split(view: GradientView): readonly string[] {
  const parts = view.node.outputs.map((_, index) => view.gradientOf(index))
  return [view.emit.op('Concat', parts, { axis: int(view.int('axis', 0)) })]
}

/** An axis of n elements that comes r times is one of r and one of n. */
function tiled(view: GradientView): readonly string[] {
  const { emit } = view
  const sizes = view.sizes(0)
  const repeats = view.setting(1)
  const apart = emit.reshape(
    view.gradient,
    sizes.flatMap((size, axis) => [repeats[axis] ?? 1, size]),
  )
  return [
    emit.reduceSum(
      apart,
      sizes.map((_, axis) => 2 * axis),
      false,
    ),
  ]
}

/** The mask that was drawn is an output of the operator. */
function dropoutForward(view: ForwardView): Saved {
  const mask = view.output(1) || view.emit.name(`${view.output()}_mask`)
  view.emit.ops('Dropout', view.node.inputs, [view.output(), mask], Object.fromEntries(view.node.attributes))
  return { mask }
}

function dropout(view: GradientView): readonly string[] {
  const { emit } = view
  const isTraining = view.input(2) !== '' && view.setting(2)[0] !== 0
  if (!isTraining) return [view.gradient]
  const ratio = view.input(1) === '' ? 0.5 : (view.setting(1)[0] ?? 0.5)
  const scaled = emit.mul(view.gradient, view.scalar(1 / (1 - ratio)))
  return [emit.op('Where', [view.saved.mask ?? '', scaled, view.scalar(0)])]
}

function exchange(view: GradientView, operator: string): string {
  return view.emit.op(operator, [view.gradient], { blocksize: int(view.int('blocksize', 1)) })
}

/** SpaceToDepth undoes the mode DCR; CRD keeps the channel outermost. */
function depthToSpace(view: GradientView): readonly string[] {
  if (view.text('mode', 'DCR') !== 'CRD') return [exchange(view, 'SpaceToDepth')]
  const { emit } = view
  const block = view.int('blocksize', 1)
  const sizes = view.sizes(0)
  const [batch = 1, depth = 1, height = 1, width = 1] = sizes
  const apart = emit.reshape(view.gradient, [batch, depth / block ** 2, height, block, width, block])
  return [emit.reshape(emit.transpose(apart, [0, 1, 3, 5, 2, 4]), sizes)]
}

function triangle(view: GradientView): readonly string[] {
  const inputs = [view.gradient, ...view.node.inputs.slice(1)]
  return [view.emit.op('Trilu', inputs, { upper: int(view.int('upper', 1)) })]
}
