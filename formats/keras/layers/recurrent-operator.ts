/**
 * SimpleRNN, LSTM and GRU in one direction, and the layers of Keras 2 that run on cuDNN.
 *
 * Keras orders the gates of an LSTM i, f, c, o and of a GRU z, r, h, in columns; ONNX wants i, o, f, c and z, r, h, in rows.
 */

import { quoted } from '../../../src/core/quoted.js'
import { floats, int, ints, text, texts } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { activationName } from '../activations.js'
import type { Fields } from '../fields.js'
import type { Hdf5Dataset } from '../hdf5.js'
import type { KerasGraph, KerasShape } from '../keras-graph.js'
import type { LayerCall } from '../layer-call.js'
import { maskedInput, restored } from './masked-sequence.js'
import { recurrentLoop } from './recurrent-loop.js'
import type { SequenceKind, SequenceResult, SequenceTask } from './sequence.js'

type Kind = 'SimpleRNN' | 'LSTM' | 'GRU' | 'CuDNNLSTM' | 'CuDNNGRU'

interface Cell {
  readonly operator: 'RNN' | 'LSTM' | 'GRU'
  /** For each gate of ONNX the gate of Keras. */
  readonly gates: readonly number[]
}

const CELLS: Readonly<Record<Kind, Cell>> = {
  SimpleRNN: { operator: 'RNN', gates: [0] },
  LSTM: { operator: 'LSTM', gates: [0, 3, 1, 2] },
  GRU: { operator: 'GRU', gates: [0, 1, 2] },
  CuDNNLSTM: { operator: 'LSTM', gates: [0, 3, 1, 2] },
  CuDNNGRU: { operator: 'GRU', gates: [0, 1, 2] },
}

/** One direction of SimpleRNN, LSTM or GRU as ONNX has it, or as a loop where ONNX cannot say it. */
export function recurrentOperator(kind: Kind): SequenceKind {
  return {
    convert(call, task) {
      const rank = task.input.shape.length
      if (rank !== 3) throw call.refuse(`its input has ${rank} axes, expected 3`)
      const { config } = call
      const count = CELLS[kind].operator === 'LSTM' ? 2 : 1
      if (task.initial.length !== 0 && task.initial.length !== count) {
        throw call.refuse(`it is given ${task.initial.length} initial states, expected ${count}`)
      }
      const isKnown = functionsOf(kind, config).every((name) => name === 'linear' || Object.hasOwn(FUNCTIONS, name))
      // Lengths say nothing of the state that a sequence without any step that counts must keep.
      const needsLoop = !isKnown || (task.input.mask !== undefined && task.initial.length > 0)
      const isScanned = needsLoop && !kind.startsWith('CuDNN')
      return isScanned ? recurrentLoop(call, CELLS[kind].operator, task) : run(call, kind, task)
    },
    weightCount(call, all) {
      const { gates } = CELLS[kind]
      const hasBias = call.config.flag('use_bias', true)
      const isSeparate = gates.length > 1 && all[0]?.shape[1] === unitsOf(call.config)
      return isSeparate ? 3 * gates.length : hasBias ? 3 : 2
    },
  }
}

function run(call: LayerCall, kind: Kind, task: SequenceTask): SequenceResult {
  const { config, graph } = call
  const { builder } = graph
  const { input, isBackward } = task
  const cell = CELLS[kind]
  const weights = weightsOf(call, cell, kind, call.sizeOf(input.shape, -1))
  const masked = maskedInput(graph, input, isBackward)
  const timeFirst = graph.node('Transpose', [masked.name], { perm: ints([1, 0, 2]) })
  const attributes = cellAttributes(call, kind, isBackward && masked.lengths === '' ? 'reverse' : 'forward')
  const initial = task.initial.map(({ name }) => graph.node('Unsqueeze', [name, builder.constant([0])]))
  const inputs = [timeFirst, weights.input, weights.recurrent, weights.bias, masked.lengths, ...initial]
  const [all = '', ...lastStates] = builder.nodeWithOutputs(cell.operator, trimmed(inputs), attributes, {
    name: builder.uniqueName(call.state.path),
    outputs: cell.operator === 'LSTM' ? 3 : 2,
  })
  // [time, 1, N, units] and [1, N, units].
  const flat = graph.node('Squeeze', [all, builder.constant([1])])
  const steps = restored(graph, graph.node('Transpose', [flat], { perm: ints([1, 0, 2]) }), masked)
  const [batch, time] = input.shape
  const units = unitsOf(config)
  const made = (name: string, shape: KerasShape) => call.made(name, shape, { ...input, mask: undefined })
  const states = lastStates.map((name) => made(graph.node('Squeeze', [name, builder.constant([0])]), [batch, units]))
  const [last] = states
  if (last === undefined) throw call.refuse('it has no state')
  const result = { steps: made(steps, [batch, time, units]), last, states }
  return task.givesZeros && input.mask !== undefined ? withZeros(graph, result, input.mask, isBackward) : result
}

