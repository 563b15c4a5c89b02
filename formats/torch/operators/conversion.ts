/** Operators that give the same elements as another type, or in another tensor. */
import type { DataType } from '../../../src/graph/data-type.js'
import { formatShape } from '../../../src/graph/dimension.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { dataTypeOfScalarType } from '../scalar-type.js'
import { bool, type ScriptTensor, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { cast } from './operands.js'

/** to, float, clone, detach and kin. Where a tensor lies and in what order its elements lie is passed over. */
export const conversion: OperatorRules = {
  to: (call, emitter) => converted(call, askedType(call), emitter),
  _to_copy: (call, emitter) => converted(call, askedType(call), emitter),
  type_as: (call, emitter) => converted(call, call.tensor(1, 'other').dtype, emitter),
  type: (call, emitter) => converted(call, askedType(call), emitter),
  float: toType('float32'),
  double: toType('float64'),
  half: toType('float16'),
  bfloat16: toType('bfloat16'),
  long: toType('int64'),
  int: toType('int32'),
  short: toType('int16'),
  char: toType('int8'),
  byte: toType('uint8'),
  bool: toType('bool'),
  _autocast_to_full_precision: itself,
  _autocast_to_reduced_precision: itself,
  cpu: itself,
  cuda: itself,
  detach: itself,
  detach_: itself,
  alias: itself,
  data: itself,
  requires_grad_: itself,
  lift: itself,
  resolve_conj: itself,
  resolve_neg: itself,
  contiguous,
  clone: copied,
  lift_fresh: itself,
  lift_fresh_copy: copied,
  detach_copy: copied,
  is_contiguous: (call) => bool(typeof call.tensor(0, 'self').layout === 'string'),
  is_same_size: (call) => bool(formatShape(call.shape(0, 'self')) === formatShape(call.shape(1, 'other'))),
}

function toType(dtype: DataType): OperatorRule {
  return (call, emitter) => converted(call, dtype, emitter)
}

/** The same tensor: what is written into one is in the other. */
function itself(call: OperatorCall): ScriptValue {
  return noNumber(call.tensor(0, 'self'))
}

/** What an operator gives is a tensor, where its argument was a number too. */
const noNumber = (self: ScriptTensor): ScriptTensor => (self.isNumber ? tensor(self.value) : self)

/** `torch.contiguous_format`, which orders elements row after row. */
const ROW_AFTER_ROW = 0

/** The same tensor where it lies so already. */
function contiguous(call: OperatorCall): ScriptValue {
  const self = call.tensor(0, 'self')
  const copy = tensor(self.value)
  if (call.int(1, 'memory_format', ROW_AFTER_ROW) !== ROW_AFTER_ROW) copy.layout = 'unknown'
  else if (self.layout === 'contiguous') return itself(call)
  return copy
}

function copied(call: OperatorCall): ScriptValue {
  return tensor(call.value(0, 'self'))
}

function converted(call: OperatorCall, dtype: DataType | undefined, emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  return dtype === undefined || dtype === self.dtype ? noNumber(self) : tensor(cast(self.value, dtype, emitter))
}

/** The type stands by name, or behind the tensor or behind the device; or another tensor has it. */
function askedType(call: OperatorCall): DataType | undefined {
  const other = call.named.get('other') ?? call.args[1]
  if (other?.kind === 'tensor') return other.dtype
  const given = call.named.get('dtype') ?? call.args.slice(1, 3).find(({ kind }) => kind === 'int')
  return given === undefined || given.kind === 'none' ? undefined : typeOfCode(given, call)
}

/** @returns the element type that an argument names by its number; `undefined` for None and where it is left out */
export function dtypeAt(call: OperatorCall, position: number, name = 'dtype'): DataType | undefined {
  const value = call.at(position, name)
  return value === undefined || value.kind === 'none' ? undefined : typeOfCode(value, call)
}

function typeOfCode(value: ScriptValue, call: OperatorCall): DataType {
  const code = value.kind === 'int' && typeof value.value === 'number' ? value.value : -1
  return dataTypeOfScalarType(code) ?? call.refuse(`it asks for elements of type ${code}, which ONNX does not have`)
}
