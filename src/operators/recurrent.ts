/**
 * Recurrent networks over a sequence: RNN, LSTM and GRU.
 *
 * @see https://onnx.ai/onnx/operators/onnx__LSTM.html
 */
import type { Dimension } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { dimensionAt, hasInput, shapeOfRank } from './shape/inputs.js'

/** What one time step of a cell computes. */
export interface Cell {
  /** Products with the input and with the last hidden state. */
  readonly gates: number
  /** Steps per hidden unit besides the sums, biases and activations of the gates. */
  readonly steps: number
  /** Elementwise products with the cell state that `P` adds. */
  readonly peepholes: number
  /** Output 2 is the cell state. */
  readonly hasCellState: boolean
}

const RNN: Cell = { gates: 1, steps: 0, peepholes: 0, hasCellState: false }
/** `C = f*C + i*c` and `H = o*h(C)`: three and two steps. */
export const LSTM: Cell = { gates: 4, steps: 5, peepholes: 3, hasCellState: true }
/** `r*H` and `H = (1 - z)*h + z*H`: one and four steps. */
const GRU: Cell = { gates: 3, steps: 5, peepholes: 0, hasCellState: false }

/** Lengths and first states are no weights: exporters write zeros for them. */
export const RECURRENT_SETTINGS = [4, 5, 6]

export const recurrent: OperatorFamily = {
  RNN: recurrentRule(RNN),
  LSTM: recurrentRule(LSTM),
  GRU: recurrentRule(GRU),
}

function recurrentRule(cell: Cell): OperatorRule {
  return {
    shape: (context) => recurrentShape(context, cell, dimensionAt(context, 2, 2, 'hidden')),
    cost: (context) => recurrentCost(context, cell, context.inputSizes(2)[2] ?? 0),
    settingInputs: RECURRENT_SETTINGS,
  }
}

/**
 * `X` is `[T, N, I]`, `Y` `[T, D, N, H]`, states `[D, N, H]`; with `layout` 1 (opset 14)
 * `[N, T, I]`, `[N, T, D, H]`, `[N, D, H]`.
 *
 * @param hidden - from the recurrence weights; the attribute `hidden_size` wins
 */
export function recurrentShape(
  context: NodeContext,
  cell: Cell,
  hidden: Dimension,
): readonly (KnownValue | undefined)[] {
  const [first, second] = shapeOfRank(context, 0, ['steps', 'batch', 'input'])
  if (first === undefined || second === undefined) return []
  const units = context.int('hidden_size', 0) || hidden
  const directions = directionCount(context)
  const isBatchFirst = context.int('layout', 0) === 1
  const dtype = context.dtype(0)
  const state = tensor(dtype, isBatchFirst ? [first, directions, units] : [directions, second, units])
  const sequence = isBatchFirst ? [first, second, directions, units] : [first, directions, second, units]
  return cell.hasCellState ? [tensor(dtype, sequence), state, state] : [tensor(dtype, sequence), state]
}

/**
 * Products with the input and the hidden state for every step, direction and sequence of the batch.
 * Known `sequence_lens` shorten it; unknown ones are taken to be full.
 *
 * @param units - hidden size, from the recurrence weights
 */
export function recurrentCost(context: CostContext, cell: Cell, units: number): Cost {
  const [first = 0, second = 0, inputSize = 0] = context.inputSizes(0)
  const isBatchFirst = context.int('layout', 0) === 1
  const runs =
    directionCount(context) * stepsOfBatch(context, isBatchFirst ? second : first, isBatchFirst ? first : second)
  const perGate = 2 + (hasInput(context, 3) ? 2 : 0) + (context.attribute('clip') === undefined ? 0 : 1)
  const peepholes = hasInput(context, 7) ? 2 * cell.peepholes : 0
  return {
    macs: runs * cell.gates * units * (inputSize + units),
    other: runs * units * (cell.gates * perGate + cell.steps + peepholes),
  }
}

function stepsOfBatch(context: CostContext, length: number, batch: number): number {
  const lengths = context.numbers(4)
  if (lengths !== undefined) return lengths.reduce((sum, steps) => sum + Math.min(Math.max(steps, 0), length), 0)
  if (hasInput(context, 4)) context.assume('recurrent layers: every sequence has the full length')
  return length * batch
}

function directionCount(context: NodeContext): number {
  return context.text('direction', 'forward') === 'bidirectional' ? 2 : 1
}
