/** Operators that a user wrote between layers; Keras keeps each as a layer: `TFOpLambda`, `TensorFlowOpLayer`, or Keras 3's own. */
import { int } from '../../../src/graph/attributes.js'
import { activate } from '../activations.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { merging } from './merging.js'
import { reshaped } from './shaping.js'

type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div'

const ARITHMETIC: Readonly<Record<string, Arithmetic>> = {
  add: 'Add',
  __operators__add: 'Add',
  subtract: 'Sub',
  sub: 'Sub',
  multiply: 'Mul',
  mul: 'Mul',
  divide: 'Div',
  truediv: 'Div',
}
const FUNCTIONS = new Set([
  'relu',
  'relu6',
  'sigmoid',
  'tanh',
  'softmax',
  'softplus',
  'elu',
  'selu',
  'gelu',
  'silu',
  'exp',
])

/** tf.keras before 2.4: a node of TensorFlow with its constants. */
export const tensorFlowOpLayer: LayerConverter = (call) => {
  const definition = call.config.object('node_def')
  const operator = definition?.text('op') ?? 'no operator'
  const constants = call.config.object('constants')
  if (operator === 'Reshape') {
    const target = constants?.get('1')
    if (Array.isArray(target) && target[0] === -1) return reshaped(call, target.slice(1))
    throw call.refuse('its Reshape does not leave the batch free')
  }
  const second = constants?.get('1')
  const name = operator.replace(/V2$/, '').toLowerCase()
  return operation(call, name, typeof second === 'number' ? second : undefined)
}

/** tf.keras from 2.4: a function of TensorFlow by name, with its arguments. */
export const tfOpLambda: LayerConverter = (call) => {
  const name = (call.config.text('function') ?? '').replace(/^(math|nn|__operators__|activations)\./, '')
  const { y } = call.arguments?.keywords ?? {}
  return operation(call, name, typeof y === 'number' ? y : undefined)
}

/** Keras 3: the operator's class; numbers stand among the arguments. */
export function kerasOperation(name: string): LayerConverter {
  return (call) => {
    const { positional } = call.arguments ?? {}
    const list: readonly unknown[] = Array.isArray(positional) ? positional : []
    const index = list.findIndex((value) => typeof value === 'number')
    if (index === 0) throw call.refuse('a number is its first argument')
    const number = list[index]
    return operation(call, name, typeof number === 'number' ? number : undefined)
  }
}

function operation(call: LayerCall, name: string, number: number | undefined): KerasTensor | readonly KerasTensor[] {
  const operator = Object.hasOwn(ARITHMETIC, name) ? ARITHMETIC[name] : undefined
  if (operator !== undefined) {
    if (number !== undefined && call.inputs.length === 1) return call.graph.withScalar(operator, call.input, number)
    if (operator !== 'Div' && call.inputs.length === 2) return merging(operator)(call)
  }
  if (FUNCTIONS.has(name) && call.inputs.length === 1)
    return activate(call, call.input, name === 'exp' ? 'exponential' : name)
  if (name === 'cast' || name === 'stop_gradient') return castOf(call, name)
  throw call.refuse(`its operator ${JSON.stringify(name.slice(0, 60))} is not known`)
}

function castOf(call: LayerCall, name: string): KerasTensor {
  const { dtype } = call.arguments?.keywords ?? {}
  if (name === 'stop_gradient' || dtype === call.input.dtype) return call.input
  if (dtype !== 'float32') throw call.refuse(`it casts to ${JSON.stringify(dtype)}`)
  return { ...call.input, dtype: 'float32', name: call.node('Cast', [call.input.name], { to: int(1) }) }
}
