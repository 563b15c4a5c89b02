/**
 * Writes LSTM, GRU and RNN as one node for each gate and step, so that the walk needs no gradient of its own for them: one
 * product for all steps of the input, then one a step for the state. The graph grows with the length of the sequence.
 *
 * @see https://onnx.ai/onnx/operators/onnx__LSTM.html
 * @see https://onnx.ai/onnx/operators/onnx__GRU.html
 */
import { float, int } from '../graph/attributes.js'
import type { Attributes } from '../graph/builder.js'
import type { ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { ForwardView } from './gradient-rule.js'
import { rewriteGraph } from './rewrite.js'

/**
 * @param model - in the form of `toCurrentOpset`
 * @param bindings - sizes of free input dimensions
 * @throws {UnsupportedError} `E_GRADIENT_SETTING` for settings that are not known here, `E_TRAINING_SHAPE`
 */
export function unrollRecurrent(model: ModelGraph, bindings: InputBindings = {}): ModelGraph {
  if (!model.main.nodes.some(({ domain, operator }) => domain === '' && CELLS[operator] !== undefined)) return model
  const { main } = inferTypes(model, bindings)
  return rewriteGraph(model, 'unrolled', (node, emit, index) => {
    const cell = node.domain === '' ? CELLS[node.operator] : undefined
    const trace = main.nodes[index]
    if (cell === undefined || trace === undefined) return false
    writeSequence(new ForwardView(trace, emit), cell)
    return true
  })
}

/** Hidden state, and the cell state of LSTM; `[N, H]`. */
interface State {
  readonly hidden: string
  readonly cell: string
}

/** Weights of one direction. */
interface Direction {
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
interface Cell {
  readonly gates: number
  readonly activations: readonly string[]
  /** @param input - what the input gives to the gates, with its bias, `[N, gates * H]` */
  readonly step: (direction: Direction, input: string, state: State) => State
}

const CELLS: Readonly<Record<string, Cell>> = {
  LSTM: { gates: 4, activations: ['Sigmoid', 'Tanh', 'Tanh'], step: lstmStep },
  GRU: { gates: 3, activations: ['Sigmoid', 'Tanh'], step: gruStep },
  RNN: { gates: 1, activations: ['Tanh'], step: rnnStep },
}
/** HardSigmoid alone has settings of its own. */
const ACTIVATIONS = ['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'Softplus', 'HardSigmoid']

/** An activation with its settings. */
interface Activation {
  readonly operator: string
  readonly attributes: Attributes
}

function writeSequence(view: ForwardView, cell: Cell): void {
  checkSettings(view)
  const { emit } = view
  const isBatchFirst = view.int('layout', 0) === 1
  const sizes = view.sizes(0)
  const [length = 1, batch = 1, width = 1] = isBatchFirst ? [sizes[1], sizes[0], sizes[2]] : sizes
  const [directions = 1, , units = 1] = view.sizes(2)
  const x = isBatchFirst ? emit.transpose(view.input(0), [1, 0, 2]) : view.input(0)
  const rows = emit.reshape(x, [length * batch, width])
  const runs = Array.from({ length: directions }, (_, index) => {
    const direction = directionOf(view, cell, index, units)
    const inputs = inputRows(view, cell, rows, index, [length, batch, units])
    const isReverse = index === 1 || view.text('direction', 'forward') === 'reverse'
    return run(cell, direction, inputs, startOf(view, index, batch, units, isBatchFirst), isReverse)
  })
  const shape = [length, 1, batch, units]
  const all = runs.map(({ states }) =>
    emit.reshape(
      joined(
        view,
        states.map(({ hidden }) => hidden),
        0,
      ),
      shape,
    ),
  )
  const turned = (value: string, order: readonly number[]) => (isBatchFirst ? emit.transpose(value, order) : value)
  const last = (pick: (state: State) => string) =>
    turned(
      joined(
        view,
        runs.map(({ end }) => emit.reshape(pick(end), [1, batch, units])),
        0,
      ),
      [1, 0, 2],
    )
  name(view, 0, () => turned(joined(view, all, 1), [2, 0, 1, 3]))
  name(view, 1, () => last(({ hidden }) => hidden))
  name(view, 2, () => last(({ cell: state }) => state))
}

function name(view: ForwardView, index: number, write: () => string): void {
  const output = view.output(index)
  if (output !== '') view.emit.ops('Identity', [write()], [output])
}

function joined({ emit }: ForwardView, values: readonly string[], axis: number): string {
  return values.length === 1 ? (values[0] ?? '') : emit.op('Concat', values, { axis: int(axis) })
}

function run(cell: Cell, direction: Direction, inputs: readonly string[], start: State, isReverse: boolean) {
  let state = start
  const states: State[] = []
  for (const input of isReverse ? inputs.toReversed() : inputs) {
    state = cell.step(direction, input, state)
    states.push(state)
  }
  return { end: state, states: isReverse ? states.toReversed() : states }
}

function directionOf(view: ForwardView, cell: Cell, index: number, units: number): Direction {
  const { emit } = view
  const gates = cell.gates * units
  const all = activationsOf(view, namedActivations(view) ?? [...cell.activations, ...cell.activations])
  const bias = view.input(3)
  return {
    view,
    units,
    recurrence: part(view, 2, index, [gates, units]),
    bias: bias === '' ? '' : emit.slice(part(view, 3, index, [2 * gates]), 0, gates, 2 * gates),
    peepholes: view.input(7) === '' ? '' : part(view, 7, index, [3 * units]),
    activations: all.slice(index * cell.activations.length, (index + 1) * cell.activations.length),
  }
}

/** What belongs to one direction of an input, without the axis of directions. */
function part({ emit, node }: ForwardView, input: number, index: number, sizes: readonly number[]): string {
  return emit.reshape(emit.slice(node.inputs[input] ?? '', 0, index, index + 1), sizes)
}

/** Products of the input with its weights, one value `[N, gates * H]` a step. */
function inputRows(
  view: ForwardView,
  cell: Cell,
  rows: string,
  index: number,
  [length = 1, batch = 1, units = 1]: readonly number[],
): readonly string[] {
  const { emit } = view
  const gates = cell.gates * units
  const width = view.sizes(1)[2] ?? 1
  const weights = part(view, 1, index, [gates, width])
  const bias = view.input(3) === '' ? [] : [emit.slice(part(view, 3, index, [2 * gates]), 0, 0, gates)]
  const products = emit.op('Gemm', [rows, weights, ...bias], { transB: int(1) })
  if (length === 1) return [products]
  return emit.ops('Split', [products, emit.whole(Array(length).fill(batch))], length, { axis: int(0) })
}

function startOf(view: ForwardView, index: number, batch: number, units: number, isBatchFirst: boolean): State {
  const { emit } = view
  const state = (input: number): string => {
    if (view.input(input) === '') return emit.zeros([batch, units], view.computesIn)
    return emit.reshape(emit.slice(view.input(input), isBatchFirst ? 1 : 0, index, index + 1), [batch, units])
  }
  return { hidden: state(5), cell: view.node.operator === 'LSTM' ? state(6) : '' }
}

/** Settings are listed for those activations alone that have some. */
function activationsOf(view: ForwardView, names: readonly string[]): readonly Activation[] {
  const [alphas, betas] = [[...(view.floats('activation_alpha') ?? [])], [...(view.floats('activation_beta') ?? [])]]
  return names.map((operator) => {
    if (operator !== 'HardSigmoid') return { operator, attributes: {} }
    return { operator, attributes: { alpha: float(alphas.shift() ?? 0.2), beta: float(betas.shift() ?? 0.5) } }
  })
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

function checkSettings(view: ForwardView): void {
  const length = view.int('layout', 0) === 1 ? view.sizes(0)[1] : view.sizes(0)[0]
  if (view.input(4) !== '' && view.setting(4).some((steps) => steps !== length)) {
    throw view.refusal('sequences of different lengths are not trained')
  }
  if (view.attribute('clip') !== undefined) throw view.refusal('clip is not trained')
  if (view.int('input_forget', 0) !== 0) throw view.refusal('input_forget is not trained')
  const other = namedActivations(view)?.find((activation) => !ACTIVATIONS.includes(activation))
  if (other !== undefined) throw view.refusal(`activation ${other} is not trained`)
}

function namedActivations(view: ForwardView): readonly string[] | undefined {
  const attribute = view.attribute('activations')
  return attribute?.kind === 'strings' ? attribute.value : undefined
}
