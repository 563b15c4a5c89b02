/**
 * Sequences of tensors and optional values. Where the length is known, each tensor is followed on its own; where it is
 * not, as in loops, only what all of them have in common.
 *
 * @see https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html
 */
import { add, type Dimension, equalDimensions, type Shape } from '../graph/dimension.js'
import type { ValueType } from '../graph/graph.js'
import { shapeOf, tensor } from './known-value.js'
import {
  type CostContext,
  type KnownValue,
  MAX_KNOWN_ELEMENTS,
  type NodeContext,
  type OperatorFamily,
  type OperatorRule,
} from './rule.js'
import { normalizeAxis } from './shape/axis.js'
import { NO_COST } from './shape/cost.js'
import { dtypeAttribute, hasInput } from './shape/inputs.js'
import { withoutContents } from './shape/same.js'

export const sequence: OperatorFamily = {
  SequenceConstruct: moves((context) => [ofItems(context, context.inputs)]),
  SequenceEmpty: moves((context) => [{ ...sequenceOf(emptyType(context)), items: [] }]),
  SequenceInsert: moves((context) => [inserted(context)], [2]),
  SequenceErase: moves((context) => [erased(context)], [1]),
  SequenceAt: moves((context) => [itemAt(context)], [1]),
  SequenceLength: moves((context) => [
    tensor('int64', [], [context.inputs[0]?.items?.length ?? context.unknownDimension('length')]),
  ]),
  SequenceMap: {
    shape: (context) => mapSequence(context),
    cost: (context) => mapCost(context),
  },
  SplitToSequence: moves((context) => [split(context)], [1]),
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

function emptyType(context: NodeContext): ValueType {
  const dtype = dtypeAttribute(context, 'dtype', 'float32') ?? 'float32'
  return { kind: 'tensor', dtype, shape: undefined }
}

/** A sequence of known length. */
function ofItems(context: NodeContext, values: readonly (KnownValue | undefined)[]): KnownValue {
  const items = values.map((value) => value ?? { type: undefined })
  const type = sequenceOf(commonType(context, items.map(typeOfValue)))
  return items.length > MAX_KNOWN_ELEMENTS ? type : { ...type, items }
}

/** A tensor goes before the one at the position, or behind all; what comes to lie where is open if the position is. */
function inserted(context: NodeContext): KnownValue {
  const items = context.inputs[0]?.items
  const added = context.inputs[1]
  const at = hasInput(context, 2) ? context.numbers(2)?.[0] : items?.length
  if (items !== undefined && at !== undefined)
    return ofItems(context, items.toSpliced(at, 0, added ?? { type: undefined }))
  if (items !== undefined)
    return alike(context, commonType(context, [...items, added].map(typeOfValue)), items.length + 1)
  const element = elementType(context.inputs[0])
  const type = typeOfValue(added)
  return sequenceOf(element === undefined || type === undefined ? (element ?? type) : joined(context, element, type))
}

/** The tensor at the position goes, or the last. */
function erased(context: NodeContext): KnownValue | undefined {
  const items = context.inputs[0]?.items
  const at = hasInput(context, 1) ? context.numbers(1)?.[0] : -1
  if (items === undefined || items.length === 0) return withoutContents(context.inputs[0])
  if (at === undefined) return alike(context, elementType(context.inputs[0]), items.length - 1)
  return ofItems(context, items.toSpliced(at, 1))
}

/** A sequence of which only the length and what its tensors have in common is known: sizes that are open may differ. */
function alike(context: NodeContext, element: ValueType | undefined, length: number): KnownValue {
  const open = (size: Dimension) => (typeof size === 'number' ? size : context.unknownDimension('item'))
  const item = (): KnownValue =>
    element?.kind === 'tensor' ? { type: { ...element, shape: element.shape?.map(open) } } : { type: element }
  const type = sequenceOf(element)
  return length > MAX_KNOWN_ELEMENTS ? type : { ...type, items: Array.from({ length }, item) }
}

function itemAt(context: NodeContext): KnownValue {
  const at = context.numbers(1)?.[0]
  const item = at === undefined ? undefined : context.inputs[0]?.items?.at(at)
  return item ?? { type: elementType(context.inputs[0]) }
}

/** Parts of known sizes are followed one by one. */
function split(context: NodeContext): KnownValue {
  const dtype = context.dtype(0)
  const shape = context.shape(0)
  const axis = shape === undefined ? 0 : normalizeAxis(context.int('axis', 0), shape.length)
  const sizes = partSizes(context, shape?.[axis])
  if (dtype === undefined || shape === undefined || sizes === undefined) return sequenceOf(splitType(context))
  const isDropped = !hasInput(context, 1) && context.int('keepdims', 1) === 0
  return ofItems(
    context,
    sizes.map((size) => tensor(dtype, isDropped ? shape.toSpliced(axis, 1) : shape.with(axis, size))),
  )
}

/** One number is the size of all parts but the last, a list names them all; without either each part is 1. */
function partSizes(context: NodeContext, whole: Dimension | undefined): readonly number[] | undefined {
  const given = hasInput(context, 1) ? context.numbers(1) : [1]
  const isList = hasInput(context, 1) && context.shape(1)?.length === 1
  if (given === undefined || isList) return given
  const part = given[0] ?? 0
  if (typeof whole !== 'number' || part < 1 || whole / part > MAX_KNOWN_ELEMENTS) return undefined
  return Array.from({ length: Math.ceil(whole / part) }, (_, index) => Math.min(part, whole - index * part))
}

/** What all parts have in common where their number is not known. */
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
  const items = context.inputs[0]?.items
  const total = (isNew ? items?.length : sumAlong(items, axis)) ?? context.unknownDimension('concatenated')
  return tensor(dtype, isNew ? shape.toSpliced(axis, 0, total) : shape.with(axis, total))
}

function sumAlong(items: readonly KnownValue[] | undefined, axis: number): Dimension | undefined {
  const sizes = items?.map((item) => shapeOf(item)?.[axis]).filter((size) => size !== undefined)
  return sizes === undefined || sizes.length !== items?.length ? undefined : sizes.reduce(add, 0)
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
  const length = lengthOf(context)
  const outputs = context.inferSubgraph(body.value, inputs)
  return outputs.map(({ type }) => (length === undefined ? sequenceOf(type) : alike(context, type, length)))
}

/** Of the first input, which is always a sequence; the others are as long or are tensors. */
function lengthOf(context: NodeContext): number | undefined {
  return context.inputs[0]?.items?.length
}

function mapCost(context: CostContext) {
  const body = context.attribute('body')
  if (body?.kind !== 'graph') return NO_COST
  const length = lengthOf(context)
  if (length === undefined) {
    context.assume('SequenceMap: the body runs once, since the length of the sequence is known only to the run')
  }
  return context.subgraph(body.value, length)
}
