/**
 * SimpleRNN, LSTM and GRU, alone or in both directions.
 *
 * Keras orders the gates of an LSTM i, f, c, o and of a GRU z, r, h, in columns; ONNX wants i, o, f, c and z, r, h, in rows.
 */
import { floats, int, text, texts } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { activationName } from '../activations.js'
import type { Fields } from '../fields.js'
import type { Hdf5Dataset } from '../hdf5.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { maskedInput, restored, reversed } from './masked-sequence.js'

type Kind = 'SimpleRNN' | 'LSTM' | 'GRU'
type Direction = 'forward' | 'reverse'

interface Cell {
  readonly operator: 'RNN' | 'LSTM' | 'GRU'
  /** For each gate of ONNX the gate of Keras. */
  readonly gates: readonly number[]
}

const CELLS: Readonly<Record<Kind, Cell>> = {
  SimpleRNN: { operator: 'RNN', gates: [0] },
  LSTM: { operator: 'LSTM', gates: [0, 3, 1, 2] },
  GRU: { operator: 'GRU', gates: [0, 1, 2] },
}

/** What one direction computes. */
interface Sequence {
  /** `[N, time, units]` in the order of time, and `[N, units]`. */
  readonly steps: string
  readonly last: string
}

/** A recurrent layer on its own. */
export function recurrent(kind: Kind): LayerConverter {
  return (call) => {
    const { config } = call
    const isBackward = config.flag('go_backwards')
    const input = sequenceInput(call)
    const sequence = run(call, kind, config, input, isBackward ? 'reverse' : 'forward', 0)
    const units = unitsOf(config)
    const [batch, time] = input.shape
    if (!config.flag('return_sequences')) return call.made(sequence.last, [batch, units], { ...input, mask: undefined })
    // Keras gives the steps in the order in which they were computed.
    const steps = isBackward ? reversed(call.graph, sequence.steps) : sequence.steps
    const mask = isBackward ? undefined : input.mask
    return call.made(steps, [batch, time, units], { ...input, mask })
  }
}

/** Bidirectional: both directions, joined; the weights of the forward direction come first. */
export const bidirectional: LayerConverter = (call) => {
  const wrapped = call.config.object('layer')
  const kind = wrapped?.text('class_name')?.replace(/^.*>/, '')
  const config = wrapped?.object('config')
  if (config === undefined || (kind !== 'LSTM' && kind !== 'GRU' && kind !== 'SimpleRNN')) {
    throw call.refuse(`it wraps ${JSON.stringify(kind)}`)
  }
  if (config.flag('go_backwards')) throw call.refuse('the layer that it wraps goes backwards')
  const input = sequenceInput(call)
  const half = call.weightCount / 2
  const forward = run(call, kind, config, input, 'forward', 0)
  const backward = run(call, kind, config, input, 'reverse', half)
  const isSequence = config.flag('return_sequences')
  const pair = isSequence ? [forward.steps, backward.steps] : [forward.last, backward.last]
  const [batch, time] = input.shape
  const units = unitsOf(config)
  const mode = call.config.get('merge_mode')
  const shape = isSequence ? [batch, time] : [batch]
  const from = isSequence ? input : { ...input, mask: undefined }
  if (mode === 'concat') {
    return call.made(call.node('Concat', pair, { axis: int(-1) }), [...shape, 2 * units], from)
  }
  if (mode === undefined) return pair.map((name) => call.made(name, [...shape, units], from))
  const operator = ({ sum: 'Add', mul: 'Mul', ave: 'Mean' } as const)[String(mode)]
  if (operator === undefined) throw call.refuse(`merge_mode is ${JSON.stringify(mode)}`)
  return call.made(call.node(operator, pair), [...shape, units], from)
}

function sequenceInput(call: LayerCall): KerasTensor {
  if (call.inputs.length > 1 || call.arguments?.keywords.initial_state != null) {
    throw call.refuse('it is given an initial state')
  }
  const input = call.graph.logical(call.input)
  if (input.shape.length !== 3) throw call.refuse(`its input has ${input.shape.length} axes, expected 3`)
  return input
}

