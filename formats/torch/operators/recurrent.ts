/**
 * Recurrent layers, and single steps of them.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
import { int, ints, text, texts } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { type Dimension, equalDimensions, multiply } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { reshaped, shapeOfValue } from './call-axes.js'
import { type Cell, GRU, type LayerWeights, LSTM, operatorWeights, RNN } from './recurrent-weights.js'
import { cutOf, transposed } from './views.js'

/** lstm, gru, rnn_tanh and rnn_relu. */
export const recurrent: OperatorRules = {
  lstm: network(LSTM),
  gru: network(GRU, { linear_before_reset: int(1) }),
  rnn_tanh: network(RNN),
  rnn_relu: network(RNN, {}, 'Relu'),
}

const MAX_LAYERS = 1000

/** What holds for all layers. */
interface Network {
  readonly cell: Cell
  readonly attributes: Attributes
  readonly activation: string | undefined
  readonly directions: number
  readonly hidden: number
}

/** `input` [T, N, I], or [N, T, I] with `batch_first`; states [layers * directions, N, H]. */
function network(cell: Cell, attributes: Attributes = {}, activation?: string): OperatorRule {
  return (call, emitter) => {
    if (call.at(1, 'hx')?.kind === 'tensor' && call.at(2, 'params')?.kind === 'tensor')
      return call.refuse('its sequences are packed')
    const directions = call.bool(7, 'bidirectional', false) ? 2 : 1
    const isBatchFirst = call.bool(8, 'batch_first', false)
    const layers = layersOf(call, call.int(4, 'num_layers', 1), directions, call.bool(3, 'has_biases', true))
    const hidden = Number(shapeOf(layers[0]?.[0]?.[1]?.known)?.[1] ?? 0)
    const whole: Network = { cell, attributes, activation, directions, hidden }
    const input = inputOf(call, layers, isBatchFirst, emitter)
    const states = statesOf(call, cell)
    const dropout = call.number(5, 'dropout', 0)
    let value = input
    const last: Value[][] = states.map(() => [])
    for (const [at, layer] of layers.entries()) {
      if (at > 0 && dropout > 0) value = emitter.emit('Dropout', [value, emitter.scalar(dropout, 'float32')])
      const initial = states.map((state) => initialOf(state, at, directions, layers.length, emitter))
      const [steps = value, ...ends] = runLayer(whole, layer, value, initial, emitter)
      value = steps
      for (const [place, end] of ends.entries()) last[place]?.push(end)
    }
    const steps = isBatchFirst ? transposed(value, [1, 0, 2], emitter) : value
    return tuple([steps, ...last.map((ends) => together(ends, emitter))].map(tensor))
  }
}

/** An LSTM has two states in a list, others one. */
function statesOf(call: OperatorCall, { operator }: Cell): readonly Value[] {
  return operator === 'LSTM' ? call.tensors(1, 'hx').map(({ value }) => value) : [call.value(1, 'hx')]
}

function layersOf(call: OperatorCall, count: number, directions: number, hasBias: boolean): readonly LayerWeights[] {
  const weights = call.tensors(2, 'params').map(({ value }) => value)
  const each = hasBias ? 4 : 2
  const isWhole = count > 0 && count <= MAX_LAYERS && weights.length === count * directions * each
  if (!isWhole) {
    const hasProjection = weights.length === count * directions * (each + 1)
    return call.refuse(hasProjection ? 'its state is projected' : `it has ${weights.length} weights in ${count} layers`)
  }
  return range(count).map((layer) =>
    range(directions).map((direction) => {
      const first = (layer * directions + direction) * each
      return weights.slice(first, first + each)
    }),
  )
}

/** Time goes first. */
function inputOf(
  call: OperatorCall,
  layers: readonly LayerWeights[],
  isBatchFirst: boolean,
  emitter: TorchEmitter,
): Value {
  const features = shapeOf(layers[0]?.[0]?.[0]?.known)?.[1]
  const sizes = new Map(typeof features === 'number' ? [[2, features]] : [])
  const shape = call.shape(0, 'input', { rank: 3, sizes })
  if (shape.length !== 3) return call.refuse(`its input has ${shape.length} axes`)
  const found: Dimension = shape[2] ?? 1
  if (typeof features === 'number' && !equalDimensions(found, features)) {
    if (typeof found !== 'number') throw new OpenSize(found, features)
    return call.refuse(`its input has ${found} features, its weights expect ${features}`)
  }
  const value = call.value(0, 'input')
  return isBatchFirst ? transposed(value, [1, 0, 2], emitter) : value
}

/** Zeros need not be said. */
function initialOf(
  state: Value,
  layer: number,
  directions: number,
  layers: number,
  emitter: TorchEmitter,
): Value | undefined {
  if (emitter.onlyNumber(state) === 0) return undefined
  if (layers === 1) return state
  return cutOf(state, { axis: 0, start: layer * directions, end: (layer + 1) * directions, step: 1 }, emitter)
}

/** @returns the outputs of all steps [T, N, directions * H], and the last states [directions, N, H] */
function runLayer(
  { cell, attributes, activation, directions, hidden }: Network,
  layer: LayerWeights,
  input: Value,
  initial: readonly (Value | undefined)[],
  emitter: TorchEmitter,
): readonly Value[] {
  const activations = activation === undefined ? {} : { activations: texts(range(directions).map(() => activation)) }
  const [all, ...states] = emitter.emitAll(
    cell.operator,
    [input, ...operatorWeights(layer, cell, emitter), undefined, ...initial],
    {
      hidden_size: int(hidden),
      direction: text(directions === 2 ? 'bidirectional' : 'forward'),
      ...activations,
      ...attributes,
    },
    { outputs: 1 + initial.length },
  )
  if (all === undefined) return []
  if (directions === 1) return [emitter.emit('Squeeze', [all, emitter.numbers([1])]), ...states]
  const [time = 1, , batch = 1] = shapeOfValue(all)
  const beside = emitter.emit('Transpose', [all], { perm: ints([0, 2, 1, 3]) })
  return [reshaped(beside, [time, batch, multiply(directions, hidden)], emitter), ...states]
}

function together(states: readonly Value[], emitter: TorchEmitter): Value {
  const [only, ...more] = states
  return only !== undefined && more.length === 0 ? only : emitter.emit('Concat', states, { axis: int(0) })
}
