/**
 * If, Loop and Scan. Where the run decides, an assumption is stated beside the counts.
 *
 * @see https://onnx.ai/onnx/operators/onnx__Loop.html
 */
import { FormatError } from '../core/errors.js'
import { type Dimension, equalDimensions, formatDimension, multiply, type Shape } from '../graph/dimension.js'
import type { Graph, ValueType } from '../graph/graph.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { normalizeAxis } from './shape/axis.js'

import { hasInput } from './shape/inputs.js'
import { withoutContents } from './shape/same.js'

/** If, Loop, Scan. */
export const controlFlow: OperatorFamily = {
  If: { shape: ifShape, cost: ifCost, settingInputs: 'all' },
  Loop: { shape: loopShape, cost: loopCost, settingInputs: 'all' },
  Scan: { shape: scanShape, cost: scanCost, settingInputs: 'all' },
}

/** A value that changes from step to step settles after a few rounds, or its shape is not known. */
const MAX_ROUNDS = 3

function graphOf(context: NodeContext, name: string): Graph {
  const attribute = context.attribute(name)
  if (attribute?.kind === 'graph') return attribute.value
  throw new FormatError('E_ATTRIBUTE_KIND', `${context.node.operator}: sub-graph ${name} is missing`)
}

/** @returns the branch that a condition known before the run takes */
function takenBranch(context: NodeContext): Graph | undefined {
  const condition = context.numbers(0)?.[0]
  if (condition === undefined) return undefined
  return graphOf(context, condition === 0 ? 'else_branch' : 'then_branch')
}

function ifShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const taken = takenBranch(context)
  const whenTrue = context.inferSubgraph(graphOf(context, 'then_branch'), [])
  const whenFalse = context.inferSubgraph(graphOf(context, 'else_branch'), [])
  if (taken !== undefined) return taken === graphOf(context, 'then_branch') ? whenTrue : whenFalse
  return whenTrue.map((value, index) => merged(context, value, whenFalse[index]))
}

function ifCost(context: CostContext): Cost {
  const taken = takenBranch(context)
  if (taken !== undefined) return context.subgraph(taken)
  const branches = ['then_branch', 'else_branch'].map((name) => graphOf(context, name))
  context.assume(`If ${nameOf(context)}: the branch that costs more is counted`)
  return context.costliest(branches)
}

/** What holds of both values: sizes that differ are not known. */
function merged(context: NodeContext, left: KnownValue, right: KnownValue | undefined): KnownValue {
  const type = mergedType(context, left.type, right?.type)
  return { type }
}

function mergedType(
  context: NodeContext,
  left: ValueType | undefined,
  right: ValueType | undefined,
): ValueType | undefined {
  if (left === undefined || right === undefined || left.kind !== right.kind) return undefined
  if (left.kind !== 'tensor' || right.kind !== 'tensor') return left
  const shape = mergedShape(context, left.shape, right.shape)
  return left.dtype === right.dtype ? { ...left, shape } : undefined
}

function mergedShape(context: NodeContext, left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left === undefined || right === undefined || left.length !== right.length) return undefined
  return left.map((size, axis) =>
    equalDimensions(size, right[axis] ?? -1) ? size : context.unknownDimension(context.node.operator),
  )
}

/** Inputs: trip count, condition, carried values. Body: iteration, condition, carried -> condition, carried, scanned. */
function loopShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const body = graphOf(context, 'body')
  const carriedCount = Math.max(context.node.inputs.length - 2, 0)
  const head = [tensor('int64', []), tensor('bool', [])]
  const outputs = settled(context, body, head, context.inputs.slice(2), 1)
  const runs = tripCount(context, body, outputs[0])
  const length = runs ?? context.unknownDimension('Loop')
  const carried = outputs.slice(1, 1 + carriedCount).map(withoutContents)
  const scanned = outputs.slice(1 + carriedCount).map((value) => stacked(value, length, 0))
  return [...carried, ...scanned]
}

/** Runs the body until the types of the carried values no longer change. */
function settled(
  context: NodeContext,
  body: Graph,
  head: readonly (KnownValue | undefined)[],
  initial: readonly (KnownValue | undefined)[],
  firstCarried: number,
  tail: readonly (KnownValue | undefined)[] = [],
): readonly KnownValue[] {
  let carried = initial.map(withoutContents)
  for (let round = 1; ; round += 1) {
    const outputs = context.inferSubgraph(body, [...head, ...carried, ...tail])
    const next = carried.map((value, index) => generalized(context, value, outputs[firstCarried + index]))
    const isSettled = next.every((value, index) => value === carried[index])
    if (isSettled) return outputs
    carried =
      round < MAX_ROUNDS ? next : next.map((value, index) => (value === carried[index] ? value : withoutShape(value)))
    if (round > MAX_ROUNDS) return outputs
  }
}

