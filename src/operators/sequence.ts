/**
 * Sequences of tensors and optional values.
 *
 * @see https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html
 */
import { type Dimension, equalDimensions, type Shape } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import { tensor } from './known-value.js'
import type { CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { NO_COST } from './shape/cost.js'
import { dtypeAttribute, hasInput } from './shape/inputs.js'
import { withoutContents } from './shape/same.js'

export const sequence: OperatorFamily = {
  SequenceConstruct: moves((context) => [sequenceOf(commonType(context, context.inputs.map(typeOfValue)))]),
  SequenceEmpty: moves((context) => [
    sequenceOf({ kind: 'tensor', dtype: dtypeAttribute(context, 'dtype', 'float32') ?? 'float32', shape: undefined }),
  ]),
  SequenceInsert: moves((context) => [sequenceOf(insertedType(context))], [2]),
  SequenceErase: moves((context) => [withoutContents(context.inputs[0])], [1]),
  SequenceAt: moves((context) => [elementOf(context, 0)], [1]),
  SequenceLength: moves((context) => [tensor('int64', [], [context.unknownDimension('length')])]),
  SequenceMap: {
    shape: (context) => mapSequence(context),
    cost: (context) => mapCost(context),
  },
  SplitToSequence: moves((context) => [sequenceOf(splitType(context))], [1]),
  ConcatFromSequence: moves((context) => [concatenated(context)]),
  Optional: moves((context) => [optionalOf(context)]),
  OptionalGetElement: moves((context) => [contentOf(context.inputs[0])]),
  OptionalHasElement: moves((context) => [hasElement(context)]),
}

function moves(shape: OperatorRule['shape'], settingInputs: readonly number[] = []): OperatorRule {
  return { shape, cost: 'free', settingInputs }
}

function typeOfValue(value: KnownValue | undefined): ValueType | undefined {
  return value?.type
}

function sequenceOf(element: ValueType | undefined): KnownValue {
  return { type: { kind: 'sequence', element } }
}

function elementType(value: KnownValue | undefined): ValueType | undefined {
  return value?.type?.kind === 'sequence' ? value.type.element : undefined
}

/** What all of these types have in common: sizes that differ become unknown, and so does the rank when it differs. */
function commonType(context: NodeContext, types: readonly (ValueType | undefined)[]): ValueType | undefined {
  const [first, ...others] = types
  return others.reduce((common, type) => common && type && joined(context, common, type), first)
}

function joined(context: NodeContext, left: ValueType, right: ValueType): ValueType | undefined {
  if (left.kind !== 'tensor' || right.kind !== 'tensor' || left.dtype !== right.dtype) return undefined
  return { ...left, shape: commonShape(context, left.shape, right.shape) }
}

function commonShape(context: NodeContext, left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (left === undefined || right === undefined || left.length !== right.length) return undefined
  return left.map((size, axis) =>
    equalDimensions(size, right[axis] ?? 0) ? size : context.unknownDimension(`axis${axis}`),
  )
}

/** An empty sequence knows the element type but no shape: the tensor that comes in does not tell of those before it. */
function insertedType(context: NodeContext): ValueType | undefined {
  const element = elementType(context.inputs[0])
  const added = typeOfValue(context.inputs[1])
  return element === undefined || added === undefined ? (element ?? added) : joined(context, element, added)
}

function elementOf(context: NodeContext, index: number): KnownValue | undefined {
  const element = elementType(context.inputs[index])
  return element === undefined ? undefined : { type: element }
}

function splitType(context: NodeContext): ValueType | undefined {
  const shape = context.shape(0)
  const dtype = context.dtype(0)
  if (dtype === undefined) return undefined
  if (shape === undefined) return { kind: 'tensor', dtype, shape }
  const axis = normalizeAxis(context.int('axis', 0), shape.length)
  if (!hasInput(context, 1) && context.int('keepdims', 1) === 0) {
    return { kind: 'tensor', dtype, shape: shape.filter((_, at) => at !== axis) }
  }
  const part = hasInput(context, 1) ? partSize(context, shape[axis]) : 1
  return { kind: 'tensor', dtype, shape: shape.map((size, at) => (at === axis ? part : size)) }
}

/** One size for all parts, where they are equal. */
function partSize(context: NodeContext, whole: Dimension | undefined): Dimension {
  const parts = context.numbers(1)
  const [first] = parts ?? []
  const isEven = parts?.every((part) => part === first) === true
  if (first === undefined || !isEven) return context.unknownDimension('part')
  const isScalar = context.shape(1)?.length === 0
  return !isScalar || (typeof whole === 'number' && whole % first === 0) ? first : context.unknownDimension('part')
}

function concatenated(context: NodeContext): KnownValue | undefined {
  const element = elementType(context.inputs[0])
  if (element?.kind !== 'tensor') return undefined
  const { dtype, shape } = element
  if (shape === undefined) return tensor(dtype, undefined)
  const isNew = context.int('new_axis', 0) === 1
  const rank = shape.length + (isNew ? 1 : 0)
  const axis = normalizeAxis(context.int('axis', 0), rank)
  const total = context.unknownDimension('concatenated')
  return tensor(dtype, isNew ? shape.toSpliced(axis, 0, total) : shape.with(axis, total))
}

function optionalOf(context: NodeContext): KnownValue {
  const type = context.attribute('type')
  const declared = type?.kind === 'type' ? type.value : undefined
  return { type: { kind: 'optional', element: context.inputs[0]?.type ?? declared } }
}

/** From opset 18 on the input may be the bare tensor or sequence. */
function contentOf(value: KnownValue | undefined): KnownValue | undefined {
  const type = value?.type
  if (type?.kind !== 'optional') return withoutContents(value)
  return type.element === undefined ? undefined : { type: type.element }
}

function hasElement(context: NodeContext): KnownValue | undefined {
  const value = context.inputs[0]
  if (value === undefined) return tensor('bool', [], [0])
  return value.type === undefined || value.type.kind === 'optional' ? tensor('bool', []) : tensor('bool', [], [1])
}

/** The body sees one element of every sequence, and tensors as they are. */
function mapSequence(context: NodeContext): readonly (KnownValue | undefined)[] {
  const body = context.attribute('body')
  if (body?.kind !== 'graph') return []
  const inputs = context.inputs.map((value) => {
    const element = elementType(value)
    return element === undefined ? value : { type: element }
  })
  return context.inferSubgraph(body.value, inputs).map((output) => sequenceOf(output.type))
}

function mapCost(context: CostContext) {
  const body = context.attribute('body')
  if (body?.kind !== 'graph') return NO_COST
  context.assume('SequenceMap: the body runs once, since the length of the sequence is known only to the run')
  return context.subgraph(body.value)
}
