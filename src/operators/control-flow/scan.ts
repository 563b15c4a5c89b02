/**
 * Scan: a body runs once for every element of the sequences.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Scan.html
 */
import { type Dimension, multiply } from '../../graph/dimension.js'
import { tensor } from '../known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorRule } from '../rule.js'
import { normalizeAxis } from '../shape/axis.js'
import { withoutContents } from '../shape/same.js'
import { graphOf, nameOf, settled, stacked } from './steps-and-branches.js'

/** Counted once for every element; before opset 9 for every element of every entry of the batch. */
export const scanRule: OperatorRule = { shape: scanShape, cost: scanCost, settingInputs: 'all' }

/** Sequences of a Scan: where the inputs that are scanned begin, and along which axes. */
interface Scanning {
  readonly states: readonly (KnownValue | undefined)[]
  readonly sequences: readonly (KnownValue | undefined)[]
  readonly axes: readonly number[]
  readonly outputAxes: readonly number[]
  /** Opset 8 has the sequence lengths as input 0, and a batch as first axis of everything. */
  readonly isBatched: boolean
}

function scanShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const scanning = scanningOf(context)
  const { states, sequences, isBatched } = scanning
  const length = scanLength(context, scanning)
  const elements = sequences.map((value, index) => elementOf(value, scanning, index))
  const initial = isBatched ? states.map((value) => withoutAxis(value, 0)) : states
  const outputs = settled(context, graphOf(context, 'body'), { before: [], carried: initial, behind: elements }, 0)
  const batch = isBatched ? batchOf(context, scanning) : undefined
  return outputs.map((value, index) => {
    const isState = index < states.length
    const result = isState
      ? withoutContents(value)
      : stacked(value, length, scanning.outputAxes[index - states.length] ?? 0)
    return batch === undefined ? result : stacked(result, batch, 0)
  })
}

function scanCost(context: CostContext): Cost {
  const scanning = scanningOf(context)
  const length = scanLength(context, scanning)
  const runs = scanning.isBatched ? multiply(length, batchOf(context, scanning)) : length
  if (typeof runs === 'number') return context.subgraph(graphOf(context, 'body'), runs)
  context.assume(`Scan ${nameOf(context)}: the run decides how long the sequence is; one element is counted`)
  return context.subgraph(graphOf(context, 'body'), 1)
}

function scanningOf(context: NodeContext): Scanning {
  const isBatched = context.opset < 9
  const inputs = isBatched ? context.inputs.slice(1) : context.inputs
  const count = context.int('num_scan_inputs', 0)
  const states = inputs.slice(0, Math.max(inputs.length - count, 0))
  return {
    states,
    sequences: inputs.slice(states.length),
    axes: (isBatched ? undefined : context.ints('scan_input_axes')) ?? [],
    outputAxes: (isBatched ? undefined : context.ints('scan_output_axes')) ?? [],
    isBatched,
  }
}

function scanLength(context: NodeContext, { sequences, axes, isBatched }: Scanning): Dimension {
  for (const [index, value] of sequences.entries()) {
    const type = value?.type
    if (type?.kind !== 'tensor' || type.shape === undefined) continue
    const axis = isBatched ? 1 : normalizeAxis(axes[index] ?? 0, type.shape.length)
    const size = type.shape[axis]
    if (size !== undefined) return size
  }
  return context.unknownDimension('Scan')
}

function batchOf(context: NodeContext, { states, sequences }: Scanning): Dimension {
  for (const value of [...sequences, ...states]) {
    const size = value?.type?.kind === 'tensor' ? value.type.shape?.[0] : undefined
    if (size !== undefined) return size
  }
  return context.unknownDimension('Scan')
}

function elementOf(
  value: KnownValue | undefined,
  { axes, isBatched }: Scanning,
  index: number,
): KnownValue | undefined {
  if (isBatched) return withoutAxis(withoutAxis(value, 1), 0)
  return withoutAxis(value, axes[index] ?? 0)
}

function withoutAxis(value: KnownValue | undefined, axis: number): KnownValue | undefined {
  if (value?.type?.kind !== 'tensor' || value.type.shape === undefined) return withoutContents(value)
  const { dtype, shape } = value.type
  return tensor(dtype, shape.toSpliced(normalizeAxis(axis, shape.length), 1))
}
