/**
 * Gradients of normalisation.
 *
 * With x^ = (x - mean) / deviation and g the gradient that reaches x^, that of x is
 * (g - mean(g) - x^ * mean(g * x^)) / deviation, the means taken over what was normalised together.
 *
 * BatchNormalization with `training_mode` runs with the statistics of its batch, which one pass of the same operator
 * applies; the running ones are updated as the specification says, with the variance of the batch divided by its size.
 *
 * @see https://onnx.ai/onnx/operators/onnx__BatchNormalization.html
 * @see https://onnx.ai/onnx/operators/onnx__LayerNormalization.html
 */
import { float, int, ints } from '../../graph/attributes.js'
import { normalizeAxis } from '../../operators/shape/axis.js'
import { blockedNormalizationGradients, writeBlockedNormalization } from '../blocked/normalization.js'
import type { Sizes } from '../emitter.js'
import type { ForwardView, GradientFamily, GradientView, Saved } from '../gradient-rule.js'

/** All normalisations. */
export const normalization: GradientFamily = {
  BatchNormalization: { forward: batchForward, backward: batchNormalization },
  LayerNormalization: { forward: layerForward, backward: layerNormalization },
  InstanceNormalization: { backward: (view) => groupNormalization(view, view.sizes(0)[1] ?? 1) },
  GroupNormalization: { backward: (view) => groupNormalization(view, view.int('num_groups', 1)) },
  RMSNormalization: { backward: rmsNormalization },
  LpNormalization: { backward: lpNormalization },
  LRN: { backward: localResponse },
}

/** `[1, C, 1, ...]`: a value per channel beside an input. */
const perChannel = (sizes: Sizes): Sizes => sizes.map((size, axis) => (axis === 1 ? size : 1))
const allButChannels = (sizes: Sizes): Sizes => sizes.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
const countOf = (sizes: Sizes): number => sizes.reduce((product, size) => product * size, 1)

const isTraining = (view: ForwardView): boolean => view.int('training_mode', 0) !== 0

function batchForward(view: ForwardView): Saved {
  const { emit } = view
  const attributes = Object.fromEntries(view.node.attributes)
  const onBlocks = writeBlockedNormalization(view, isTraining(view))
  if (onBlocks !== undefined) {
    if (isTraining(view)) writeRunning(view, [onBlocks.mean ?? '', onBlocks.variance ?? ''])
    return onBlocks
  }
  if (!isTraining(view)) {
    emit.ops('BatchNormalization', view.node.inputs, view.node.outputs, attributes)
    return {}
  }
  const axes = allButChannels(view.sizes(0))
  const mean = emit.reduceMean(view.input(0), axes)
  const centred = emit.sub(view.input(0), mean)
  const variance = emit.reduceMean(emit.square(centred), axes, false)
  const channels = view.sizes(0)[1] ?? 1
  const flatMean = emit.reshape(mean, [channels])
  const inputs = [view.input(0), view.input(1), view.input(2), flatMean, variance]
  emit.ops('BatchNormalization', inputs, [view.output()], { epsilon: float(view.float('epsilon', 1e-5)) })
  writeRunning(view, [flatMean, variance])
  return { mean: flatMean, variance }
}

function writeRunning(view: ForwardView, batch: readonly string[]): void {
  const { emit } = view
  const momentum = view.float('momentum', 0.9)
  for (const [index, current] of batch.entries()) {
    const name = view.output(index + 1)
    if (name === '') continue
    const kept = emit.mul(view.input(index + 3), view.scalar(momentum))
    emit.ops('Add', [kept, emit.mul(current, view.scalar(1 - momentum))], [name])
  }
}

