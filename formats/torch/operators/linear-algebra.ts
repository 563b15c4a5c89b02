/** Linear layers and products of matrices. @see https://docs.pytorch.org/docs/stable/torch.html#blas-and-lapack-operations */
import { float, int, ints, text } from '../../../src/graph/attributes.js'
import { isFloat } from '../../../src/graph/data-type.js'
import { dtypeOf, shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { reduce } from './axes.js'
import { expectSize, rowsGuess, sizeGuess, weightedShape } from './expected-size.js'
import { cast, like } from './operands.js'
import { resultType } from './type-promotion.js'

type Product = (left: Value, right: Value, call: OperatorCall, emitter: TorchEmitter) => Value

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxy')

/** Layers and products; those by subscripts (einsum) are elsewhere. */
export const linearAlgebra: OperatorRules = {
  linear,
  addmm: addedMatrices,
  addmv: added('mat', 'vec', multiplied),
  baddbmm: added('batch1', 'batch2', multiplied),
  addbmm: added('batch1', 'batch2', multipliedAndSummed),
  addr: added('vec1', 'vec2', outerProduct),
  mm: product('mat2', multiplied),
  bmm: product('mat2', multiplied),
  mv: product('vec', multiplied),
  matmul: product('other', multiplied),
  linalg_matmul: product('other', multiplied),
  dot: product('tensor', multiplied),
  vdot: product('other', multiplied),
  inner: product('other', innerProduct),
  outer: product('vec2', outerProduct),
  ger: product('vec2', outerProduct),
  bilinear,
  _trilinear: trilinear,
  tensordot,
  chain_matmul: chain('matrices'),
  linalg_multi_dot: chain('tensors'),
}

/** `input` [..., in], `weight` [out, in] or [in], `bias` [out]. */
function linear(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const weight = call.value(1, 'weight')
  const features = shapeOf(weight.known)?.at(-1)
  const shape = weightedShape(call, 'input', weight, rowsGuess(features))
  expectSize(shape.at(-1), features, 'features', call)
  const [input, bias] = [call.value(0, 'input'), call.optionalValue(2, 'bias')]
  if (shape.length === 2 && shapeOf(weight.known)?.length === 2 && isReal(input)) {
    return emitter.tensor('Gemm', [input, weight, bias], { transB: int(1) })
  }
  const found = emitter.emit('MatMul', [input, turned(weight, emitter)])
  return bias === undefined ? tensor(found) : emitter.tensor('Add', [found, bias])
}

/** @returns a matrix with its axes exchanged; a vector as it is */
function turned(matrix: Value, emitter: TorchEmitter): Value {
  const rank = shapeOf(matrix.known)?.length ?? 2
  if (rank < 2) return matrix
  const order = [...range(rank - 2), rank - 1, rank - 2]
  const { initializer } = matrix
  return initializer === undefined
    ? emitter.emit('Transpose', [matrix], { perm: ints(order) })
    : emitter.transposed(initializer, order)
}

function product(second: string, write: Product): OperatorRule {
  return (call, emitter) => tensor(write(call.value(0, 'self'), call.value(1, second), call, emitter))
}

/** `beta * self + alpha * product`; with a `beta` of 0 `self` does not count, whatever it holds. */
function added(first: string, second: string, write: Product): OperatorRule {
  return (call, emitter) => {
    const { beta, alpha, bias } = scalesOf(call)
    const scaled = times(write(call.value(1, first), call.value(2, second), call, emitter), alpha, emitter)
    return bias === undefined ? tensor(scaled) : emitter.tensor('Add', [times(bias, beta, emitter), scaled])
  }
}

function addedMatrices(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const [left, right] = [call.value(1, 'mat1'), call.value(2, 'mat2')]
  if (!isReal(left)) return added('mat1', 'mat2', multiplied)(call, emitter)
  const { beta, alpha, bias } = scalesOf(call)
  expectColumns(left, right, call)
  return emitter.tensor('Gemm', [left, right, bias], { alpha: float(alpha), beta: float(beta) })
}

function scalesOf(call: OperatorCall): { beta: number; alpha: number; bias: Value | undefined } {
  const [beta, alpha] = [call.number(3, 'beta', 1), call.number(4, 'alpha', 1)]
  return { beta, alpha, bias: beta === 0 ? undefined : call.value(0, 'self') }
}

const times = (value: Value, factor: number, emitter: TorchEmitter): Value =>
  factor === 1 ? value : emitter.emit('Mul', [value, like(factor, value, emitter)])

function multiplied(left: Value, right: Value, call: OperatorCall, emitter: TorchEmitter): Value {
  expectColumns(left, right, call)
  return emitter.emit('MatMul', [left, right])
}

function multipliedAndSummed(left: Value, right: Value, call: OperatorCall, emitter: TorchEmitter): Value {
  return emitter.emit('ReduceSum', [multiplied(left, right, call, emitter), emitter.numbers([0])], { keepdims: int(0) })
}

/** A weight settles how many columns there are. */
function expectColumns(left: Value, right: Value, call: OperatorCall): void {
  const rows = shapeOf(right.known)
  if (right.initializer !== undefined)
    expectSize(shapeOf(left.known)?.at(-1), rows?.at(-2) ?? rows?.at(-1), 'columns', call)
}

/** Of elements of two types, as positions and frequencies are, those of the type that holds both. */
function outerProduct(left: Value, right: Value, _: OperatorCall, emitter: TorchEmitter): Value {
  const dtype = resultType([tensor(left), tensor(right)])
  const column = emitter.emit('Unsqueeze', [cast(left, dtype, emitter), emitter.numbers([1])])
  return emitter.emit('Mul', [column, cast(right, dtype, emitter)])
}

/** Sums over the last axes of both. */
function innerProduct(left: Value, right: Value, call: OperatorCall, emitter: TorchEmitter): Value {
  const [first, second] = [shapeOf(left.known)?.length, shapeOf(right.known)?.length]
  if (first === undefined || second === undefined || first + second > 20) return call.refuse('ranks are not known')
  if (first === 0 || second === 0) return emitter.emit('Mul', [left, right])
  const [own, others] = [LETTERS.slice(0, first - 1), LETTERS.slice(first, first + second - 1)].map((part) =>
    part.join(''),
  )
  return emitter.emit('Einsum', [left, right], { equation: text(`${own}z,${others}z->${own}${others}`) })
}

/** Sums over axes of both that belong together in pairs. */
function tensordot(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const [first, second] = [call.shape(0, 'self').length, call.shape(1, 'other').length]
  const pairs = [call.ints(2, 'dims_self'), call.ints(3, 'dims_other')] as const
  if (first + second > LETTERS.length) return call.refuse(`its operands have ${first + second} axes`)
  const own = LETTERS.slice(0, first)
  const others = LETTERS.slice(first, first + second)
  for (const [place, axis] of pairs[1].entries()) others.splice(axis, 1, own.at(pairs[0][place] ?? 0) ?? '')
  const kept = [...own, ...others].filter((letter) => !(own.includes(letter) && others.includes(letter)))
  const equation = `${own.join('')},${others.join('')}->${kept.join('')}`
  return emitter.tensor('Einsum', [call.value(0, 'self'), call.value(1, 'other')], { equation: text(equation) })
}

/** `x1` [..., in1], `x2` [..., in2], `weight` [out, in1, in2]. */
function bilinear(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const weight = call.value(2, 'weight')
  const [, first, second] = shapeOf(weight.known) ?? []
  expectSize(weightedShape(call, 'input1', weight, rowsGuess(first)).at(-1), first, 'features', call)
  expectSize(call.shape(1, 'input2', { rank: 2, sizes: sizeGuess(1, second) }).at(-1), second, 'features', call)
  const inputs = [call.value(0, 'input1'), weight, call.value(1, 'input2')]
  const found = emitter.emit('Einsum', inputs, { equation: text('...i,oij,...j->...o') })
  const bias = call.optionalValue(3, 'bias')
  return bias === undefined ? tensor(found) : emitter.tensor('Add', [found, bias])
}

/** The product of three tensors, each grown by axes of size 1, summed over some axes. */
function trilinear(call: OperatorCall, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const grown = [0, 1, 2].map((place) => {
    const [value, axes] = [call.value(place, `i${place + 1}`), call.ints(place + 3, `expand${place + 1}`)]
    return axes.length === 0 ? value : emitter.emit('Unsqueeze', [value, emitter.numbers(axes)])
  })
  const [first, second, third] = grown
  const product = emitter.emit('Mul', [emitter.emit('Mul', [first, second]), third])
  return tensor(reduce('ReduceSum', product, { axes: call.ints(6, 'sumdim'), keepdim: false }, emitter))
}

/** From the left: the order changes no shape, only what rounding leaves. */
function chain(name: string): OperatorRule {
  return (call, emitter) => {
    const [first, ...others] = call.tensors(0, name).map(({ value }) => value)
    if (first === undefined) return call.refuse('there is nothing to multiply')
    return tensor(others.reduce((left, right) => multiplied(left, right, call, emitter), first))
  }
}

const isReal = ({ known }: Value): boolean => isFloat(dtypeOf(known) ?? 'float32')
