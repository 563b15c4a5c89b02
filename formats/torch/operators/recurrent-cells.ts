/** Single steps of recurrent layers. @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html */
import { int } from '../../../src/graph/attributes.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { like } from './operands.js'

/** lstm_cell, gru_cell, rnn_tanh_cell and rnn_relu_cell. */
export const recurrentCells: OperatorRules = {
  lstm_cell: (call, emitter) => {
    const [hidden, cell] = call.tensors(1, 'hx').map(({ value }) => value)
    if (hidden === undefined || cell === undefined) return call.refuse('it has fewer than two states')
    const [input, forget, fresh, output] = gatesOf(add(...sides(call, hidden, emitter), emitter), 4, emitter)
    const sigmoid = (value: Value | undefined) => emitter.emit('Sigmoid', [value])
    const held = emitter.emit('Mul', [sigmoid(forget), cell])
    const next = add(held, emitter.emit('Mul', [sigmoid(input), emitter.emit('Tanh', [fresh])]), emitter)
    const shown = emitter.emit('Mul', [sigmoid(output), emitter.emit('Tanh', [next])])
    return tuple([tensor(shown), tensor(next)])
  },
  gru_cell: (call, emitter) => {
    const hidden = call.value(1, 'hx')
    const [ofInput, ofState] = sides(call, hidden, emitter).map((side) => gatesOf(side, 3, emitter))
    const gate = (at: number) => emitter.emit('Sigmoid', [emitter.emit('Add', [ofInput?.[at], ofState?.[at]])])
    const [reset, update] = [gate(0), gate(1)]
    const fresh = emitter.emit('Tanh', [
      emitter.emit('Add', [ofInput?.[2], emitter.emit('Mul', [reset, ofState?.[2]])]),
    ])
    const rest = emitter.emit('Sub', [like(1, update, emitter), update])
    return emitter.tensor('Add', [emitter.emit('Mul', [rest, fresh]), emitter.emit('Mul', [update, hidden])])
  },
  rnn_tanh_cell: plain('Tanh'),
  rnn_relu_cell: plain('Relu'),
}

function plain(activation: string): OperatorRule {
  return (call, emitter) => emitter.tensor(activation, [add(...sides(call, call.value(1, 'hx'), emitter), emitter)])
}

const add = (left: Value, right: Value, emitter: TorchEmitter): Value => emitter.emit('Add', [left, right])

/** What the input and the state give to all gates. */
function sides(call: OperatorCall, hidden: Value, emitter: TorchEmitter): readonly [Value, Value] {
  const side = (value: Value, weight: Value, bias: Value | undefined) =>
    emitter.emit('Gemm', [value, weight, bias], { transB: int(1) })
  const ofInput = side(call.value(0, 'input'), call.value(2, 'w_ih'), call.optionalValue(4, 'b_ih'))
  return [ofInput, side(hidden, call.value(3, 'w_hh'), call.optionalValue(5, 'b_hh'))]
}

function gatesOf(value: Value, count: number, emitter: TorchEmitter): readonly Value[] {
  const each = Number(shapeOf(value.known)?.[1] ?? 0) / count
  const lengths = emitter.numbers(range(count).map(() => each))
  return emitter.emitAll('Split', [value, lengths], { axis: int(1) }, { outputs: count })
}