function batchNormalization(view: GradientView): readonly (string | undefined)[] {
  if (!isTraining(view) && (view.needs(3) || view.needs(4)))
    throw view.refusal('its mean and variance are computed, not constant')
  const onBlocks = blockedNormalizationGradients(view, isTraining(view))
  if (onBlocks !== undefined) return onBlocks
  const { emit, gradient } = view
  const sizes = view.sizes(0)
  const axes = allButChannels(sizes)
  const beside = (value: string) => emit.reshape(value, perChannel(sizes))
  const variance = view.saved.variance ?? view.input(4)
  const root = emit.op('Sqrt', [emit.add(variance, view.scalar(view.float('epsilon', 1e-5)))])
  const inverse = emit.op('Reciprocal', [root])
  const centred = () => emit.sub(view.input(0), beside(view.saved.mean ?? view.input(3)))
  const factor = emit.mul(view.input(1), inverse)
  if (!isTraining(view)) {
    const scaleGradient = () => emit.mul(emit.reduceSum(emit.mul(gradient, centred()), axes, false), inverse)
    return [
      view.ifNeeded(0, () => emit.mul(gradient, beside(factor))),
      view.ifNeeded(1, scaleGradient),
      view.ifNeeded(2, () => emit.reduceSum(gradient, axes, false)),
    ]
  }
  const count = countOf(sizes) / (sizes[1] ?? 1)
  const biasGradient = emit.reduceSum(gradient, axes, false)
  const difference = centred()
  const scaleGradient = emit.mul(emit.reduceSum(emit.mul(gradient, difference), axes, false), inverse)
  const part = view.scalar(1 / count)
  const input = () => {
    const withoutMean = emit.sub(gradient, beside(emit.mul(biasGradient, part)))
    const slope = emit.mul(emit.mul(scaleGradient, inverse), part)
    return emit.mul(emit.sub(withoutMean, emit.mul(difference, beside(slope))), beside(factor))
  }
  return [view.ifNeeded(0, input), scaleGradient, biasGradient]
}

/** Mean and inverse deviation are outputs of the operator itself. */
function layerForward(view: ForwardView): Saved {
  const { emit } = view
  const [mean, inverse] = [1, 2].map((index) => view.output(index) || emit.name(`${view.output()}_statistic_${index}`))
  const outputs = [view.output(), mean ?? '', inverse ?? '']
  emit.ops('LayerNormalization', view.node.inputs, outputs, Object.fromEntries(view.node.attributes))
  return { mean: mean ?? '', inverse: inverse ?? '' }
}

function layerNormalization(view: GradientView): readonly (string | undefined)[] {
  const { emit, gradient, saved } = view
  const normalized = emit.mul(emit.sub(view.input(0), saved.mean ?? ''), saved.inverse ?? '')
  return [
    view.ifNeeded(0, () => {
      const reaching = emit.mul(gradient, view.input(1))
      return emit.mul(withoutMeans(view, reaching, normalized, lastAxes(view)), saved.inverse ?? '')
    }),
    view.ifNeeded(1, () => view.sumToInput(emit.mul(gradient, normalized), 1)),
    view.ifNeeded(2, () => view.sumToInput(gradient, 2)),
  ]
}

/** g - mean(g) - x^ * mean(g * x^). */
function withoutMeans(view: GradientView, reaching: string, normalized: string, axes: Sizes): string {
  const { emit } = view
  const along = emit.mul(normalized, emit.reduceMean(emit.mul(reaching, normalized), axes))
  return emit.sub(emit.sub(reaching, emit.reduceMean(reaching, axes)), along)
}

function lastAxes(view: ForwardView): Sizes {
  const rank = view.sizes(0).length
  const first = normalizeAxis(view.int('axis', -1), rank)
  return Array.from({ length: rank - first }, (_, index) => first + index)
}