/** @returns `before` itself where the type stays, a type that covers both where it changes */
function generalized(
  context: NodeContext,
  before: KnownValue | undefined,
  after: KnownValue | undefined,
): KnownValue | undefined {
  const [was, is] = [before?.type, after?.type]
  if (was === undefined || is === undefined || was.kind !== 'tensor' || is.kind !== 'tensor') return before
  if (was.shape === undefined || was.dtype !== is.dtype) return before
  const isSame =
    is.shape?.length === was.shape.length && was.shape.every((size, axis) => covers(size, is.shape?.[axis] ?? -1))
  return isSame ? before : { type: { ...was, shape: mergedShape(context, was.shape, is.shape) } }
}

/** A name made for an unknown size stands for any size. */
function covers(size: Dimension, other: Dimension): boolean {
  return equalDimensions(size, other) || (typeof size === 'object' && formatDimension(size).includes('#'))
}

function withoutShape(value: KnownValue | undefined): KnownValue | undefined {
  return value?.type?.kind === 'tensor' ? { type: { ...value.type, shape: undefined } } : value
}

/**
 * The trip count where it is known and nothing ends the loop before: the body's condition is true or only handed on.
 *
 * @param condition - the body's first output
 */
function tripCount(context: NodeContext, body: Graph, condition: KnownValue | undefined): number | undefined {
  const start = hasInput(context, 1) ? context.numbers(1)?.[0] : 1
  if (start === 0) return 0
  const isKept = condition?.elements?.[0] === 1 || handsConditionOn(body)
  const trips = hasInput(context, 0) ? context.numbers(0)?.[0] : undefined
  return trips !== undefined && start !== undefined && isKept ? Math.max(trips, 0) : undefined
}

function handsConditionOn(body: Graph): boolean {
  const given = body.inputs[1]?.name
  let name = body.outputs[0]?.name
  for (let step = 0; step < 8 && name !== given; step += 1) {
    const source = body.nodes.find((node) => node.outputs.includes(name ?? ''))
    if (source?.operator !== 'Identity') return false
    name = source.inputs[0]
  }
  return name !== undefined && name === given
}

function loopCost(context: CostContext): Cost {
  const body = graphOf(context, 'body')
  const condition = context.subgraphOutputs(body)[0]
  const known = tripCount(context, body, condition)
  if (known !== undefined) return context.subgraph(body, known)
  const most = hasInput(context, 0) ? context.numbers(0)?.[0] : undefined
  // Exporters write the largest integer for "until the condition is false".
  const runs = most !== undefined && most < 2 ** 31 - 1 ? most : 1
  context.assume(
    runs === 1
      ? `Loop ${nameOf(context)}: the run decides how often it runs; it is counted once`
      : `Loop ${nameOf(context)}: it is counted with its greatest number of runs, ${runs}`,
  )
  return context.subgraph(body, runs)
}

/** Sequences of a Scan: where the inputs that are scanned begin, and along which axes. */
interface Scanning {
  readonly states: readonly (KnownValue | undefined)[]
  readonly sequences: readonly (KnownValue | undefined)[]
  readonly axes: readonly number[]
  readonly outputAxes: readonly number[]
  /** Opset 8 has the sequence lengths as input 0, and a batch as first axis of everything. */
  readonly isBatched: boolean
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

function scanShape(context: NodeContext): readonly (KnownValue | undefined)[] {
  const scanning = scanningOf(context)
  const { states, sequences, isBatched } = scanning
  const length = scanLength(context, scanning)
  const elements = sequences.map((value, index) => elementOf(value, scanning, index))
  const initial = isBatched ? states.map((value) => withoutAxis(value, 0)) : states
  const outputs = settled(context, graphOf(context, 'body'), [], initial, 0, elements)
  const batch = isBatched ? batchOf(context, scanning) : undefined
  const grown = outputs.map((value, index) => {
    const isState = index < states.length
    const result = isState
      ? withoutContents(value)
      : stacked(value, length, scanning.outputAxes[index - states.length] ?? 0)
    return batch === undefined ? result : stacked(result, batch, 0)
  })
  return grown
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

function scanCost(context: CostContext): Cost {
  const scanning = scanningOf(context)
  const length = scanLength(context, scanning)
  const runs = scanning.isBatched ? multiply(length, batchOf(context, scanning)) : length
  if (typeof runs === 'number') return context.subgraph(graphOf(context, 'body'), runs)
  context.assume(`Scan ${nameOf(context)}: the run decides how long the sequence is; one element is counted`)
  return context.subgraph(graphOf(context, 'body'), 1)
}

/** @returns the value with a new axis, as steps stack their results */
function stacked(value: KnownValue | undefined, length: Dimension, axis: number): KnownValue | undefined {
  if (value?.type?.kind !== 'tensor') return value === undefined ? undefined : { type: undefined }
  const { dtype, shape } = value.type
  if (shape === undefined) return tensor(dtype, undefined)
  return tensor(dtype, shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, length))
}

function nameOf(context: NodeContext): string {
  return context.node.name || context.node.outputs[0] || 'without a name'
}
