/**
 * Writes LSTM, GRU and RNN as one node for each gate and step, so that the walk needs no gradient of its own for them: one
 * product for all steps of the input, then one a step for the state. The graph grows with the length of the sequence.
 *
 * @see https://onnx.ai/onnx/operators/onnx__LSTM.html
 * @see https://onnx.ai/onnx/operators/onnx__GRU.html
 */
import { float, int } from '../graph/attributes.js'
import { DATA_TYPES } from '../graph/data-type.js'
import type { Initializer, ModelGraph } from '../graph/graph.js'
import type { InputBindings } from '../operators/bindings.js'
import { inferTypes } from '../operators/infer.js'
import { ForwardView } from './gradient-rule.js'
import { type Activation, CELLS, type Cell, type Direction, type State } from './recurrent-cell.js'
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
    writeSequence(new ForwardView(trace, emit), cell, hasStateBias(main.initializers.get(node.inputs[3] ?? '')))
    return true
  })
}

/**
 * Formats whose layers have one bias in place of two (Keras) put zeros beside it, and note how many elements are real: what
 * is no weight must not be trained, or the bias would move twice as fast.
 */
function hasStateBias(bias: Initializer | undefined): boolean {
  const { storedElements, shape = [] } = bias ?? {}
  return storedElements === undefined || 2 * storedElements > shape.reduce((product, size) => product * size, 1)
}

/** HardSigmoid alone has settings of its own. */
const ACTIVATIONS = ['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'Softplus', 'HardSigmoid']

function writeSequence(view: ForwardView, cell: Cell, isBiasedTwice: boolean): void {
  checkSettings(view)
  const { emit } = view
  const isBatchFirst = view.int('layout', 0) === 1
  const sizes = view.sizes(0)
  const [length = 1, batch = 1, width = 1] = isBatchFirst ? [sizes[1], sizes[0], sizes[2]] : sizes
  const [directions = 1, , units = 1] = view.sizes(2)
  const x = isBatchFirst ? emit.transpose(view.input(0), [1, 0, 2]) : view.input(0)
  const rows = emit.reshape(x, [length * batch, width])
  const runs = Array.from({ length: directions }, (_, index) => {
    const direction = directionOf(view, cell, index, units, isBiasedTwice)
    const inputs = inputRows(view, cell, rows, index, [length, batch, units])
    const isReverse = index === 1 || view.text('direction', 'forward') === 'reverse'
    return run(cell, direction, inputs, startOf(view, index, batch, units, isBatchFirst), isReverse)
  })
  const shape = [length, 1, batch, units]
  const all = runs.map(({ outputs }) => emit.reshape(joined(view, outputs, 0), shape))
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

/** Steps behind a sequence's end leave its state as it is and give 0. */
function run(cell: Cell, direction: Direction, inputs: readonly string[], start: State, isReverse: boolean) {
  const { view } = direction
  const lasts = masksOf(view, inputs.length)
  const outputs: string[] = inputs.map(() => '')
  let state = start
  for (const place of isReverse ? [...inputs.keys()].toReversed() : inputs.keys()) {
    const next = cell.step(direction, inputs[place] ?? '', state)
    const lasting = lasts[place]
    const keep = (after: string, before: string) =>
      lasting === undefined || after === '' ? after : view.emit.op('Where', [lasting, after, before])
    outputs[place] = keep(next.hidden, view.scalar(0))
    state = { hidden: keep(next.hidden, state.hidden), cell: keep(next.cell, state.cell) }
  }
  return { end: state, outputs }
}

/** For each step which sequences last beyond it, `[N, 1]`; none where all have the same length. */
function masksOf(view: ForwardView, length: number): readonly string[] {
  const { emit } = view
  if (view.input(4) === '' || view.numbers(4)?.every((steps) => steps === length) === true) return []
  const lengths = emit.op('Cast', [view.input(4)], { to: int(DATA_TYPES.int64.code) })
  const column = emit.reshape(lengths, [-1, 1])
  return Array.from({ length }, (_, step) => emit.op('Less', [emit.whole(step), column]))
}

function directionOf(view: ForwardView, cell: Cell, index: number, units: number, isBiasedTwice: boolean): Direction {
  const { emit } = view
  const gates = cell.gates * units
  const all = activationsOf(view, namedActivations(view) ?? [...cell.activations, ...cell.activations])
  const bias = view.input(3)
  return {
    view,
    units,
    recurrence: part(view, 2, index, [gates, units]),
    bias: bias === '' || !isBiasedTwice ? '' : emit.slice(part(view, 3, index, [2 * gates]), 0, gates, 2 * gates),
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

function checkSettings(view: ForwardView): void {
  if (view.attribute('clip') !== undefined) throw view.refusal('clip is not trained')
  if (view.int('input_forget', 0) !== 0) throw view.refusal('input_forget is not trained')
  const other = namedActivations(view)?.find((activation) => !ACTIVATIONS.includes(activation))
  if (other !== undefined) throw view.refusal(`activation ${other} is not trained`)
}

function namedActivations(view: ForwardView): readonly string[] | undefined {
  const attribute = view.attribute('activations')
  return attribute?.kind === 'strings' ? attribute.value : undefined
}
