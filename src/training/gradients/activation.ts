/**
 * Gradients of activations: that of the output times the slope, which is written with the output where that is shorter.
 *
 * Where an activation has a kink, the slope is that of PyTorch: 0 for Relu at 0, that of the inside for Clip at its ends.
 *
 * @see https://onnx.ai/onnx/operators/
 */
import { float } from '../../graph/attributes.js'
import type { GradientFamily, GradientRule, GradientView } from '../gradient-rule.js'

/** All activations of the standard but Softmax. */
export const activation: GradientFamily = {
  Relu: { backward: relu },
  Clip: { backward: clip },
  ThresholdedRelu: gated((view) => view.emit.op('Greater', [view.input(0), view.scalar(view.float('alpha', 1))])),
  LeakyRelu: { backward: (view) => [leaky(view, view.scalar(view.float('alpha', 0.01)))] },
  PRelu: { backward: pRelu },
  Sigmoid: sloped(({ emit, scalar }, y) => emit.mul(y, emit.sub(scalar(1), y))),
  Tanh: sloped(({ emit, scalar }, y) => emit.sub(scalar(1), emit.square(y))),
  HardSigmoid: { backward: hardSigmoid },
  HardSwish: sloped(hardSwishSlope),
  Gelu: sloped((tools, _, x) =>
    tools.view.text('approximate', 'none') === 'tanh' ? geluTanhSlope(tools, x) : geluSlope(tools, x),
  ),
  Elu: sloped((tools, y, x) => belowZero(tools, x, 1, tools.emit.add(y, tools.scalar(tools.view.float('alpha', 1))))),
  Selu: sloped(seluSlope),
  Celu: sloped(({ emit, scalar, view }, y, x) => {
    const below = emit.add(emit.div(y, scalar(view.float('alpha', 1))), scalar(1))
    return emit.op('Where', [emit.op('Greater', [x, scalar(0)]), scalar(1), below])
  }),
  Softplus: sloped(({ emit }, _, x) => emit.op('Sigmoid', [x])),
  Softsign: sloped(({ emit, scalar }, _, x) =>
    emit.op('Reciprocal', [emit.square(emit.add(scalar(1), emit.op('Abs', [x])))]),
  ),
  Swish: sloped(swishSlope),
  Mish: sloped(mishSlope),
}

/** What a slope is written with. */
interface Tools {
  readonly view: GradientView
  readonly emit: GradientView['emit']
  readonly scalar: (value: number) => string
}

type Slope = (tools: Tools, y: string, x: string) => string

/** Gradient of the output times the slope, elementwise. */
export function sloped(slope: Slope): GradientRule {
  return {
    backward: (view) => {
      const tools = { view, emit: view.emit, scalar: (value: number) => view.scalar(value) }
      return [view.emit.mul(view.gradient, slope(tools, view.output(), view.input(0)))]
    },
  }
}

/** Steep enough that a straight line cut at 0 and 1 tells what is above 0 for all but the tiniest numbers. */
const STEEP = 2 ** 64

/** 1 where factor * (value - end) is above 0, else 0, in one pass. */
function isBeyond(view: GradientView, value: string, end: number, factor: 1 | -1): string {
  const attributes = { alpha: float(factor * STEEP), beta: float(-factor * STEEP * end) }
  return view.emit.op('HardSigmoid', [value], attributes)
}

function relu(view: GradientView): readonly string[] {
  const { emit, gradient } = view
  if (view.computesIn === 'float32') return [emit.mul(gradient, isBeyond(view, view.output(), 0, 1))]
  const isAbove = emit.op('Greater', [view.output(), view.scalar(0)])
  return [emit.op('Where', [isAbove, gradient, view.scalar(0)])]
}

/** On blocked channels by the output alone, so that the input need not be kept. */
function clip(view: GradientView): readonly string[] {
  const { emit, gradient } = view
  const ends = [1, 2].map((index) => (view.input(index) === '' ? [] : view.numbers(index)))
  if (emit.blocks?.find(view.output()) === undefined || ends.includes(undefined)) {
    const isInside = emit.op('Equal', [view.output(), view.input(0)])
    return [emit.op('Where', [isInside, gradient, view.scalar(0)])]
  }
  const masks = ends.flatMap((end, index) => {
    return (end ?? []).map((value) => isBeyond(view, view.output(), value, index === 0 ? 1 : -1))
  })
  return [masks.reduce((value, mask) => emit.mul(value, mask), gradient)]
}