function run(
  call: LayerCall,
  kind: Kind,
  config: Fields,
  input: KerasTensor,
  direction: Direction,
  firstWeight: number,
): Sequence {
  for (const flag of ['stateful', 'return_state', 'time_major', 'zero_output_for_mask']) {
    if (config.flag(flag)) throw call.refuse(`${flag} is set`)
  }
  const { graph } = call
  const cell = CELLS[kind]
  const weights = weightsOf(call, cell, config, call.sizeOf(input.shape, -1), direction, firstWeight)
  const masked = maskedInput(graph, input, direction === 'reverse')
  const timeFirst = graph.node('Transpose', [masked.name], { perm: { kind: 'ints', value: [1, 0, 2] } })
  const attributes = cellAttributes(call, kind, config, masked.lengths === '' ? direction : 'forward')
  const inputs = [timeFirst, weights.input, weights.recurrent, weights.bias, masked.lengths]
  const [all = '', last = ''] = graph.builder.nodeWithOutputs(cell.operator, trimmed(inputs), attributes, {
    name: graph.builder.uniqueName(call.state.path),
    outputs: 2,
  })
  // [time, 1, N, units] and [1, N, units].
  const flat = graph.node('Squeeze', [all, graph.builder.constant([1])])
  const steps = graph.node('Transpose', [flat], { perm: { kind: 'ints', value: [1, 0, 2] } })
  const state = graph.node('Squeeze', [last, graph.builder.constant([0])])
  return { steps: restored(graph, steps, masked), last: state }
}

function cellAttributes(call: LayerCall, kind: Kind, config: Fields, direction: Direction): Attributes {
  const inner = activationOf(call, config.get('activation') ?? 'tanh')
  const gate = activationOf(call, config.any('recurrent_activation', 'inner_activation') ?? 'sigmoid')
  const functions = { SimpleRNN: [inner], GRU: [gate, inner], LSTM: [gate, inner, inner] }[kind]
  const reset = kind === 'GRU' ? { linear_before_reset: int(resetsAfter(config) ? 1 : 0) } : {}
  const parameters = functions.filter(({ alpha }) => alpha !== undefined)
  return {
    hidden_size: int(unitsOf(config)),
    direction: text(direction),
    activations: texts(functions.map(({ name }) => name)),
    ...(parameters.length === 0
      ? {}
      : {
          activation_alpha: floats(parameters.map(({ alpha }) => alpha ?? 0)),
          activation_beta: floats(parameters.map(({ beta }) => beta ?? 0)),
        }),
    ...reset,
  }
}

/** Keras 1 and 2 before tf.keras 2 reset the state before the product. */
function resetsAfter(config: Fields): boolean {
  return config.flag('reset_after', false)
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  relu: 'Relu',
  hard_sigmoid: 'HardSigmoid',
  softsign: 'Softsign',
  softplus: 'Softplus',
}

function activationOf(call: LayerCall, value: unknown): { name: string; alpha?: number; beta?: number } {
  const keras = activationName(value)
  if (keras === 'linear') return { name: 'Affine', alpha: 1, beta: 0 }
  const name = Object.hasOwn(FUNCTIONS, keras) ? FUNCTIONS[keras] : undefined
  if (name === undefined) throw call.refuse(`its activation ${JSON.stringify(keras.slice(0, 60))} is not known`)
  if (name !== 'HardSigmoid') return { name }
  return { name, alpha: call.context.kerasVersion >= 3 ? 1 / 6 : 0.2, beta: 0.5 }
}