/** Steps that do not count give zeros. */
function withZeros(graph: KerasGraph, result: SequenceResult, mask: string, isBackward: boolean): SequenceResult {
  const { builder } = graph
  const all = graph.node('Unsqueeze', [mask, builder.constant([2])])
  const steps = graph.node('Where', [all, result.steps.name, graph.scalar(0)])
  const counts = graph.node('Gather', [mask, builder.constant([isBackward ? 0 : -1])], { axis: int(1) })
  const last = graph.node('Where', [counts, result.last.name, graph.scalar(0)])
  return { ...result, steps: { ...result.steps, name: steps }, last: { ...result.last, name: last } }
}

/** Names of the functions that the operator takes, in its order. */
function functionsOf(kind: Kind, config: Fields): readonly string[] {
  const inner = activationName(config.get('activation') ?? 'tanh')
  const gate = activationName(config.any('recurrent_activation', 'inner_activation') ?? 'sigmoid')
  return { RNN: [inner], GRU: [gate, inner], LSTM: [gate, inner, inner] }[CELLS[kind].operator]
}

function cellAttributes(call: LayerCall, kind: Kind, direction: 'forward' | 'reverse'): Attributes {
  const { config } = call
  const functions = functionsOf(kind, config).map((name) => activationOf(call, name))
  const reset = CELLS[kind].operator === 'GRU' ? { linear_before_reset: int(resetsAfter(kind, config) ? 1 : 0) } : {}
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
function resetsAfter(kind: Kind, config: Fields): boolean {
  return kind === 'CuDNNGRU' || config.flag('reset_after', false)
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  relu: 'Relu',
  hard_sigmoid: 'HardSigmoid',
  softsign: 'Softsign',
  softplus: 'Softplus',
  elu: 'Elu',
}

function activationOf(call: LayerCall, keras: string): { name: string; alpha?: number; beta?: number } {
  if (keras === 'linear') return { name: 'Affine', alpha: 1, beta: 0 }
  const name = Object.hasOwn(FUNCTIONS, keras) ? FUNCTIONS[keras] : undefined
  if (name === undefined) throw call.refuse(`its activation ${quoted(keras)} is not known`)
  if (name === 'Elu') return { name, alpha: 1, beta: 0 }
  if (name !== 'HardSigmoid') return { name }
  return { name, alpha: call.context.kerasVersion >= 3 ? 1 / 6 : 0.2, beta: 0.5 }
}

function weightsOf(call: LayerCall, cell: Cell, kind: Kind, features: number) {
  const { config } = call
  const units = unitsOf(config)
  const count = cell.gates.length
  const isFlat = kind.startsWith('CuDNN')
  const isPair = isFlat || (cell.operator === 'GRU' && resetsAfter(kind, config))
  const biasShape = isFlat ? [2 * count * units] : isPair ? [2, count * units] : [count * units]
  const kept = separateGates(call, cell, features, units)
  const [kernel, recurrentKernel, bias]: GateParts = kept ?? [
    [call.dataset(0, 'kernel', [features, count * units])],
    [call.dataset(1, 'recurrent_kernel', [units, count * units])],
    config.flag('use_bias', true) ? [call.dataset(2, 'bias', biasShape)] : [],
  ]
  const copy = isFlat ? copyGate : transposeGate
  const rows = (size: number) => (parts: readonly Float32Array[], target: Float32Array) => {
    for (const [gate, from] of cell.gates.entries()) copy(parts, target, { gate, from, size, units, count })
  }
  const biases = (parts: readonly Float32Array[], target: Float32Array): void => {
    for (const [gate, from] of cell.gates.entries()) copyBias(parts, target, { gate, from, units, count, isPair })
  }
  const recurrentShape = [1, count * units, units]
  return {
    input: call.combinedWeight('kernel', [1, count * units, features], kernel, rows(features)),
    recurrent: call.combinedWeight('recurrent_kernel', recurrentShape, recurrentKernel, rows(units)),
    bias: bias.length === 0 ? '' : call.combinedWeight('bias', [1, 2 * count * units], bias, biases),
  }
}

/** Keras 1 keeps a kernel, a recurrent kernel and a bias for each gate: LSTM i, c, f, o; GRU z, r, h. */
function separateGates(call: LayerCall, cell: Cell, features: number, units: number): GateParts | undefined {
  const order = cell.operator === 'LSTM' ? [0, 2, 1, 3] : cell.gates
  if (order.length === 1 || call.weightCount < 3 * order.length) return undefined
  // A pair of directions has six weights; separate gates have nine or twelve for each direction.
  if (call.state.weights[0]?.shape[1] !== units) return undefined
  const part = (index: number, role: string, shape: readonly number[]) =>
    order.map((gate) => call.dataset(3 * gate + index, role, shape))
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

/** cuDNN keeps the rows of a gate one after the other where Keras says that its columns lie. */
function copyGate(parts: readonly Float32Array[], target: Float32Array, copy: GateCopy & { size: number }): void {
  const { gate, from, size, units, count } = copy
  const source = parts[0] ?? new Float32Array(0)
  for (let row = 0; row < size; row += 1) {
    const start = row * count * units + from * units
    target.set(source.subarray(start, start + units), gate * units * size + row * units)
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
