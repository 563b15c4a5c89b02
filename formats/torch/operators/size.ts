/** Operators that ask for sizes, and numbers that are read from tensors. */
import { int as intAttribute } from '../../../src/graph/attributes.js'
import { type DataType, isFloat } from '../../../src/graph/data-type.js'
import { product } from '../../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { bool, float, int, list, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisOf } from './call-axes.js'

/** size, dim, item and kin. Names of `prim` are among them where code calls them like operators. */
export const size: OperatorRules = {
  size: sizeOf,
  sym_size: sizeOf,
  dim: (call) => int(call.shape(0, 'self').length),
  ndimension: (call) => int(call.shape(0, 'self').length),
  numel: (call) => int(product(call.shape(0, 'self'))),
  sym_numel: (call) => int(product(call.shape(0, 'self'))),
  len: (call, emitter) => sizeAlong(call, 0, emitter),
  is_floating_point: (call) => bool(isFloat(call.tensor(0, 'self').dtype ?? 'float32')),
  is_complex: (call) => bool(call.tensor(0, 'self').dtype?.startsWith('complex') === true),
  is_nonzero: (call, emitter) => bool(truthOf(numberOf(call, emitter))),
  item: (call, emitter) => numberOf(call, emitter),
  _local_scalar_dense: (call, emitter) => numberOf(call, emitter),
  ScalarImplicit: (call, emitter) => numberOf(call, emitter),
  Int: (call, emitter) => wholeNumber(numberOf(call, emitter)),
  IntImplicit: (call, emitter) => wholeNumber(numberOf(call, emitter)),
  Float: (call, emitter) => realNumber(call, emitter),
  FloatImplicit: (call, emitter) => realNumber(call, emitter),
  Bool: (call, emitter) => bool(truthOf(numberOf(call, emitter))),
  NumToTensor: (call, emitter) => numberTensor(call, emitter),
  _shape_as_tensor: (call, emitter) => tensor(emitter.sizes(call.shape(0, 'self')) ?? shapeTensor(call, emitter)),
}

function sizeOf(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  if (call.has(1, 'dim')) return sizeAlong(call, call.int(1, 'dim'), emitter)
  return list(call.shape(0, 'self').map(int))
}

/** A size of a tensor of unknown rank is what the run says, until something asks for more. */
function sizeAlong(call: OperatorCall, axis: number, emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  const { shape } = self
  if (shape !== undefined) return int(shape[axisOf(axis, shape.length, call)] ?? 1)
  const size = emitter.unknownDimension('size')
  const sizes = emitter.emit('Shape', [self.value])
  emitter.bind(size, emitter.emit('Gather', [sizes, emitter.numbers(axis)], { axis: intAttribute(0) }))
  return int(size)
}

const shapeTensor = (call: OperatorCall, emitter: TorchEmitter): Value => emitter.emit('Shape', [call.value(0, 'self')])

/** @returns the only element of a tensor: a number, or for whole numbers a size that only the run tells */
function numberOf(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const self = call.at(0, 'self')
  if (self?.kind === 'int' || self?.kind === 'float' || self?.kind === 'bool') return self
  const value = call.value(0, 'self')
  const dtype = dtypeOf(value.known) ?? 'float32'
  const element = value.known.elements?.[0] ?? elementOf(value, emitter)
  if (typeof element === 'number') return numberOfType(element, dtype)
  if (isFloat(dtype) || dtype === 'bool')
    return call.refuse('the program goes on from a number that only the run tells')
  if (typeof element === 'object') return int(element)
  const size = emitter.unknownDimension('item')
  emitter.bind(size, value)
  return int(size)
}

function elementOf(value: Value, emitter: TorchEmitter): number | undefined {
  const shape = shapeOf(value.known)
  return shape?.every((size) => size === 1) === true ? emitter.contents(value)?.elements[0] : undefined
}

function numberOfType(value: number, dtype: DataType): ScriptValue {
  if (isFloat(dtype)) return float(value)
  return dtype === 'bool' ? bool(value !== 0) : int(value)
}

function wholeNumber(value: ScriptValue): ScriptValue {
  if (value.kind === 'float') return int(Math.trunc(value.value))
  return value.kind === 'bool' ? int(Number(value.value)) : value
}

function realNumber(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const value = numberOf(call, emitter)
  if (value.kind === 'bool') return float(Number(value.value))
  if (value.kind !== 'int') return value
  if (typeof value.value !== 'number') throw new OpenSize(value.value, undefined)
  return float(value.value)
}

function truthOf(value: ScriptValue): boolean {
  if (value.kind === 'bool') return value.value
  if (value.kind === 'float') return value.value !== 0
  if (value.kind !== 'int') return false
  if (typeof value.value !== 'number') throw new OpenSize(value.value, undefined)
  return value.value !== 0
}

/** @returns a tensor without axes that holds the number */
function numberTensor(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const value = call.at(0, 'a')
  if (value?.kind === 'float') return tensor(emitter.scalar(value.value, 'float32'))
  if (value?.kind === 'bool') return tensor(emitter.scalar(Number(value.value), 'bool'))
  if (value?.kind !== 'int') return call.refuse('it is not given a number')
  const scalar = emitter.sizeScalar(value.value)
  if (scalar === undefined) throw new OpenSize(value.value, undefined)
  return tensor(scalar)
}
