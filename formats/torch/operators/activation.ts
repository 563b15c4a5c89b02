/** Activation functions. @see https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions */
import { float, int, text } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { NONE, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { overChannels } from './channels.js'
import { expectSize, sizeGuess } from './expected-size.js'
import { cast, like, operandOf, widened } from './operands.js'
import { floatingType, isWhole } from './type-promotion.js'

/** Activations of one element at a time; the clamps among them lie in `limits.ts`. */
export const activation: OperatorRules = {
  relu,
  leaky_relu: (call, emitter) => leaky(call.number(1, 'negative_slope', 0.01), call, emitter),
  // The slope of evaluation is the middle of the range it is drawn from in training.
  rrelu: (call, emitter) => leaky(middle(call, 1), call, emitter),
  rrelu_with_noise: noisy,
  rrelu_with_noise_functional: (call, emitter) => tuple([noisy(call, emitter), NONE]),
  prelu,
  _prelu_kernel: (call, emitter) => emitter.tensor('PRelu', [call.value(0, 'self'), call.value(1, 'weight')]),
  elu,
  selu: node('Selu'),
  celu,
  gelu: (call, emitter) =>
    emitter.tensor('Gelu', [call.value(0, 'self')], { approximate: text(call.text(1, 'approximate', 'none')) }),
  silu: (call, emitter) => {
    const x = call.value(0, 'self')
    return emitter.tensor('Mul', [x, emitter.emit('Sigmoid', [x])])
  },
  mish: node('Mish'),
  hardswish: node('HardSwish'),
  hardsigmoid: node('HardSigmoid', () => ({ alpha: float(1 / 6), beta: float(0.5) })),
  hardshrink: node('Shrink', (call) => ({ lambd: float(call.number(1, 'lambd', 0.5)) })),
  softshrink: node('Shrink', (call) => {
    const limit = float(call.number(1, 'lambd', 0.5))
    return { lambd: limit, bias: limit }
  }),
  softplus,
  sigmoid: onFloats('Sigmoid'),
  special_expit: onFloats('Sigmoid'),
  log_sigmoid: logSigmoid,
  log_sigmoid_forward: (call, emitter) => tuple([logSigmoid(call, emitter), NONE]),
  threshold: (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    const [limit, other] = [call.at(1, 'threshold'), call.at(2, 'value')]
    if (limit === undefined || other === undefined) return call.refuse('its threshold or its value is left out')
    const isAbove = emitter.emit('Greater', [value, operandOf(limit, dtype, call, emitter)])
    return emitter.tensor('Where', [isAbove, value, operandOf(other, dtype, call, emitter)])
  },
  glu: (call, emitter) => {
    const split = { axis: int(call.int(1, 'dim', -1)), num_outputs: int(2) }
    const [half, gate] = emitter.emitAll('Split', [call.value(0, 'self')], split, { outputs: 2 })
    return emitter.tensor('Mul', [half, emitter.emit('Sigmoid', [gate])])
  },
}

function node(operator: string, attributesOf: (call: OperatorCall) => Attributes = () => ({})): OperatorRule {
  return (call, emitter) => emitter.tensor(operator, [call.value(0, 'self')], attributesOf(call))
}

function onFloats(operator: string): OperatorRule {
  return (call, emitter) => {
    const { value, dtype } = call.tensor(0, 'self')
    return emitter.tensor(operator, [cast(value, floatingType(dtype), emitter)])
  }
}

/** Engines take the larger of whole numbers, and have no Relu of them. */
function relu(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { value, dtype } = call.tensor(0, 'self')
  if (!isWhole(dtype)) return emitter.tensor('Relu', [value])
  const wide = cast(value, widened(dtype), emitter)
  return tensor(cast(emitter.emit('Max', [wide, like(0, wide, emitter)]), dtype, emitter))
}

/** ONNX has it for float32 alone. */
function celu(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { value, dtype } = call.tensor(0, 'self')
  const single = cast(value, 'float32', emitter)
  const found = emitter.emit('Celu', [single], { alpha: float(call.number(1, 'alpha', 1)) })
  return tensor(cast(found, dtype, emitter))
}

function logSigmoid(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const opposite = emitter.emit('Neg', [call.value(0, 'self')])
  return emitter.tensor('Neg', [emitter.emit('Softplus', [opposite])])
}

const middle = (call: OperatorCall, place: number): number =>
  (call.number(place, 'lower', 1 / 8) + call.number(place + 1, 'upper', 1 / 3)) / 2

/** The form within PyTorch, which is told where to keep the slopes of training. */
function noisy(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  return leaky(middle(call, 2), call, emitter)
}

function leaky(slope: number, call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  return emitter.tensor('LeakyRelu', [call.value(0, 'self')], { alpha: float(slope) })
}

/** `weight` has one slope for each channel, or one for all. */
function prelu(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const weight = call.value(1, 'weight')
  const [slopes] = shapeOf(weight.known) ?? []
  if (slopes === 1 || slopes === undefined) return emitter.tensor('PRelu', [call.value(0, 'self'), weight])
  const shape = call.shape(0, 'self', { rank: 4, sizes: sizeGuess(1, slopes) })
  expectSize(shape[1], slopes, 'channels', call)
  const slope = overChannels(weight, Math.max(shape.length - 2, 0), emitter)
  return emitter.tensor('PRelu', [call.value(0, 'self'), slope])
}

/** `scale * x` above 0, `scale * alpha * (exp(input_scale * x) - 1)` below. */
function elu(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const x = call.value(0, 'self')
  const [alpha, scale, inner] = [
    call.number(1, 'alpha', 1),
    call.number(2, 'scale', 1),
    call.number(3, 'input_scale', 1),
  ]
  const times = (value: Value, factor: number) =>
    factor === 1 ? value : emitter.emit('Mul', [value, like(factor, value, emitter)])
  if (inner === 1) return tensor(times(emitter.emit('Elu', [x], { alpha: float(alpha) }), scale))
  const above = emitter.emit('Relu', [x])
  const below = emitter.emit('Elu', [times(emitter.emit('Min', [x, like(0, x, emitter)]), inner)], {
    alpha: float(alpha),
  })
  return tensor(times(emitter.emit('Add', [above, below]), scale))
}

/** `log(1 + exp(beta * x)) / beta`; `x` itself where `beta * x` is above `threshold`. */
function softplus(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const x = call.value(0, 'self')
  const [beta, threshold] = [call.number(1, 'beta', 1), call.number(2, 'threshold', 20)]
  const scaled = beta === 1 ? x : emitter.emit('Mul', [x, like(beta, x, emitter)])
  const curve = emitter.emit('Softplus', [scaled])
  const found = beta === 1 ? curve : emitter.emit('Div', [curve, like(beta, x, emitter)])
  // Above 20 the two are the same in float32.
  if (threshold >= 20) return tensor(found)
  return emitter.tensor('Where', [emitter.emit('Greater', [scaled, like(threshold, x, emitter)]), x, found])
}
