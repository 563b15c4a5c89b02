/**
 * Operators that look at one element of each input at a time.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops
 */
import { UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { float, int } from '../../../src/graph/attributes.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import type { KnownElement } from '../../../src/operators/rule.js'
import type { Value } from '../../emission/value.js'
import { align, inOrder, sameOrder } from '../broadcast.js'
import { dataTypeOf } from '../data-type.js'
import { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type Conversion, type ConversionTable, inputAt, type Operation } from '../operation.js'
import { scalar } from '../scalar.js'
import { asBatchNormalization } from './batch-normalization.js'

type Steps = (value: Value, emitter: FlowEmitter, operation: Operation) => Value

/** Elementwise arithmetic, comparisons, activations and casts. */
export const elementwise: ConversionTable = {
  Add: sum,
  AddV2: sum,
  Sub: broadcast('Sub'),
  Mul: broadcast('Mul'),
  Div: broadcast('Div'),
  RealDiv: broadcast('Div'),
  Maximum: broadcast('Max'),
  Minimum: broadcast('Min'),
  Pow: broadcast('Pow'),
  FloorDiv: flooredDivision,
  FloorMod: flooredRemainder,
  AddN: added,
  Greater: broadcast('Greater'),
  GreaterEqual: broadcast('GreaterOrEqual'),
  Less: broadcast('Less'),
  LessEqual: broadcast('LessOrEqual'),
  Equal: broadcast('Equal'),
  NotEqual: notEqual,
  LogicalAnd: broadcast('And'),
  LogicalOr: broadcast('Or'),
  LogicalNot: unary('Not'),
  SquaredDifference: squaredDifference,
  SelectV2: broadcast('Where'),
  Select: selected,
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Exp: unary('Exp'),
  Expm1: steps((x, emitter) => emitter.emit('Sub', [emitter.emit('Exp', [x]), one(x, emitter)])),
  Log: unary('Log'),
  Log1p: steps((x, emitter) => emitter.emit('Log', [emitter.emit('Add', [x, one(x, emitter)])])),
  Sqrt: unary('Sqrt'),
  Rsqrt: steps((x, emitter) => emitter.emit('Reciprocal', [emitter.emit('Sqrt', [x])])),
  Reciprocal: unary('Reciprocal'),
  Inv: unary('Reciprocal'),
  Square: steps((x, emitter) => emitter.emit('Mul', [x, x])),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: unary('Tan'),
  Asin: unary('Asin'),
  Acos: unary('Acos'),
  Atan: unary('Atan'),
  Sinh: unary('Sinh'),
  Cosh: unary('Cosh'),
  Tanh: unary('Tanh'),
  Asinh: unary('Asinh'),
  Acosh: unary('Acosh'),
  Atanh: unary('Atanh'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Rint: unary('Round'),
  Sign: unary('Sign'),
  Erf: unary('Erf'),
  Erfc: steps((x, emitter) => emitter.emit('Sub', [one(x, emitter), emitter.emit('Erf', [x])])),
  IsNan: unary('IsNaN'),
  IsInf: unary('IsInf'),
  IsFinite: steps((x, emitter) =>
    emitter.emit('Not', [emitter.emit('Or', [emitter.emit('IsNaN', [x]), emitter.emit('IsInf', [x])])]),
  ),
  Invert: unary('BitwiseNot'),
  Relu: unary('Relu'),
  Relu6: steps((x, emitter) => emitter.emit('Clip', [x, scalar(0, x, emitter), scalar(6, x, emitter)])),
  LeakyRelu: unary('LeakyRelu', ({ attributes }) => ({ alpha: float(attributes.float('alpha', 0.2)) })),
  Elu: unary('Elu'),
  Selu: unary('Selu'),
  Sigmoid: unary('Sigmoid'),
  Softplus: unary('Softplus'),
  Softsign: unary('Softsign'),
  ClipByValue: steps((x, emitter, operation) =>
    emitter.emit('Clip', [x, emitter.plain(inputAt(operation, 1)), emitter.plain(inputAt(operation, 2))]),
  ),
  Cast: cast,
  Bitcast: bitcast,
}

const one = (like: Value, emitter: FlowEmitter): Value => scalar(1, like, emitter)

function broadcast(operator: string): Conversion {
  return (operation, emitter) => {
    const { values, isChannelsFirst } = align(operation.inputs, emitter)
    const value = emitter.emit(operator, values)
    return inOrder(value, isChannelsFirst, operation.inputs, operation.operator)
  }
}

function unary(operator: string, attributesOf: (operation: Operation) => Attributes = () => ({})): Conversion {
  return steps((x, emitter, operation) => emitter.emit(operator, [x], attributesOf(operation)))
}

/** One tensor in, one out, in whatever order its axes lie. */
function steps(write: Steps): Conversion {
  return (operation, emitter) => {
    const flow = inputAt(operation, 0)
    const { values, isChannelsFirst } = sameOrder(flow, emitter)
    const [x] = values
    if (x === undefined) return []
    return inOrder(write(x, emitter, operation), isChannelsFirst, operation.inputs, operation.operator)
  }
}

/** A sum may be the last step of a batch normalisation. */
function sum(operation: Operation, emitter: FlowEmitter): Flow {
  const normalized = asBatchNormalization(operation, emitter)
  if (normalized !== undefined) return normalized
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  return inOrder(emitter.emit('Add', values), isChannelsFirst, operation.inputs, 'Add')
}

function added(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  return inOrder(emitter.emit('Sum', values), isChannelsFirst, operation.inputs, 'AddN')
}

function notEqual(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  return inOrder(emitter.emit('Not', [emitter.emit('Equal', values)]), isChannelsFirst, operation.inputs, 'NotEqual')
}

function squaredDifference(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  const difference = emitter.emit('Sub', values)
  return inOrder(emitter.emit('Mul', [difference, difference]), isChannelsFirst, operation.inputs, 'SquaredDifference')
}

/** ONNX rounds whole numbers towards zero, TensorFlow down; sizes of tensors are never below zero. */
function flooredDivision(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  const [left, right] = values
  const isSizes = operation.inputs.every(({ elements }) => elements?.every((value) => isNotNegative(value)) === true)
  const write = (): Value => {
    if (isFloat(operation)) return emitter.emit('Floor', [emitter.emit('Div', values)])
    // What is left has the sign of the divisor, so that the division comes out even.
    return isSizes
      ? emitter.emit('Div', values)
      : emitter.emit('Div', [emitter.emit('Sub', [left, emitter.emit('Mod', values)]), right])
  }
  return inOrder(write(), isChannelsFirst, operation.inputs, 'FloorDiv')
}

/** A free size is 0 or more, whatever it will be. */
const isNotNegative = (value: KnownElement): boolean =>
  typeof value === 'object' || (typeof value === 'number' && value >= 0)

const isFloat = ({ inputs }: Operation): boolean => inputs[0]?.dtype?.includes('float') === true

/** ONNX has the remainder of whole numbers with the sign of the divisor, that of floats only with the dividend's. */
function flooredRemainder(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  const [left, right] = values
  const write = (): Value => {
    if (!isFloat(operation)) return emitter.emit('Mod', values)
    const quotient = emitter.emit('Floor', [emitter.emit('Div', values)])
    return emitter.emit('Sub', [left, emitter.emit('Mul', [quotient, right])])
  }
  return inOrder(write(), isChannelsFirst, operation.inputs, 'FloorMod')
}

/** The old form takes a condition for each row. */
function selected(operation: Operation, emitter: FlowEmitter): Flow {
  const [condition, first] = [inputAt(operation, 0), inputAt(operation, 1)]
  const [rows, rank] = [condition.rank, first.rank]
  if (rows !== 1 || rank === undefined || rank < 2) return broadcastWhere(operation, emitter)
  const axes = Array.from({ length: rank - 1 }, (_, index) => index + 1)
  const grown = emitter.emit('Unsqueeze', [emitter.plain(condition), emitter.numbers(axes)])
  return broadcastWhere({ ...operation, inputs: [new Flow({ plain: grown }), ...operation.inputs.slice(1)] }, emitter)
}

function broadcastWhere(operation: Operation, emitter: FlowEmitter): Flow {
  const { values, isChannelsFirst } = align(operation.inputs, emitter)
  return inOrder(emitter.emit('Where', values), isChannelsFirst, operation.inputs, 'Select')
}

function cast(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 0)
  const dtype = dataTypeOf(operation.attributes.type('DstT'), `the output of Cast ${operation.name}`)
  if (flow.dtype === dtype) return flow
  const { values, isChannelsFirst } = sameOrder(flow, emitter)
  const value = emitter.emit('Cast', values, { to: int(DATA_TYPES[dtype].code) })
  return inOrder(value, isChannelsFirst, operation.inputs, 'Cast')
}

/** ONNX has BitCast from opset 26 on, for types of one size. */
function bitcast(operation: Operation, emitter: FlowEmitter): Flow {
  const flow = inputAt(operation, 0)
  const dtype = dataTypeOf(operation.attributes.type('type'), `the output of Bitcast ${operation.name}`)
  if (flow.dtype === undefined || DATA_TYPES[flow.dtype].bits !== DATA_TYPES[dtype].bits) {
    throw new UnsupportedError('E_TF_DATA_TYPE', `Bitcast ${quoted(operation.name)} goes to a type of another size`)
  }
  const { values, isChannelsFirst } = sameOrder(flow, emitter)
  emitter.requireOpset(26)
  const value = emitter.emit('BitCast', values, { to: int(DATA_TYPES[dtype].code) })
  return inOrder(value, isChannelsFirst, operation.inputs, 'Bitcast')
}