function weightsOf(call: LayerCall, cell: Cell, config: Fields, features: number, direction: Direction, first: number) {
  const units = unitsOf(config)
  const count = cell.gates.length
  const hasBias = config.flag('use_bias', true)
  const isPair = cell.operator === 'GRU' && resetsAfter(config)
  const biasShape = isPair ? [2, count * units] : [count * units]
  const kept = separateGates(call, cell, features, units, first)
  const [kernel, recurrentKernel, bias]: GateParts = kept ?? [
    [call.dataset(first, 'kernel', [features, count * units])],
    [call.dataset(first + 1, 'recurrent_kernel', [units, count * units])],
    hasBias ? [call.dataset(first + 2, 'bias', biasShape)] : [],
  ]
  const rows = (parts: readonly Float32Array[], target: Float32Array, size: number): void => {
    for (const [gate, from] of cell.gates.entries()) transposeGate(parts, target, { gate, from, size, units, count })
  }
  const biases = (parts: readonly Float32Array[], target: Float32Array): void => {
    for (const [gate, from] of cell.gates.entries()) copyBias(parts, target, { gate, from, units, count, isPair })
  }
  const name = (role: string) => `${direction === 'reverse' ? 'backward_' : ''}${role}`
  return {
    input: call.combinedWeight(name('kernel'), [1, count * units, features], kernel, (parts, target) =>
      rows(parts, target, features),
    ),
    recurrent: call.combinedWeight(
      name('recurrent_kernel'),
      [1, count * units, units],
      recurrentKernel,
      (parts, target) => rows(parts, target, units),
    ),
    bias: bias.length === 0 ? '' : call.combinedWeight(name('bias'), [1, 2 * count * units], bias, biases),
  }
}

/** Keras 1 keeps a kernel, a recurrent kernel and a bias for each gate: LSTM i, c, f, o; GRU z, r, h. */
function separateGates(
  call: LayerCall,
  cell: Cell,
  features: number,
  units: number,
  first: number,
): GateParts | undefined {
  const order = cell.operator === 'LSTM' ? [0, 2, 1, 3] : cell.gates
  const total = 3 * order.length
  if (order.length === 1 || call.weightCount - first < total) return undefined
  // A pair of directions has six weights; separate gates have nine or twelve for each direction.
  if (call.state.weights[first]?.shape[1] !== units) return undefined
  const part = (index: number, role: string, shape: readonly number[]) =>
    order.map((gate) => call.dataset(first + 3 * gate + index, role, shape))
  return [part(0, 'kernel', [features, units]), part(1, 'recurrent_kernel', [units, units]), part(2, 'bias', [units])]
}

/** Datasets of the kernel, the recurrent kernel and the bias: one each, or one for each gate. */
type GateParts = readonly [readonly Hdf5Dataset[], readonly Hdf5Dataset[], readonly Hdf5Dataset[]]

interface GateCopy {
  readonly gate: number
  readonly from: number
  readonly units: number
  readonly count: number
}

/** Columns of one gate become rows. */
function transposeGate(parts: readonly Float32Array[], target: Float32Array, copy: GateCopy & { size: number }): void {
  const { gate, from, size, units, count } = copy
  const isSeparate = parts.length > 1
  const source = (isSeparate ? parts[from] : parts[0]) ?? new Float32Array(0)
  const [width, start] = isSeparate ? [units, 0] : [count * units, from * units]
  for (let unit = 0; unit < units; unit += 1) {
    for (let row = 0; row < size; row += 1) {
      target[(gate * units + unit) * size + row] = source[row * width + start + unit] ?? 0
    }
  }
}

function copyBias(parts: readonly Float32Array[], target: Float32Array, copy: GateCopy & { isPair: boolean }): void {
  const { gate, from, units, count, isPair } = copy
  const isSeparate = parts.length > 1
  const source = (isSeparate ? parts[from] : parts[0]) ?? new Float32Array(0)
  const start = isSeparate ? 0 : from * units
  target.set(source.subarray(start, start + units), gate * units)
  if (!isPair) return
  const second = count * units
  target.set(source.subarray(second + start, second + start + units), second + gate * units)
}

const unitsOf = (config: Fields): number => config.size(['units', 'output_dim'])

/** Optional inputs at the end are left out. */
function trimmed(inputs: readonly string[]): readonly string[] {
  const last = inputs.findLastIndex((name) => name !== '')
  return inputs.slice(0, last + 1)
}
