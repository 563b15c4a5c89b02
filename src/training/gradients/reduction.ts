/**
 * Gradients of reductions, of Softmax and of running sums.
 *
 * @see https://onnx.ai/onnx/operators/onnx__ReduceSum.html
 * @see https://onnx.ai/onnx/operators/onnx__Softmax.html
 */
import { int } from '../../graph/attributes.js'
import { normalizeAxes, normalizeAxis, range } from '../../operators/shape/axis.js'
import type { Sizes } from '../emitter.js'
import type { GradientFamily, GradientRule, GradientView } from '../gradient-rule.js'
import { asNumber } from './elementwise.js'

/** Reductions, Softmax, LogSoftmax and CumSum. */
export const reduction: GradientFamily = {
  ReduceSum: reduced((view, { gradient }) => view.emit.expand(gradient, view.sizes(0))),
  ReduceMean: reduced((view, { gradient, count }) =>
    view.emit.expand(view.emit.mul(gradient, view.scalar(1 / count)), view.sizes(0)),
  ),
  ReduceMax: reduced(extreme),
  ReduceMin: reduced(extreme),
  /** Product over element: NaN where an element is 0. */
  ReduceProd: reduced((view, { gradient, output }) => view.emit.div(view.emit.mul(gradient, output), view.input(0))),
  ReduceL1: reduced((view, { gradient }) => view.emit.mul(gradient, view.emit.op('Sign', [view.input(0)]))),
  ReduceL2: reduced((view, { gradient, output }) => view.emit.mul(view.emit.div(gradient, output), view.input(0))),
  ReduceSumSquare: reduced((view, { gradient }) =>
    view.emit.mul(view.emit.mul(gradient, view.scalar(2)), view.input(0)),
  ),
  ReduceLogSum: reduced((view, { gradient, output }) =>
    view.emit.expand(view.emit.div(gradient, view.emit.op('Exp', [output])), view.sizes(0)),
  ),
  ReduceLogSumExp: reduced((view, { gradient, output }) =>
    view.emit.mul(gradient, view.emit.op('Exp', [view.emit.sub(view.input(0), output)])),
  ),
  Softmax: { backward: softmax },
  LogSoftmax: { backward: logSoftmax },
  CumSum: { backward: runningSum },
  ArgMax: 'none',
  ArgMin: 'none',
  Hardmax: 'none',
}

/** Gradient and value of the output with the reduced axes put back in, and how many elements each one sums up. */
interface Reduced {
  readonly gradient: string
  readonly output: string
  readonly axes: Sizes
  readonly count: number
}

function reduced(write: (view: GradientView, parts: Reduced) => string): GradientRule {
  return {
    backward: (view) => {
      const sizes = view.sizes(0)
      const axes = axesOf(view)
      const kept = sizes.map((size, axis) => (axes.includes(axis) ? 1 : size))
      const isKept = view.int('keepdims', 1) !== 0
      const open = (value: string) => (isKept ? value : view.emit.reshape(value, kept))
      const count = axes.reduce((product, axis) => product * (sizes[axis] ?? 1), 1)
      return [write(view, { gradient: open(view.gradient), output: open(view.output()), axes, count })]
    },
  }
}

/** No axes are all axes, unless the node says that they are none. */
function axesOf(view: GradientView): Sizes {
  const rank = view.sizes(0).length
  const axes = view.input(1) === '' ? [] : view.setting(1)
  if (axes.length > 0) return normalizeAxes(axes, rank)
  return view.int('noop_with_empty_axes', 0) !== 0 ? [] : range(rank)
}

/** Elements that tie share the gradient evenly. */
function extreme(view: GradientView, { gradient, output, axes }: Reduced): string {
  const { emit } = view
  const ties = asNumber(view, emit.op('Equal', [view.input(0), output]))
  return emit.mul(ties, emit.div(gradient, emit.reduceSum(ties, axes)))
}

const axisOf = (view: GradientView): Sizes => [normalizeAxis(view.int('axis', -1), view.sizes(0).length)]

function softmax(view: GradientView): readonly string[] {
  const { emit } = view
  const weighted = emit.mul(view.gradient, view.output())
  return [emit.sub(weighted, emit.mul(view.output(), emit.reduceSum(weighted, axisOf(view))))]
}

function logSoftmax(view: GradientView): readonly string[] {
  const { emit } = view
  const probabilities = emit.op('Exp', [view.output()])
  return [emit.sub(view.gradient, emit.mul(probabilities, emit.reduceSum(view.gradient, axisOf(view))))]
}

/** Summed from the other end. */
function runningSum(view: GradientView): readonly string[] {
  const attributes = { exclusive: int(view.int('exclusive', 0)), reverse: int(1 - view.int('reverse', 0)) }
  return [view.emit.op('CumSum', [view.gradient, view.input(1)], attributes)]
}
