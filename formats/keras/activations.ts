/** Activation functions by the names that Keras gives them. @see https://keras.io/api/layers/activations/ */

import { quoted } from '../../src/core/quoted.js'
import { float, int } from '../../src/graph/attributes.js'
import type { KerasTensor } from './keras-graph.js'
import type { LayerCall } from './layer-call.js'

type Activation = (call: LayerCall, tensor: KerasTensor) => KerasTensor

const simple =
  (operator: string, attributes: Parameters<LayerCall['node']>[2] = {}): Activation =>
  (call, tensor) =>
    call.graph.elementwise(tensor, operator, attributes)

const silu: Activation = ({ graph }, tensor) => {
  const gate = graph.elementwise(tensor, 'Sigmoid')
  return { ...tensor, name: graph.node('Mul', [tensor.name, gate.name]) }
}

/** Keras 3 changed the slope from 0.2 to 1/6. */
const hardSigmoid: Activation = (call, tensor) =>
  call.graph.elementwise(tensor, 'HardSigmoid', hardSigmoidOf(call.context.kerasVersion))

/** @returns the slope and offset of `hard_sigmoid` in that version of Keras */
export function hardSigmoidOf(kerasVersion: number) {
  return { alpha: float(kerasVersion >= 3 ? 1 / 6 : 0.2), beta: float(0.5) }
}

const less = ({ graph }: LayerCall, tensor: KerasTensor, other: KerasTensor): KerasTensor => ({
  ...tensor,
  name: graph.node('Sub', [tensor.name, other.name]),
})

/** 0 below -1, `(x + 1)^2 / 4` up to 1, then `x`. */
const sparsePlus: Activation = (call, tensor) => {
  const { graph } = call
  const inside = clip(call, tensor, -1, 1)
  const half = graph.withScalar('Mul', graph.withScalar('Add', inside, 1), 0.5)
  const square = graph.node('Mul', [half.name, half.name])
  const above = graph.elementwise(less(call, tensor, inside), 'Relu')
  return { ...tensor, name: graph.node('Add', [square, above.name]) }
}

/** `(x + sqrt(x^2 + 4)) / 2`. */
const squareplus: Activation = ({ graph }, tensor) => {
  const square = { ...tensor, name: graph.node('Mul', [tensor.name, tensor.name]) }
  const root = graph.elementwise(graph.withScalar('Add', square, 4), 'Sqrt')
  return graph.withScalar('Mul', { ...tensor, name: graph.node('Add', [tensor.name, root.name]) }, 0.5)
}

/** One half of the last axis, gated by the other. */
const glu: Activation = (call, tensor) => {
  const { graph } = call
  const size = call.sizeOf(tensor.shape, -1)
  if (size % 2 !== 0) throw call.refuse(`glu does not halve an axis of ${size}`)
  const axis = int(graph.physicalAxis(tensor, -1))
  const [left = '', right = ''] = graph.builder.nodeWithOutputs(
    'Split',
    [tensor.name],
    { axis, num_outputs: int(2) },
    { outputs: 2 },
  )
  const name = graph.node('Mul', [left, graph.node('Sigmoid', [right])])
  return call.made(name, [...tensor.shape.slice(0, -1), size / 2], tensor)
}

