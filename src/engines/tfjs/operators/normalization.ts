/** Normalisations that no convolution took up. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { OperatorCall } from '../operator-call.js'
import type { PlannedValue } from '../plan.js'
import { operator, type TfjsOperators } from './operator.js'

/** By stored or by computed statistics. */
export const normalization: TfjsOperators = {
  BatchNormalization: operator(batch, 'FusedBatchNorm', 'Multiply', 'Add', 'Sqrt', 'Sub', 'RealDiv'),
  InstanceNormalization: operator(instance, 'Mean', 'Square', 'Rsqrt', 'Multiply', 'Sub', 'Add'),
  LayerNormalization: operator(layer, 'Mean', 'Square', 'Rsqrt', 'Multiply', 'Sub', 'Add'),
  RMSNormalization: operator(rms, 'Mean', 'Square', 'Rsqrt', 'Multiply', 'Add'),
  GroupNormalization: operator(group, 'Mean', 'Square', 'Rsqrt', 'Multiply', 'Sub', 'Add'),
  LRN: operator(lrn, 'LRN'),
  LpNormalization: operator(lpNorm, 'Sum', 'Sqrt', 'RealDiv'),
}

function batch(call: OperatorCall): void {
  const { tf } = call
  const shape = call.shape(0)
  const epsilon = call.float('epsilon', 1e-5)
  if (call.int('training_mode', 0) === 1) throw call.refusal('training mode')
  const factors = [1, 2, 3, 4].map((index) => call.input(index))
  if (shape.length === 4) {
    const x = call.input(0, 'channels-last')
    const work = ([input, scale, offset, mean, variance]: readonly Tensor[]) =>
      tf.batchNorm(input as Tensor4D, mean as never, variance as never, offset as never, scale as never, epsilon)
    return void call.output(call.step([x, ...factors], `${epsilon}`, shape, 'channels-last', work))
  }
  const x = shape.length > 2 ? call.input(0, 'channels-last') : call.input(0)
  // The channels lie last, so that vectors broadcast over them.
  const work = ([input, scale, offset, mean, variance]: readonly Tensor[]) => {
    const factor = tf.div(scale as Tensor, tf.sqrt(tf.add(variance as Tensor, epsilon)))
    return tf.add(tf.mul(tf.sub(input as Tensor, mean as Tensor), factor), offset as Tensor)
  }
  call.output(call.step([x, ...factors], `${epsilon}`, shape, x.layout, work))
}

function standardised({ tf }: OperatorCall, x: Tensor, axes: number[], epsilon: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true))
  return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), epsilon)))
}

function instance(call: OperatorCall): void {
  const { tf } = call
  const rank = call.shape(0).length
  const epsilon = call.float('epsilon', 1e-5)
  const axes = Array.from({ length: rank - 2 }, (_, axis) => axis + 1)
  const inputs = [call.input(0, 'channels-last'), call.input(1), call.input(2)]
  const work = ([x, scale, offset]: readonly Tensor[]) =>
    tf.add(tf.mul(standardised(call, x as Tensor, axes, epsilon), scale as Tensor), offset as Tensor)
  call.output(call.step(inputs, `${epsilon}`, call.shape(0), 'channels-last', work))
}

function layer(call: OperatorCall): void {
  const { tf } = call
  const shape = call.shape(0)
  const epsilon = call.float('epsilon', 1e-5)
  const given = call.int('axis', -1)
  const first = given < 0 ? given + shape.length : given
  if (call.trace.node.outputs.slice(1).some((name) => name !== '')) throw call.refusal('outputs for training')
  const axes = Array.from({ length: shape.length - first }, (_, index) => first + index)
  const inputs: PlannedValue[] = [call.input(0), call.input(1), ...(call.has(2) ? [call.input(2)] : [])]
  const work = ([x, scale, offset]: readonly Tensor[]) => {
    const scaled = tf.mul(standardised(call, x as Tensor, axes, epsilon), scale as Tensor)
    return offset === undefined ? scaled : tf.add(scaled, offset)
  }
  call.output(call.step(inputs, `${first} ${epsilon}`, shape, 'plain', work))
}

function rms(call: OperatorCall): void {
  const { tf } = call
  const rank = call.shape(0).length
  const epsilon = call.float('epsilon', 1e-5)
  const given = call.int('axis', -1)
  const axes = Array.from({ length: rank }, (_, axis) => axis).slice(given)
  const work = ([x, scale]: readonly Tensor[]) => {
    const mean = tf.mean(tf.square(x as Tensor), axes, true)
    return tf.mul(tf.mul(x as Tensor, tf.rsqrt(tf.add(mean, epsilon))), scale as Tensor)
  }
  call.output(call.step([call.input(0), call.input(1)], `${axes} ${epsilon}`, call.shape(0), 'plain', work))
}

/** Up to opset 20 scale and bias belong to the groups, from 21 on to the channels. */
function group(call: OperatorCall): void {
  const { tf } = call
  const shape = call.shape(0)
  const [count = 1, channels = 1, ...places] = shape
  const groups = call.int('num_groups', 1)
  const epsilon = call.float('epsilon', 1e-5)
  const perPlace = places.map(() => 1)
  const work = ([x, scale, offset]: readonly Tensor[]) => {
    const apart = tf.reshape(x as Tensor, [count, groups, -1])
    const normal = standardised(call, apart, [2], epsilon)
    if (call.opset < 21) {
      const factors = [scale, offset].map((value) => tf.reshape(value as Tensor, [groups, 1]))
      return tf.reshape(tf.add(tf.mul(normal, factors[0] as Tensor), factors[1] as Tensor), [...shape])
    }
    const factors = [scale, offset].map((value) => tf.reshape(value as Tensor, [channels, ...perPlace]))
    return tf.add(tf.mul(tf.reshape(normal, [...shape]), factors[0] as Tensor), factors[1] as Tensor)
  }
  const inputs = [call.input(0), call.input(1), call.input(2)]
  call.output(call.step(inputs, `${groups} ${epsilon}`, shape, 'plain', work))
}

/** ONNX divides `alpha` by the number of channels in the window, TensorFlow does not. */
function lrn(call: OperatorCall): void {
  const size = call.int('size', 1)
  const [alpha, beta, bias] = [call.float('alpha', 1e-4), call.float('beta', 0.75), call.float('bias', 1)]
  if (call.shape(0).length !== 4 || size % 2 === 0) throw call.refusal(`a window of ${size} channels`)
  const x = call.input(0, 'channels-last')
  const work = (input: Tensor) =>
    call.tf.localResponseNormalization(input as Tensor4D, (size - 1) / 2, bias, alpha / size, beta)
  call.output(call.map(x, JSON.stringify({ size, alpha, beta, bias }), work))
}

function lpNorm(call: OperatorCall): void {
  const { tf } = call
  const given = call.int('axis', -1)
  const axis = given < 0 ? given + call.shape(0).length : given
  if (call.int('p', 2) !== 2) throw call.refusal('p other than 2')
  call.output(call.map(call.input(0), `${axis}`, (x) => tf.div(x, tf.sqrt(tf.sum(tf.square(x), axis, true)))))
}
