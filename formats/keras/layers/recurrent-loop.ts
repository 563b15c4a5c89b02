/** SimpleRNN, LSTM and GRU step by step, with functions that the operators of ONNX do not have. */
import { int } from '../../../src/graph/attributes.js'
import { activate } from '../activations.js'
import type { LayerCall } from '../layer-call.js'
import { loopOver, type SequenceResult, type SequenceTask, type Step, zeroState } from './sequence.js'

type Operator = 'RNN' | 'LSTM' | 'GRU'

const GATES: Readonly<Record<Operator, number>> = { RNN: 1, LSTM: 4, GRU: 3 }

/** @see https://keras.io/api/layers/recurrent_layers/ */
export function recurrentLoop(call: LayerCall, operator: Operator, task: SequenceTask): SequenceResult {
  const { config, graph } = call
  const { input } = task
  const units = config.size(['units', 'output_dim'])
  const width = GATES[operator] * units
  const isPair = operator === 'GRU' && config.flag('reset_after')
  const kernel = call.weight(0, 'loop_kernel', [call.sizeOf(input.shape, -1), width])
  const recurrentKernel = call.weight(1, 'loop_recurrent_kernel', [units, width])
  const biases = biasesOf(call, width, isPair)
  const product = graph.node('MatMul', [input.name, kernel])
  const sequence = biases[0] === undefined ? product : graph.node('Add', [product, biases[0]])
  const step = { RNN: plainStep, LSTM: lstmStep, GRU: gruStep }[operator](recurrentKernel, biases[1], isPair)
  const count = operator === 'LSTM' ? 2 : 1
  const zeros = () => Array.from({ length: count }, () => zeroState(call, input, [units]))
  const states = task.initial.length > 0 ? task.initial.map(({ name }) => name) : zeros()
  const made = loopOver(call, task, { sequence, states, stateRank: 1, step })
  const [batch, time] = input.shape
  const from = { ...input, mask: undefined }
  return {
    steps: call.made(made.steps, [batch, time, units], from),
    last: call.made(made.last, [batch, units], from),
    states: made.states.map((name) => call.made(name, [batch, units], from)),
  }
}

/** The bias of the input, and that of the state where it has its own. */
function biasesOf(call: LayerCall, width: number, isPair: boolean): readonly (string | undefined)[] {
  const { graph } = call
  if (!call.config.flag('use_bias', true)) return []
  if (!isPair) return [call.weight(2, 'loop_bias', [width])]
  const pair = call.weight(2, 'loop_bias', [2, width])
  return [0, 1].map((row) => graph.node('Gather', [pair, graph.builder.constant(row)], { axis: int(0) }))
}

type MakeStep = (kernel: string, bias: string | undefined, isPair: boolean) => Step

const plainStep: MakeStep =
  (kernel) =>
  (call, input, [state = '']) => [
    inner(call, call.graph.node('Add', [input, call.graph.node('MatMul', [state, kernel])])),
  ]

/** Gates i, f, c, o. */
const lstmStep: MakeStep =
  (kernel) =>
  (call, input, [state = '', carry = '']) => {
    const { graph } = call
    const sums = graph.node('Add', [input, graph.node('MatMul', [state, kernel])])
    return lstmGates(call, split(call, sums, 4, -1), carry)
  }

/** @returns the new output and carry of an LSTM from the sums of its gates i, f, c, o */
export function lstmGates(call: LayerCall, sums: readonly string[], carry: string): readonly [string, string] {
  const { graph } = call
  const [i = '', f = '', c = '', o = ''] = sums
  const kept = graph.node('Mul', [gate(call, f), carry])
  const next = graph.node('Add', [kept, graph.node('Mul', [gate(call, i), inner(call, c)])])
  return [graph.node('Mul', [gate(call, o), inner(call, next)]), next]
}

/** Gates z, r, h. */
const gruStep: MakeStep =
  (kernel, bias, isPair) =>
  (call, input, [state = '']) => {
    const { graph } = call
    const [inputZ = '', inputR = '', inputH = ''] = split(call, input, 3, -1)
    const product = graph.node('MatMul', [state, kernel])
    const sums = bias === undefined ? product : graph.node('Add', [product, bias])
    const [stateZ = '', stateR = '', stateH = ''] = split(call, sums, 3, -1)
    const z = gate(call, graph.node('Add', [inputZ, stateZ]))
    const r = gate(call, graph.node('Add', [inputR, stateR]))
    const [, , ownKernel = ''] = isPair ? [] : split(call, kernel, 3, -1)
    const reset = isPair
      ? graph.node('Mul', [r, stateH])
      : graph.node('MatMul', [graph.node('Mul', [r, state]), ownKernel])
    const candidate = inner(call, graph.node('Add', [inputH, reset]))
    // z * state + (1 - z) * candidate
    const difference = graph.node('Sub', [state, candidate])
    return [graph.node('Add', [candidate, graph.node('Mul', [z, difference])])]
  }

/** @returns equal parts along an axis */
export function split({ graph }: LayerCall, name: string, count: number, axis: number): readonly string[] {
  return graph.builder.nodeWithOutputs(
    'Split',
    [name],
    { axis: int(axis), num_outputs: int(count) },
    { outputs: count },
  )
}

const inner = (call: LayerCall, name: string): string => applied(call, name, call.config.get('activation') ?? 'tanh')

const gate = (call: LayerCall, name: string): string =>
  applied(call, name, call.config.any('recurrent_activation', 'inner_activation') ?? 'sigmoid')

function applied(call: LayerCall, name: string, value: unknown): string {
  return activate(call, { name, dtype: 'float32', shape: [undefined, undefined], layout: 'logical' }, value).name
}