/** As Keras computes it, with running sums where the paper sums the values: https://arxiv.org/abs/1602.02068, algorithm 1. */
const sparsemax: Activation = (call, tensor) => {
  const { graph } = call
  const { builder } = graph
  const ordered = graph.logical(tensor)
  const size = call.sizeOf(ordered.shape, -1)
  const [sorted = ''] = builder.nodeWithOutputs('TopK', [ordered.name, builder.constant([size])], {}, { outputs: 2 })
  const sums = graph.node('CumSum', [sorted, builder.constant(-1)])
  const ranks = graph.floats(Array.from({ length: size }, (_, index) => index + 1))
  const excess = graph.node('Sub', [graph.node('Add', [graph.node('Mul', [sorted, ranks]), graph.scalar(1)]), sums])
  const isKept = graph.node('Cast', [graph.node('Greater', [excess, graph.scalar(0)])], { to: int(1) })
  const last = builder.constant([-1])
  const count = graph.node('ReduceSum', [isKept, last])
  const total = graph.node('ReduceSum', [graph.node('Mul', [isKept, sums]), last])
  const limit = graph.node('Div', [graph.node('Sub', [total, graph.scalar(1)]), count])
  return { ...ordered, name: graph.node('Relu', [graph.node('Sub', [ordered.name, limit])]) }
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_, tensor) => tensor,
  relu: simple('Relu'),
  relu6: (call, tensor) => clip(call, tensor, 0, 6),
  sigmoid: simple('Sigmoid'),
  hard_sigmoid: hardSigmoid,
  tanh: simple('Tanh'),
  softmax: (call, tensor) => softmax(call, tensor, -1),
  log_softmax: (call, tensor) =>
    call.graph.elementwise(tensor, 'LogSoftmax', { axis: int(call.graph.physicalAxis(tensor, -1)) }),
  softplus: simple('Softplus'),
  softsign: simple('Softsign'),
  elu: simple('Elu', { alpha: float(1) }),
  selu: simple('Selu'),
  celu: simple('Celu', { alpha: float(1) }),
  exponential: simple('Exp'),
  gelu: simple('Gelu'),
  mish: simple('Mish'),
  silu,
  swish: silu,
  hard_silu: simple('HardSwish'),
  hard_swish: simple('HardSwish'),
  hard_tanh: (call, tensor) => clip(call, tensor, -1, 1),
  hard_shrink: simple('Shrink', { lambd: float(0.5), bias: float(0) }),
  soft_shrink: simple('Shrink', { lambd: float(0.5), bias: float(0.5) }),
  tanh_shrink: (call, tensor) => less(call, tensor, call.graph.elementwise(tensor, 'Tanh')),
  log_sigmoid: ({ graph }, tensor) => {
    const turned = graph.elementwise(graph.elementwise(tensor, 'Neg'), 'Softplus')
    return graph.elementwise(turned, 'Neg')
  },
  sparse_plus: sparsePlus,
  sparse_sigmoid: simple('HardSigmoid', { alpha: float(0.5), beta: float(0.5) }),
  squareplus,
  glu,
  sparsemax,
  leaky_relu: simple('LeakyRelu', { alpha: float(0.2) }),
}

/**
 * @param value - a name, or an object that names a class or a function; absent for none
 * @throws {UnsupportedError} `E_KERAS_LAYER` names a function that is not known
 */
export function activate(call: LayerCall, tensor: KerasTensor, value: unknown): KerasTensor {
  const name = activationName(value)
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined
  if (activation === undefined) throw call.refuse(`its activation ${quoted(name)} is not known`)
  return activation(call, tensor)
}

/** @returns e.g. `relu` of `"relu"`, of `{ class_name: "function", config: "relu" }` and of `{ class_name: "ReLU" }` */
export function activationName(value: unknown): string {
  if (value === undefined || value === null) return 'linear'
  if (typeof value === 'string') return value.replace(/^.*>/, '')
  const { class_name: className, config } = value as { class_name?: unknown; config?: unknown }
  if (typeof config === 'string') return config.replace(/^.*>/, '')
  return typeof className === 'string' ? className : 'of no name'
}

/** Softmax over several axes together. */
export function softmaxOver(call: LayerCall, tensor: KerasTensor, axes: readonly number[]): KerasTensor {
  const { graph } = call
  const physical = graph.builder.constant(axes.map((axis) => graph.physicalAxis(tensor, axis)))
  const largest = graph.node('ReduceMax', [tensor.name, physical])
  const powers = graph.node('Exp', [graph.node('Sub', [tensor.name, largest])])
  return { ...tensor, name: graph.node('Div', [powers, graph.node('ReduceSum', [powers, physical])]) }
}

/** Softmax over one axis, given in the order of Keras. */
export function softmax(call: LayerCall, tensor: KerasTensor, axis: number): KerasTensor {
  return call.graph.elementwise(tensor, 'Softmax', { axis: int(call.graph.physicalAxis(tensor, axis)) })
}

/** @param high - no upper limit when left out */
export function clip(call: LayerCall, tensor: KerasTensor, low: number, high?: number): KerasTensor {
  const { graph } = call
  if (low === 0 && high === undefined) return graph.elementwise(tensor, 'Relu')
  const limits = [low, ...(high === undefined ? [] : [high])].map((limit) => graph.scalar(limit, tensor.dtype))
  return { ...tensor, name: graph.node('Clip', [tensor.name, ...limits]) }
}
