/** What If, Loop and Scan share: their sub-graphs, and types that hold for all steps or both branches. */
import { FormatError } from '../../core/errors.js'
import { type Dimension, equalDimensions, formatDimension, max, type Shape } from '../../graph/dimension.js'
import type { Graph, ValueType } from '../../graph/graph.js'
import { tensor } from '../known-value.js'
import type { KnownValue, NodeContext } from '../rule.js'
import { normalizeAxis } from '../shape/axis.js'
import { withoutContents } from '../shape/same.js'

/** A value that changes from step to step settles after a few rounds, or its shape is not known. */
const MAX_ROUNDS = 3

/** @returns the sub-graph that an attribute holds */
export function graphOf(context: NodeContext, name: string): Graph {
  const attribute = context.attribute(name)
  if (attribute?.kind === 'graph') return attribute.value
  throw new FormatError('E_ATTRIBUTE_KIND', `${context.node.operator}: sub-graph ${name} is missing`)
}

/** @returns a name for people */
export function nameOf(context: NodeContext): string {
  return context.node.name || context.node.outputs[0] || 'without a name'
}

/** What holds of both values: sizes that differ are not known, but at most the larger one. */
export function merged(context: NodeContext, left: KnownValue, right: KnownValue | undefined): KnownValue {
  const type = mergedType(context, left.type, right?.type)
  return { type }
}

/** What a body is given at every step: values that come before and behind the carried ones. */
export interface StepInputs {
  readonly before: readonly (KnownValue | undefined)[]
  readonly carried: readonly (KnownValue | undefined)[]
  readonly behind: readonly (KnownValue | undefined)[]
}

/**
 * Runs the body until the types of the carried values no longer change.
 *
 * @param firstCarried - position of the first carried value among the body's outputs
 * @returns the outputs of the body
 */
export function settled(
  context: NodeContext,
  body: Graph,
  inputs: StepInputs,
  firstCarried: number,
): readonly KnownValue[] {
  let carried = inputs.carried.map(withoutContents)
  for (let round = 1; ; round += 1) {
    const outputs = context.inferSubgraph(body, [...inputs.before, ...carried, ...inputs.behind])
    const next = carried.map((value, index) => generalized(context, value, outputs[firstCarried + index]))
    const changes = next.map((value, index) => value !== carried[index])
    if (!changes.includes(true) || round > MAX_ROUNDS) return outputs
    carried = round < MAX_ROUNDS ? next : next.map((value, index) => (changes[index] ? withoutShape(value) : value))
  }
}

/** @returns the value with a new axis, as steps stack their results */
export function stacked(value: KnownValue | undefined, length: Dimension, axis: number): KnownValue | undefined {
  if (value?.type?.kind !== 'tensor') return value === undefined ? undefined : { type: undefined }
  const { dtype, shape } = value.type
  if (shape === undefined) return tensor(dtype, undefined)
  return tensor(dtype, shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, length))
}

function mergedType(
  context: NodeContext,
  left: ValueType | undefined,
  right: ValueType | undefined,
): ValueType | undefined {
  if (left === undefined || right === undefined || left.kind !== right.kind) return undefined
  if (left.kind !== 'tensor' || right.kind !== 'tensor') return left
  const shape = mergedShape(context, left.shape, right.shape, max)
  return left.dtype === right.dtype ? { ...left, shape } : undefined
}

/** @param atMost - gives the limit of a size that differs; what grows from step to step has none */
function mergedShape(
  context: NodeContext,
  left: Shape | undefined,
  right: Shape | undefined,
  atMost?: (left: Dimension, right: Dimension) => Dimension,
): Shape | undefined {
  if (left === undefined || right === undefined || left.length !== right.length) return undefined
  return left.map((size, axis) => {
    const other = right[axis] ?? -1
    return equalDimensions(size, other) ? size : context.unknownDimension(context.node.operator, atMost?.(size, other))
  })
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
