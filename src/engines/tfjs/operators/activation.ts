/** Activations, with the numbers that ONNX gives them. @see https://onnx.ai/onnx/operators/ */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { OperatorCall } from '../operator-call.js'
import { mapInput, unary } from './elementwise.js'
import { operator, type TfjsOperators } from './operator.js'

/** Operators with one input that bend their values. */
export const activation: TfjsOperators = {
  Relu: unary((tf, x) => tf.relu(x), 'Relu'),
  Sigmoid: unary((tf, x) => tf.sigmoid(x), 'Sigmoid'),
  Tanh: unary((tf, x) => tf.tanh(x), 'Tanh'),
  Softplus: unary((tf, x) => tf.softplus(x), 'Softplus'),
  Softsign: unary((tf, x) => tf.div(x, tf.add(tf.abs(x), 1)), 'Abs', 'Add', 'RealDiv'),
  HardSwish: unary((tf, x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)), 'Relu6', 'Add', 'Multiply'),
  Mish: unary((tf, x) => tf.mul(x, tf.tanh(tf.softplus(x))), 'Softplus', 'Tanh', 'Multiply'),
  Elu: operator(
    (call) => mapInput(call, elu(call), String(call.float('alpha', 1))),
    'Elu',
    'Maximum',
    'Expm1',
    'Minimum',
  ),
  Celu: operator(celu, 'Maximum', 'Minimum', 'Expm1'),
  Selu: operator(selu, 'Maximum', 'Minimum', 'Expm1', 'Selu'),
  LeakyRelu: operator(leakyRelu, 'LeakyRelu'),
  ThresholdedRelu: operator(thresholded, 'Greater', 'Cast', 'Multiply'),
  HardSigmoid: operator(hardSigmoid, 'Multiply', 'Add', 'ClipByValue'),
  Gelu: operator(gelu, 'Erf', 'Tanh', 'Multiply', 'Add'),
  Swish: operator(swish, 'Sigmoid', 'Multiply'),
  Clip: operator(clip, 'ClipByValue', 'Relu6', 'Relu'),
  Softmax: operator((call) => alongAxis(call, (x) => call.tf.softmax(x)), 'Softmax', 'Transpose'),
  LogSoftmax: operator((call) => alongAxis(call, (x) => logSoftmax(call, x)), 'Max', 'Sub', 'Exp', 'Sum', 'Log'),
}

type Work = (x: Tensor) => Tensor

function elu(call: OperatorCall): Work {
  const { tf } = call
  const alpha = call.float('alpha', 1)
  if (alpha === 1) return (x) => tf.elu(x)
  return (x) => tf.add(tf.maximum(x, 0), tf.mul(tf.expm1(tf.minimum(x, 0)), alpha))
}

function celu(call: OperatorCall): void {
  const { tf } = call
  const alpha = call.float('alpha', 1)
  mapInput(call, (x) => tf.add(tf.maximum(x, 0), tf.mul(tf.expm1(tf.minimum(tf.div(x, alpha), 0)), alpha)), `${alpha}`)
}

function selu(call: OperatorCall): void {
  const { tf } = call
  const [alpha, gamma] = [call.float('alpha', 1.6732632), call.float('gamma', 1.050701)]
  const work = (x: Tensor) => tf.mul(tf.add(tf.maximum(x, 0), tf.mul(tf.expm1(tf.minimum(x, 0)), alpha)), gamma)
  mapInput(call, work, `${alpha} ${gamma}`)
}

function leakyRelu(call: OperatorCall): void {
  const alpha = call.float('alpha', 0.01)
  mapInput(call, (x) => call.tf.leakyRelu(x, alpha), `${alpha}`)
}

function thresholded(call: OperatorCall): void {
  const { tf } = call
  const alpha = call.float('alpha', 1)
  mapInput(call, (x) => tf.mul(x, tf.cast(tf.greater(x, alpha), 'float32')), `${alpha}`)
}

function hardSigmoid(call: OperatorCall): void {
  const { tf } = call
  const [alpha, beta] = [call.float('alpha', 0.2), call.float('beta', 0.5)]
  mapInput(call, (x) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1), `${alpha} ${beta}`)
}

function gelu(call: OperatorCall): void {
  const { tf } = call
  const isTanh = call.text('approximate', 'none') === 'tanh'
  const curve = (x: Tensor) =>
    tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
  const exact = (x: Tensor) => tf.erf(tf.mul(x, Math.SQRT1_2))
  mapInput(call, (x) => tf.mul(tf.mul(x, 0.5), tf.add((isTanh ? curve : exact)(x), 1)), `${isTanh}`)
}

function swish(call: OperatorCall): void {
  const { tf } = call
  const alpha = call.float('alpha', 1)
  mapInput(call, (x) => tf.mul(x, tf.sigmoid(alpha === 1 ? x : tf.mul(x, alpha))), `${alpha}`)
}

/** The limits are attributes up to opset 6 and inputs from 11 on. */
function clip(call: OperatorCall): void {
  const { tf } = call
  const [low = Number.NEGATIVE_INFINITY] = call.list('min', 1) ?? []
  const [high = Number.POSITIVE_INFINITY] = call.list('max', 2) ?? []
  const work = (x: Tensor): Tensor => {
    if (low === 0 && high === 6) return tf.relu6(x)
    return low === 0 && high === Number.POSITIVE_INFINITY ? tf.relu(x) : tf.clipByValue(x, low, high)
  }
  mapInput(call, work, `${low} ${high}`)
}

/** Up to opset 12 all axes from `axis` on are taken as one. */
function alongAxis(call: OperatorCall, work: Work): void {
  const shape = call.shape(0)
  const rank = shape.length
  const isJoined = call.opset < 13
  const given = call.int('axis', isJoined ? 1 : -1)
  const axis = given < 0 ? given + rank : given
  const key = `${axis} ${isJoined}`
  if (isJoined && axis < rank - 1) {
    const rows = shape.slice(0, axis).reduce((count, size) => count * size, 1)
    const x = call.input(0)
    return void call.output(
      call.map(x, key, (input) => call.tf.reshape(work(call.tf.reshape(input, [rows, -1])), [...shape])),
    )
  }
  const x = axis === 1 && rank > 2 ? call.input(0, call.value(0).layout) : call.input(0)
  const isLast = x.layout === 'channels-last' ? axis === 1 : axis === rank - 1
  if (isLast) return void call.output(call.map(x, key, work))
  const plain = call.input(0)
  const order = Array.from({ length: rank }, (_, index) => index)
  ;[order[axis], order[rank - 1]] = [rank - 1, axis]
  call.output(call.map(plain, key, (input) => call.tf.transpose(work(call.tf.transpose(input, order)), order)))
}

/** In steps, since the library's own form needs a kernel that WebAssembly lacks. */
function logSoftmax({ tf }: OperatorCall, x: Tensor): Tensor {
  const shifted = tf.sub(x, tf.max(x, -1, true))
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)))
}
