/** Recurrent layers as a whole, alone or in both directions: states that go in and out, masks, directions, and what is returned. */
import { int } from '../../../src/graph/attributes.js'
import { TensorArgument, tensorsIn } from '../call-arguments.js'
import type { Fields } from '../fields.js'
import type { Hdf5Dataset } from '../hdf5.js'
import type { KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'
import { convLstm } from './conv-lstm.js'
import { reversed } from './masked-sequence.js'
import { recurrentCells } from './recurrent-cells.js'
import { recurrentOperator } from './recurrent-operator.js'
import type { SequenceKind, SequenceResult } from './sequence.js'

const KINDS: Readonly<Record<string, SequenceKind>> = {
  SimpleRNN: recurrentOperator('SimpleRNN'),
  LSTM: recurrentOperator('LSTM'),
  GRU: recurrentOperator('GRU'),
  CuDNNLSTM: recurrentOperator('CuDNNLSTM'),
  CuDNNGRU: recurrentOperator('CuDNNGRU'),
  RNN: recurrentCells,
  ConvLSTM1D: convLstm(1),
  ConvLSTM2D: convLstm(2),
  ConvLSTM3D: convLstm(3),
}

/** Classes of recurrent layers. */
export const RECURRENT = Object.keys(KINDS)

/** A recurrent layer on its own. */
export const recurrent: LayerConverter = (call) => {
  const { config } = call
  const kind = kindOf(call, call.state.className)
  const result = run(call, kind, sequenceInput(call), initialStates(call))
  const isBackward = config.flag('go_backwards')
  const { input } = result
  const output = outputOf(call, result, isBackward, input)
  // Keras hands the mask on as it is, even where the steps are turned around.
  return config.flag('return_state') ? [output, ...result.states] : output
}

/** Bidirectional: both directions, joined; the weights of the forward direction come first. */
export const bidirectional: LayerConverter = (call) => {
  const { config } = call
  const [layer, other] = [config.object('layer'), config.object('backward_layer')]
  const className = classOf(layer)
  const forwardConfig = layer?.object('config')
  if (forwardConfig === undefined) throw call.refuse('it wraps no layer')
  const kind = kindOf(call, className)
  const input = sequenceInput(call)
  const states = initialStates(call)
  const half = states.length / 2
  const ofForward = call.part('forward', {
    className,
    config: forwardConfig,
    inputs: [input],
    weights: call.state.weights,
  })
  const count = kind.weightCount(ofForward, call.state.weights)
  const part = (name: string, own: string, fields: Fields, weights: readonly Hdf5Dataset[]) =>
    call.part(name, { className: own, config: fields, inputs: [input], weights })
  const forward = run(ofForward, kind, input, states.slice(0, half))
  const backwardConfig = other?.object('config') ?? forwardConfig
  const backwardClass = other === undefined ? className : classOf(other)
  const backwardCall = part('backward', backwardClass, backwardConfig, call.state.weights.slice(count))
  const isForwardBackward = forwardConfig.flag('go_backwards')
  const turned = other === undefined ? !isForwardBackward : backwardConfig.flag('go_backwards')
  const backward = run(backwardCall, kindOf(call, backwardClass), input, states.slice(half), turned)
  const outputs = [
    outputOf(ofForward, forward, isForwardBackward, input),
    // The second direction is turned around once more.
    outputOf(backwardCall, backward, !turned, input),
  ]
  const joined = join(call, outputs)
  return forwardConfig.flag('return_state') ? [...joined, ...forward.states, ...backward.states] : joined
}

function join(call: LayerCall, outputs: readonly KerasTensor[]): readonly KerasTensor[] {
  const [first, second] = outputs
  if (first === undefined || second === undefined) return outputs
  const mode = call.config.get('merge_mode')
  const names = outputs.map(({ name }) => name)
  if (mode === undefined) return outputs
  if (mode === 'concat') {
    const size = call.sizeOf(first.shape, -1) + call.sizeOf(second.shape, -1)
    const ordered = outputs.map((output) => call.graph.logical(output).name)
    const from = { ...first, layout: 'logical' as const }
    return [call.made(call.node('Concat', ordered, { axis: int(-1) }), [...first.shape.slice(0, -1), size], from)]
  }
  const operator = ({ sum: 'Add', mul: 'Mul', ave: 'Mean' } as const)[String(mode)]
  if (operator === undefined) throw call.refuse(`merge_mode is ${JSON.stringify(mode)}`)
  return [call.made(call.node(operator, names), first.shape, first)]
}

/** All steps or the last one, as the layer is asked for. */
function outputOf(call: LayerCall, result: SequenceResult, isTurned: boolean, input: KerasTensor): KerasTensor {
  if (!call.config.flag('return_sequences')) return { ...result.last, mask: undefined }
  const { steps } = result
  const name = isTurned ? reversed(call.graph, steps.name) : steps.name
  return { ...steps, name, mask: input.mask }
}

function run(
  call: LayerCall,
  kind: SequenceKind,
  input: KerasTensor,
  initial: readonly KerasTensor[],
  isBackward = call.config.flag('go_backwards'),
): SequenceResult & { readonly input: KerasTensor } {
  for (const flag of ['stateful', 'time_major', 'reverse_state_order']) {
    if (call.config.flag(flag)) throw call.refuse(`${flag} is set`)
  }
  const givesZeros = call.config.flag('zero_output_for_mask')
  return { ...kind.convert(call, { input, isBackward, givesZeros, initial }), input }
}

function kindOf(call: LayerCall, className: string): SequenceKind {
  const kind = Object.hasOwn(KINDS, className) ? KINDS[className] : undefined
  if (kind === undefined) throw call.refuse(`it wraps ${JSON.stringify(className.slice(0, 60))}`)
  return kind
}

const classOf = (wrapped: Fields | undefined): string => wrapped?.text('class_name')?.replace(/^.*>/, '') ?? 'no layer'

function sequenceInput(call: LayerCall): KerasTensor {
  const [input] = call.inputs
  if (input === undefined) throw call.refuse('it is called without a sequence')
  return call.graph.logical(input)
}

/** States among the arguments, by name or behind the sequence; constants of attention cells are refused by their cells. */
function initialStates(call: LayerCall): readonly KerasTensor[] {
  const { keywords, positional } = call.arguments
  const [first, ...others] = positional
  const behind = first instanceof TensorArgument ? others : [...tensorsIn(first).slice(1), ...others]
  const named = tensorsIn(keywords.initial_state)
  const states = named.length > 0 ? named : behind.flatMap((value) => tensorsIn(value))
  return states.map((state) => ({ ...call.graph.logical(state), mask: undefined }))
}
