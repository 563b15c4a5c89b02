/** Operators that make tensors out of numbers. */
import { type DataType, isFloat } from '../../../src/graph/data-type.js'
import type { Dimension, Shape } from '../../../src/graph/dimension.js'
import type { Value } from '../../emission/value.js'
import { MAX_CONSTANT } from '../folding/constant-tensor.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { sizesValue } from './call-axes.js'
import { dtypeAt } from './conversion.js'
import { operandOf } from './operands.js'

/** zeros, full, ones_like, new_zeros, tensor and kin; those of numbers in a row are elsewhere. */
export const creation: OperatorRules = {
  zeros: made(0),
  ones: made(1),
  empty: made(0),
  empty_strided: made(0),
  zeros_like: likeSelf(0),
  ones_like: likeSelf(1),
  empty_like: likeSelf(0),
  new_zeros: newOf(0),
  new_ones: newOf(1),
  new_empty: newOf(0),
  new_empty_strided: newOf(0),
  full: (call, emitter) => {
    const element = call.at(1, 'fill_value')
    return filled(call, call.sizes(0, 'size'), element, dtypeAt(call, -1) ?? typeOfNumber(element), emitter)
  },
  full_like: (call, emitter) => {
    const dtype = dtypeAt(call, -1) ?? call.tensor(0, 'self').dtype
    return filledLike(call, call.at(1, 'fill_value'), dtype, emitter)
  },
  new_full: (call, emitter) => {
    const dtype = dtypeAt(call, -1) ?? call.tensor(0, 'self').dtype
    return filled(call, call.sizes(1, 'size'), call.at(2, 'fill_value'), dtype, emitter)
  },
  fill: (call, emitter) => filledLike(call, call.at(1, 'value'), call.tensor(0, 'self').dtype, emitter),
  zero: likeSelf(0),
  scalar_tensor: (call, emitter) => {
    const given = call.at(0, 's')
    return tensor(operandOf(given ?? { kind: 'none' }, dtypeAt(call, -1) ?? 'float32', call, emitter))
  },
  tensor: (call, emitter) => listed(call, dtypeAt(call, -1), emitter),
  as_tensor: (call, emitter) => listed(call, dtypeAt(call, -1), emitter),
}

function made(element: number): OperatorRule {
  return (call, emitter) => filled(call, call.sizes(0, 'size'), int(element), dtypeAt(call, -1) ?? 'float32', emitter)
}

function newOf(element: number): OperatorRule {
  return (call, emitter) => {
    const dtype = dtypeAt(call, -1) ?? call.tensor(0, 'self').dtype
    return filled(call, call.sizes(1, 'size'), int(element), dtype, emitter)
  }
}

function likeSelf(element: number): OperatorRule {
  return (call, emitter) => filledLike(call, int(element), dtypeAt(call, -1) ?? call.tensor(0, 'self').dtype, emitter)
}

const int = (value: number): ScriptValue => ({ kind: 'int', value })

function typeOfNumber(value: ScriptValue | undefined): DataType {
  if (value?.kind === 'bool') return 'bool'
  return value?.kind === 'int' || value?.kind === 'wide' ? 'int64' : 'float32'
}

function filled(
  call: OperatorCall,
  sizes: Shape,
  given: ScriptValue | undefined,
  dtype: DataType | undefined,
  emitter: TorchEmitter,
): ScriptValue {
  const element = elementOf(call, given, dtype, emitter)
  return tensor(emitter.filled(element, sizes) ?? emitter.emit('Expand', [element, sizesValue(sizes, emitter)]))
}

/** Where no input tells its sizes, the tensor itself does. */
function filledLike(
  call: OperatorCall,
  given: ScriptValue | undefined,
  dtype: DataType | undefined,
  emitter: TorchEmitter,
): ScriptValue {
  const self = call.tensor(0, 'self')
  const element = elementOf(call, given, dtype, emitter)
  const whole = self.shape && emitter.filled(element, self.shape)
  return tensor(whole ?? emitter.emit('Expand', [element, emitter.emit('Shape', [self.value])]))
}

function elementOf(
  call: OperatorCall,
  given: ScriptValue | undefined,
  dtype: DataType | undefined,
  emitter: TorchEmitter,
): Value {
  if (given?.kind === 'none' || given === undefined) return call.refuse('it is not told what to fill with')
  return operandOf(given, dtype ?? 'float32', call, emitter)
}

/** Numbers in lists in lists. */
function listed(call: OperatorCall, dtype: DataType | undefined, emitter: TorchEmitter): ScriptValue {
  const data = call.at(0, 'data')
  if (data?.kind === 'tensor') return tensor(operandOf(data, dtype, call, emitter))
  if (data?.kind === 'int' || data?.kind === 'wide') return tensor(operandOf(data, dtype ?? 'int64', call, emitter))
  if (data === undefined) return call.refuse('it is given no numbers')
  const items = flatItems(data, call)
  const type = dtype ?? typeOfNumber(items.find(({ kind }) => kind === 'float') ?? items[0])
  const shape = shapeOfList(data)
  const free = items.flatMap((item) => (item.kind === 'int' ? [item.value] : []))
  if (free.some((size) => typeof size !== 'number')) return tensor(sizesAsTensor(call, free, shape, type, emitter))
  const elements = items.map((item) => numberIn(item, type, call))
  return tensor(emitter.known({ dtype: type, shape, elements }))
}

function sizesAsTensor(
  call: OperatorCall,
  sizes: readonly Dimension[],
  shape: readonly number[],
  dtype: DataType,
  emitter: TorchEmitter,
): Value {
  if (shape.length > 1) return call.refuse('it is given sizes that only the run tells, in lists in a list')
  return emitter.cast(sizesValue(sizes, emitter), dtype)
}

function flatItems(value: ScriptValue, call: OperatorCall): readonly ScriptValue[] {
  if (value.kind !== 'list' && value.kind !== 'tuple') return [value]
  if (value.items.length > MAX_CONSTANT) return call.refuse(`it is given ${value.items.length} numbers`)
  return value.items.flatMap((item) => flatItems(item, call))
}

function shapeOfList(value: ScriptValue): readonly number[] {
  if (value.kind !== 'list' && value.kind !== 'tuple') return []
  const [first] = value.items
  return [value.items.length, ...(first === undefined ? [] : shapeOfList(first))]
}

function numberIn(item: ScriptValue, dtype: DataType, call: OperatorCall): number {
  if (item.kind === 'bool') return Number(item.value)
  if (item.kind === 'float') return isFloat(dtype) ? item.value : Math.trunc(item.value)
  if (item.kind === 'int' && typeof item.value === 'number') return item.value
  return call.refuse(`one of its numbers is ${item.kind}`)
}
