/**
 * One step of a recurrent cell, gate by gate.
 *
 * @see https://onnx.ai/onnx/operators/onnx__LSTM.html
 * @see https://onnx.ai/onnx/operators/onnx__GRU.html
 */
import { int } from '../graph/attributes.js'
import type { Attributes } from '../graph/builder.js'
import type { ForwardView } from './gradient-rule.js'

/** An activation with its settings. */
export interface Activation {
  readonly operator: string
  readonly attributes: Attributes
}

/** Hidden state, and the cell state of LSTM; `[N, H]`. */
export interface State {
  readonly hidden: string
  readonly cell: string
}

/** Weights of one direction. */
export interface Direction {
  readonly view: ForwardView
  /** `[gates * H, H]`. */
  readonly recurrence: string
  /** `[gates * H]`; `''` for none. */
  readonly bias: string
  /** `[3 * H]`; `''` for none. */
  readonly peepholes: string
  readonly activations: readonly Activation[]
  readonly units: number
}

/** One kind of cell: its gates, the activations it has by default, and one step of it. */
export interface Cell {
  readonly gates: number
  readonly activations: readonly string[]
  /** @param input - what the input gives to the gates, with its bias, `[N, gates * H]` */
  readonly step: (direction: Direction, input: string, state: State) => State
}

/** Cells by operator. */
export const CELLS: Readonly<Record<string, Cell>> = {
  LSTM: { gates: 4, activations: ['Sigmoid', 'Tanh', 'Tanh'], step: lstmStep },
  GRU: { gates: 3, activations: ['Sigmoid', 'Tanh'], step: gruStep },
  RNN: { gates: 1, activations: ['Tanh'], step: rnnStep },
}

function activated({ view, activations }: Direction, index: number, value: string): string {
  const { operator, attributes } = activations[index] ?? { operator: 'Tanh', attributes: {} }
  return view.emit.op(operator, [value], attributes)
}

function parted({ view, units }: Direction, value: string, count: number, axis = 1): readonly string[] {
  return view.emit.ops('Split', [value, view.emit.whole(Array(count).fill(units))], count, { axis: int(axis) })
}

function times({ view }: Direction, state: string, weights: string, bias: string): string {
  return view.emit.op('Gemm', bias === '' ? [state, weights] : [state, weights, bias], { transB: int(1) })
}

/** Gates in the order input, output, forget, cell; peepholes in the order input, output, forget. */
function lstmStep(direction: Direction, input: string, state: State): State {
  const { emit } = direction.view
  const sums = emit.add(input, times(direction, state.hidden, direction.recurrence, direction.bias))
  const [i = '', o = '', f = '', c = ''] = parted(direction, sums, 4)
  const peepholes = direction.peepholes === '' ? [] : parted(direction, direction.peepholes, 3, 0)
  const seen = (gate: string, cell: string, index: number): string => {
    const peephole = peepholes[index]
    return peephole === undefined ? gate : emit.add(gate, emit.mul(peephole, cell))
  }
  const enters = activated(direction, 0, seen(i, state.cell, 0))
  const stays = activated(direction, 0, seen(f, state.cell, 2))
  const cell = emit.add(emit.mul(stays, state.cell), emit.mul(enters, activated(direction, 1, c)))
  const leaves = activated(direction, 0, seen(o, cell, 1))
  return { cell, hidden: emit.mul(leaves, activated(direction, 2, cell)) }
}

/** Gates in the order update, reset, hidden. */
function gruStep(direction: Direction, input: string, state: State): State {
  const { view } = direction
  const { emit } = view
  const [inZ = '', inR = '', inH = ''] = parted(direction, input, 3)
  const [weightZ = '', weightR = '', weightH = ''] = parted(direction, direction.recurrence, 3, 0)
  const biases = direction.bias === '' ? ['', '', ''] : parted(direction, direction.bias, 3, 0)
  const gate = (own: string, weight: string, bias = '') =>
    activated(direction, 0, emit.add(own, times(direction, state.hidden, weight, bias)))
  const update = gate(inZ, weightZ, biases[0])
  const reset = gate(inR, weightR, biases[1])
  const recalled =
    view.int('linear_before_reset', 0) === 0
      ? times(direction, emit.mul(reset, state.hidden), weightH, biases[2] ?? '')
      : emit.mul(reset, times(direction, state.hidden, weightH, biases[2] ?? ''))
  const proposed = activated(direction, 1, emit.add(inH, recalled))
  // (1 - z) * h + z * H as h + z * (H - h).
  const hidden = emit.add(proposed, emit.mul(update, emit.sub(state.hidden, proposed)))
  return { hidden, cell: '' }
}

function rnnStep(direction: Direction, input: string, state: State): State {
  const { emit } = direction.view
  const sum = emit.add(input, times(direction, state.hidden, direction.recurrence, direction.bias))
  return { hidden: activated(direction, 0, sum), cell: '' }
}
