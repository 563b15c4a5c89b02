/** LSTM, GRU and RNN, unrolled: one product for all steps of the input, then one a step for the state. */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { OperatorCall } from '../operator-call.js'
import { operator, type TfjsOperators } from './operator.js'

const KERNELS = [
  'BatchMatMul',
  'Sigmoid',
  'Tanh',
  'Multiply',
  'Add',
  'Sub',
  'Concat',
  'SplitV',
  'Unpack',
  'Pack',
] as const

/** @see https://onnx.ai/onnx/operators/onnx__LSTM.html */
export const recurrent: TfjsOperators = {
  LSTM: operator((call) => recur(call, 4, lstmStep), ...KERNELS),
  GRU: operator((call) => recur(call, 3, gruStep), ...KERNELS),
  RNN: operator((call) => recur(call, 1, rnnStep), ...KERNELS),
}

/** Weights of one direction, and the activations of its gates. */
interface Cell {
  readonly call: OperatorCall
  readonly recurrence: Tensor
  readonly recurrenceBias: Tensor
  readonly hidden: number
  readonly activations: readonly ((x: Tensor) => Tensor)[]
  /** Of GRU: the reset gate acts after the product. */
  readonly isLinearBefore: boolean
}

/** Hidden state, and the cell state of LSTM. */
interface State {
  readonly hidden: Tensor
  readonly cell: Tensor
}

/** @param input - product of the step's input with the weights, with its bias, `[batch, gates * hidden]` */
type StepWork = (cell: Cell, input: Tensor, state: State) => State

function recur(call: OperatorCall, gates: number, step: StepWork): void {
  const { tf } = call
  const [length = 1, batch = 1] = call.shape(0)
  const directions = call.shape(1)[0] ?? 1
  const hidden = call.int('hidden_size', call.shape(2)[2] ?? 1)
  checkSettings(call, gates, length)
  const isReverse = call.text('direction', 'forward') === 'reverse'
  const present = [0, 1, 2, 3, 5, 6].filter((index) => call.has(index))
  const inputs = present.map((index) => call.input(index))
  const activations = activationsOf(call, gates, directions)
  const perDirection = activations.length / directions
  const isLinearBefore = call.int('linear_before_reset', 0) === 1
  const work = (tensors: readonly Tensor[]): Tensor[] => {
    const given = new Map(present.map((index, place) => [index, tensors[place] as Tensor]))
    const zeros = tf.zeros([directions, batch, hidden])
    const runs = Array.from({ length: directions }, (_, direction) => {
      const part = (index: number) => tf.squeeze(tf.slice(given.get(index) ?? zeros, direction, 1), [0])
      const bias = given.has(3) ? part(3) : tf.zeros([2 * gates * hidden])
      const cell: Cell = {
        call,
        recurrence: tf.transpose(part(2)),
        recurrenceBias: tf.slice(bias, gates * hidden, gates * hidden),
        hidden,
        activations: activations.slice(direction * perDirection, (direction + 1) * perDirection),
        isLinearBefore,
      }
      const x = tf.reshape(given.get(0) as Tensor, [length * batch, -1])
      const products = tf.add(tf.matMul(x, tf.transpose(part(1))), tf.slice(bias, 0, gates * hidden))
      const rows = tf.unstack(tf.reshape(products, [length, batch, gates * hidden]), 0)
      const state = { hidden: part(5), cell: part(6) }
      return unroll(cell, rows, state, step, isReverse || direction === 1)
    })
    const all = runs.map(({ outputs }) => tf.stack(outputs))
    const last = runs.map(({ state }) => state)
    return [tf.stack(all, 1), tf.stack(last.map((state) => state.hidden)), tf.stack(last.map((state) => state.cell))]
  }
  const key = `${gates} ${isReverse} ${call.trace.path}`
  const slots = call.context.builder.steps(inputs, key, 3, work)
  for (const [index, name] of call.trace.node.outputs.entries()) {
    const slot = slots[index]
    if (name !== '' && slot !== undefined)
      call.outputNamed(name, { slot, layout: 'plain', shape: call.outputShape(index) })
  }
}

