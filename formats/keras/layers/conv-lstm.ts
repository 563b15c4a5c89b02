/** ConvLSTM1D to 3D: an LSTM whose products are convolutions. @see https://keras.io/api/layers/recurrent_layers/conv_lstm2d/ */
import { ints } from '../../../src/graph/attributes.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import type { LayerCall } from '../layer-call.js'
import { lstmGates, split } from './recurrent-loop.js'
import {
  loopOver,
  type SequenceKind,
  type SequenceResult,
  type SequenceTask,
  type Step,
  zeroState,
} from './sequence.js'
import { hasChannelsFirst, outFirst, spatialInput, type Window, windowAttributes, windowedSizes } from './spatial.js'

export function convLstm(dimensions: number): SequenceKind {
  return {
    convert: (call, task) => convert(call, task, dimensions),
    weightCount: (call) => (call.config.flag('use_bias', true) ? 3 : 2),
  }
}

/** The input's convolution runs over all steps at once; the loop is left with that of the state. */
function convert(call: LayerCall, task: SequenceTask, dimensions: number): SequenceResult {
  const { config, graph } = call
  const filters = config.size(['filters', 'nb_filter'])
  const [batch, time, ...rest] = task.input.shape
  const joined = joinedSteps(call, task.input, rest)
  const input = spatialInput(call, dimensions, joined)
  const window: Window = {
    kernel: config.sizes('kernel_size', dimensions),
    strides: config.sizes('strides', dimensions, 1),
    dilations: config.sizes('dilation_rate', dimensions, 1),
    padding: config.text('padding') ?? 'valid',
  }
  const shape = [...window.kernel, input.channels, 4 * filters]
  const kernel = call.weight(0, 'kernel', shape, { arrangement: outFirst(shape) })
  const bias = config.flag('use_bias', true) ? [call.weight(2, 'bias', [4 * filters])] : []
  const sums = call.node('Conv', [input.name, kernel, ...bias], windowAttributes(call, input, window))
  const sizes = windowedSizes(input, window).map((size) => {
    if (size === undefined) throw call.refuse('the size of its input is not known')
    return size
  })
  const steps = time ?? -1
  const sequence = graph.node('Reshape', [sums, graph.builder.constant([-1, steps, 4 * filters, ...sizes])])
  if (time === undefined) throw call.refuse('the number of its steps is not known')
  const zeros = () => [0, 1].map(() => zeroState(call, task.input, [filters, ...sizes]))
  const given = task.initial.map((state) => (hasChannelsFirst(call) ? state : graph.channelsFirst(state)).name)
  const states = given.length > 0 ? given : zeros()
  const step = stateStep(call, window, filters)
  const made = loopOver(call, task, { sequence, states, stateRank: dimensions + 1, step })
  return result(call, task, made, { batch, time, filters, sizes })
}

/** `[N, time, ...]` to `[N * time, ...]`. */
function joinedSteps(call: LayerCall, input: KerasTensor, rest: KerasShape): KerasTensor {
  const known = rest.map((size) => {
    if (size === undefined) throw call.refuse('the size of its input is not known')
    return size
  })
  const name = call.graph.node('Reshape', [input.name, call.graph.builder.constant([-1, ...known])])
  return { ...input, name, shape: [undefined, ...known], mask: undefined }
}

/** The state keeps its size: strides of 1, SAME padding. */
function stateStep(call: LayerCall, window: Window, filters: number): Step {
  const shape = [...window.kernel, filters, 4 * filters]
  const kernel = call.weight(1, 'recurrent_kernel', shape, { arrangement: outFirst(shape) })
  const totals = window.kernel.map((size) => size - 1)
  const pads = [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))]
  const attributes = { kernel_shape: ints(window.kernel), pads: ints(pads) }
  return (inner, input, [state = '', carry = '']) => {
    const { graph } = inner
    const sums = graph.node('Add', [input, graph.node('Conv', [state, kernel], attributes)])
    return lstmGates(inner, split(inner, sums, 4, 1), carry)
  }
}

interface Sizes {
  readonly batch: number | undefined
  readonly time: number
  readonly filters: number
  readonly sizes: readonly number[]
}

/** Loops keep channels at axis 1, behind time where there are steps. */
function result(call: LayerCall, task: SequenceTask, made: ReturnType<typeof loopOver>, sizes: Sizes): SequenceResult {
  const { batch, time, filters, sizes: places } = sizes
  const isFirst = hasChannelsFirst(call)
  const inner = isFirst ? [filters, ...places] : [...places, filters]
  const layout = isFirst ? 'logical' : 'channels-first'
  const state = (name: string) => call.made(name, [batch, ...inner], { ...task.input, layout, mask: undefined })
  const order = [0, 1, ...places.map((_, index) => index + 3), 2]
  const steps = isFirst ? made.steps : call.graph.node('Transpose', [made.steps], { perm: ints(order) })
  return {
    steps: call.made(steps, [batch, time, ...inner], { ...task.input, mask: undefined }),
    last: state(made.last),
    states: made.states.map(state),
  }
}
