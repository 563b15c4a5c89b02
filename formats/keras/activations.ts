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