function unroll({ ...cell }: Cell, rows: readonly Tensor[], first: State, step: StepWork, isReverse: boolean) {
  const order = isReverse ? rows.toReversed() : rows
  const outputs: Tensor[] = []
  let state = first
  for (const row of order) {
    state = step(cell, row, state)
    outputs.push(state.hidden)
  }
  return { outputs: isReverse ? outputs.reverse() : outputs, state }
}

function checkSettings(call: OperatorCall, gates: number, length: number): void {
  if (call.int('layout', 0) !== 0) throw call.refusal('layout 1')
  if (call.trace.context.attribute('clip') !== undefined) throw call.refusal('clip')
  if (call.int('input_forget', 0) !== 0) throw call.refusal('input_forget')
  if (gates === 4 && call.has(7)) throw call.refusal('peepholes')
  const lengths = call.has(4) ? call.numbersIfKnown(4) : []
  if (lengths === undefined || lengths.some((size) => size !== length))
    throw call.refusal('sequences of different lengths')
}

const DEFAULTS: Readonly<Record<number, readonly string[]>> = {
  4: ['Sigmoid', 'Tanh', 'Tanh'],
  3: ['Sigmoid', 'Tanh'],
  1: ['Tanh'],
}

function activationsOf(call: OperatorCall, gates: number, directions: number): readonly ((x: Tensor) => Tensor)[] {
  const { tf } = call
  const attribute = call.trace.context.attribute('activations')
  const one = DEFAULTS[gates] ?? []
  const names = attribute?.kind === 'strings' ? attribute.value : Array.from({ length: directions }, () => one).flat()
  const alphas = call.trace.context.floats('activation_alpha') ?? []
  const betas = call.trace.context.floats('activation_beta') ?? []
  return names.map((name, index) => {
    if (name === 'Sigmoid') return (x) => tf.sigmoid(x)
    if (name === 'Tanh') return (x) => tf.tanh(x)
    if (name === 'Relu') return (x) => tf.relu(x)
    const [alpha, beta] = [alphas[index] ?? 0.2, betas[index] ?? 0.5]
    if (name === 'HardSigmoid') return (x) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1)
    throw call.refusal(`activation ${name}`)
  })
}

/** Gates in the order input, output, forget, cell. */
const lstmStep: StepWork = ({ call: { tf }, recurrence, recurrenceBias, activations }, input, state) => {
  const [f, g, h] = activations as [Gate, Gate, Gate]
  const sums = tf.add(tf.add(input, tf.matMul(state.hidden, recurrence)), recurrenceBias)
  const [i, o, forget, c] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
  const cell = tf.add(tf.mul(f(forget), state.cell), tf.mul(f(i), g(c)))
  return { hidden: tf.mul(f(o), h(cell)), cell }
}

type Gate = (x: Tensor) => Tensor

/** Gates in the order update, reset, hidden. */
const gruStep: StepWork = (cell, input, state) => {
  const { tf } = cell.call
  const [f, g] = cell.activations as [Gate, Gate]
  const [zIn, rIn, hIn] = tf.split(input, 3, 1) as [Tensor, Tensor, Tensor]
  const [zBias, rBias, hBias] = tf.split(cell.recurrenceBias, 3, 0) as [Tensor, Tensor, Tensor]
  const [zRecur, rRecur, hRecur] = tf.split(cell.recurrence, 3, 1) as [Tensor, Tensor, Tensor]
  const z = f(tf.add(tf.add(zIn, tf.matMul(state.hidden, zRecur)), zBias))
  const r = f(tf.add(tf.add(rIn, tf.matMul(state.hidden, rRecur)), rBias))
  const before = cell.isLinearBefore
    ? tf.mul(r, tf.add(tf.matMul(state.hidden, hRecur), hBias))
    : tf.add(tf.matMul(tf.mul(r, state.hidden), hRecur), hBias)
  const h = g(tf.add(hIn, before))
  return { hidden: tf.add(tf.mul(tf.sub(1, z), h), tf.mul(z, state.hidden)), cell: state.cell }
}

const rnnStep: StepWork = ({ call: { tf }, recurrence, recurrenceBias, activations }, input, state) => {
  const [f] = activations as [Gate]
  const hidden = f(tf.add(tf.add(input, tf.matMul(state.hidden, recurrence)), recurrenceBias))
  return { hidden, cell: state.cell }
}