/** Instances are groups of one channel. The input is seen as `[N, groups, elements of a group]`. */
function groupNormalization(view: GradientView, groups: number): readonly (string | undefined)[] {
  const { emit, gradient } = view
  const sizes = view.sizes(0)
  const [batch = 1] = sizes
  const grouped = [batch, groups, countOf(sizes) / (batch * groups)]
  const x = emit.reshape(view.input(0), grouped)
  const centred = emit.sub(x, emit.reduceMean(x, [2]))
  const variance = emit.reduceMean(emit.square(centred), [2])
  const inverse = emit.op('Reciprocal', [
    emit.op('Sqrt', [emit.add(variance, view.scalar(view.float('epsilon', 1e-5)))]),
  ])
  const normalized = emit.mul(centred, inverse)
  const axes = allButChannels(sizes)
  return [
    view.ifNeeded(0, () => {
      const scaled = emit.mul(gradient, emit.reshape(view.input(1), perChannel(sizes)))
      const reaching = emit.reshape(scaled, grouped)
      return emit.reshape(emit.mul(withoutMeans(view, reaching, normalized, [2]), inverse), sizes)
    }),
    view.ifNeeded(1, () => emit.reduceSum(emit.mul(gradient, emit.reshape(normalized, sizes)), axes, false)),
    view.ifNeeded(2, () => emit.reduceSum(gradient, axes, false)),
  ]
}

/** No mean is taken away: (g - x^ * mean(g * x^)) / root mean square. */
function rmsNormalization(view: GradientView): readonly (string | undefined)[] {
  const { emit, gradient } = view
  const axes = lastAxes(view)
  const meanSquare = emit.reduceMean(emit.square(view.input(0)), axes)
  const root = emit.op('Sqrt', [emit.add(meanSquare, view.scalar(view.float('epsilon', 1e-5)))])
  const normalized = emit.div(view.input(0), root)
  return [
    view.ifNeeded(0, () => {
      const reaching = emit.mul(gradient, view.input(1))
      const along = emit.mul(normalized, emit.reduceMean(emit.mul(reaching, normalized), axes))
      return emit.div(emit.sub(reaching, along), root)
    }),
    view.ifNeeded(1, () => view.sumToInput(emit.mul(gradient, normalized), 1)),
  ]
}

/** Of y = x / |x|, with the norm of order 1 or 2 along one axis. */
function lpNormalization(view: GradientView): readonly string[] {
  const { emit, gradient } = view
  const axes = [normalizeAxis(view.int('axis', -1), view.sizes(0).length)]
  const isFirstOrder = view.int('p', 2) === 1
  const reduction = isFirstOrder ? 'ReduceL1' : 'ReduceL2'
  const norm = emit.op(reduction, [view.input(0), emit.whole(axes)], { keepdims: int(1) })
  const slope = isFirstOrder ? emit.op('Sign', [view.input(0)]) : view.output()
  const along = emit.mul(slope, emit.reduceSum(emit.mul(gradient, view.output()), axes))
  return [emit.div(emit.sub(gradient, along), norm)]
}

/**
 * y = x * s^-beta with s = bias + alpha/size * (sum of squares of the neighbours): the gradient is g * s^-beta less
 * 2 alpha beta / size * x * (sum over those of whom x is a neighbour of g * y / s).
 */
function localResponse(view: GradientView): readonly string[] {
  const { emit, gradient } = view
  const size = view.int('size', 1)
  const [alpha, beta] = [view.float('alpha', 1e-4), view.float('beta', 0.75)]
  const before = Math.floor((size - 1) / 2)
  const squares = neighbours(view, emit.square(view.input(0)), size, before)
  const scale = emit.add(emit.mul(squares, view.scalar(alpha / size)), view.scalar(view.float('bias', 1)))
  const direct = emit.mul(gradient, emit.op('Pow', [scale, view.scalar(-beta)]))
  const spread = neighbours(view, emit.div(emit.mul(gradient, view.output()), scale), size, size - 1 - before)
  return [emit.sub(direct, emit.mul(emit.mul(view.input(0), spread), view.scalar((2 * alpha * beta) / size)))]
}

/** Sum over `size` neighbouring channels, `before` of them in front. */
function neighbours(view: GradientView, value: string, size: number, before: number): string {
  const { emit } = view
  const sizes = view.sizes(0)
  const [batch = 1, channels = 1, ...area] = sizes
  const plane = emit.reshape(value, [batch, 1, channels, countOf(area)])
  const mean = emit.op('AveragePool', [plane], {
    kernel_shape: ints([size, 1]),
    pads: ints([before, 0, size - 1 - before, 0]),
    count_include_pad: int(1),
  })
  return emit.reshape(emit.mul(mean, view.scalar(size)), sizes)
}