/** Passes the gradient where the condition holds. */
function gated(condition: (view: GradientView) => string): GradientRule {
  return { backward: (view) => [view.emit.op('Where', [condition(view), view.gradient, view.scalar(0)])] }
}

function leaky(view: GradientView, slope: string): string {
  const { emit } = view
  const isAbove = emit.op('Greater', [view.input(0), view.scalar(0)])
  return emit.op('Where', [isAbove, view.gradient, emit.mul(view.gradient, slope)])
}

function pRelu(view: GradientView): readonly (string | undefined)[] {
  const { emit } = view
  const slope = () => {
    const below = emit.op('Min', [view.input(0), view.scalar(0)])
    return view.sumToInput(emit.mul(view.gradient, below), 1)
  }
  return [view.ifNeeded(0, () => leaky(view, view.input(1))), view.ifNeeded(1, slope)]
}

function hardSigmoid(view: GradientView): readonly string[] {
  const { emit } = view
  const y = view.output()
  const isInside = emit.op('And', [emit.op('Greater', [y, view.scalar(0)]), emit.op('Less', [y, view.scalar(1)])])
  const scaled = emit.mul(view.gradient, view.scalar(view.float('alpha', 0.2)))
  return [emit.op('Where', [isInside, scaled, view.scalar(0)])]
}

/** 0 up to -3, 1 from 3 on, x/3 + 1/2 between. */
function hardSwishSlope({ emit, scalar }: Tools, _: string, x: string): string {
  const inside = emit.add(emit.mul(x, scalar(1 / 3)), scalar(0.5))
  const notAbove = emit.op('Where', [emit.op('Less', [x, scalar(3)]), inside, scalar(1)])
  return emit.op('Where', [emit.op('Greater', [x, scalar(-3)]), notAbove, scalar(0)])
}

/** Phi(x) + x * phi(x), the normal distribution and its density. */
function geluSlope({ emit, scalar }: Tools, x: string): string {
  const erf = emit.op('Erf', [emit.mul(x, scalar(Math.SQRT1_2))])
  const distribution = emit.mul(emit.add(erf, scalar(1)), scalar(0.5))
  const bell = emit.op('Exp', [emit.mul(emit.square(x), scalar(-0.5))])
  return emit.add(distribution, emit.mul(emit.mul(x, bell), scalar(1 / Math.sqrt(2 * Math.PI))))
}

/** Of x/2 * (1 + tanh u) with u = sqrt(2/pi) * (x + 0.044715 x^3). */
function geluTanhSlope({ emit, scalar }: Tools, x: string): string {
  const factor = Math.sqrt(2 / Math.PI)
  const squared = emit.square(x)
  const u = emit.mul(x, emit.add(scalar(factor), emit.mul(squared, scalar(factor * 0.044715))))
  const innerSlope = emit.add(scalar(factor), emit.mul(squared, scalar(3 * factor * 0.044715)))
  const tanh = emit.op('Tanh', [u])
  const outer = emit.mul(emit.add(tanh, scalar(1)), scalar(0.5))
  const bend = emit.mul(emit.sub(scalar(1), emit.square(tanh)), innerSlope)
  return emit.add(outer, emit.mul(emit.mul(x, bend), scalar(0.5)))
}

function belowZero({ emit, scalar }: Tools, x: string, above: number, below: string): string {
  return emit.op('Where', [emit.op('Greater', [x, scalar(0)]), scalar(above), below])
}

function seluSlope(tools: Tools, y: string, x: string): string {
  const { view, emit, scalar } = tools
  const gamma = view.float('gamma', 1.0507009873554805)
  const alpha = view.float('alpha', 1.6732632423543772)
  return belowZero(tools, x, gamma, emit.add(y, scalar(gamma * alpha)))
}

/** s + a*x*s*(1-s) with s = sigmoid(a*x). */
function swishSlope({ view, emit, scalar }: Tools, y: string, x: string): string {
  const alpha = scalar(view.float('alpha', 1))
  const sigmoid = emit.op('Sigmoid', [emit.mul(x, alpha)])
  return emit.add(sigmoid, emit.mul(emit.mul(y, alpha), emit.sub(scalar(1), sigmoid)))
}

/** t + x * sigmoid(x) * (1 - t^2) with t = tanh(softplus(x)). */
function mishSlope({ emit, scalar }: Tools, _: string, x: string): string {
  const tanh = emit.op('Tanh', [emit.op('Softplus', [x])])
  const bend = emit.mul(emit.op('Sigmoid', [x]), emit.sub(scalar(1), emit.square(tanh)))
  return emit.add(tanh, emit.mul(x, bend))
}
