/** Diagonals of matrices. @see https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html */
import { add } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { zeros } from '../folding/constant-tensor.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { type ScriptTensor, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisOf, reshaped, shapeOfValue } from './call-axes.js'
import { like } from './operands.js'
import { cutOf, transposed, viewOf, withPart } from './views.js'

export const diagonals: OperatorRules = {
  diagonal: (call, emitter) => diagonal(call, planOf(call), emitter),
  diagonal_copy: (call, emitter) => tensor(diagonal(call, planOf(call), emitter).value),
  diag: (call, emitter) => {
    if (call.shape(0, 'self').length === 1) return embedded(call, call.int(1, 'diagonal', 0), emitter)
    return tensor(diagonal(call, { offset: call.int(1, 'diagonal', 0), axes: [0, 1] }, emitter).value)
  },
  diag_embed: (call, emitter) => {
    const rank = call.shape(0, 'self').length + 1
    const axes = [call.int(2, 'dim1', -2), call.int(3, 'dim2', -1)].map((axis) => axisOf(axis, rank, call))
    if (axes[0] !== rank - 2 || axes[1] !== rank - 1) return call.refuse('its matrices do not lie in the last two axes')
    return embedded(call, call.int(1, 'offset', 0), emitter)
  },
}

/** Which diagonal of which axes. */
interface DiagonalPlan {
  readonly offset: number
  readonly axes: readonly [number, number]
}

function planOf(call: OperatorCall): DiagonalPlan {
  const rank = call.shape(0, 'self').length
  const axisAt = (position: number, name: string, usual: number) => axisOf(call.int(position, name, usual), rank, call)
  const axes = [axisAt(2, 'dim1', 0), axisAt(3, 'dim2', 1)] as const
  if (axes[0] === axes[1]) return call.refuse('it names one axis twice')
  return { offset: call.int(1, 'offset', 0), axes }
}

/** The matrices lie in one row each, of which every `columns + 1`st element is taken. */
function diagonal(call: OperatorCall, { offset, axes }: DiagonalPlan, emitter: TorchEmitter): ScriptTensor {
  const self = call.tensor(0, 'self')
  const shape = call.shape(0, 'self')
  const others = range(shape.length).filter((axis) => !axes.includes(axis))
  const order = [...others, ...axes]
  const sorted = order.map((axis) => shape[axis] ?? 1)
  const [rows, columns] = axes.map((axis) => numberOf(shape[axis] ?? 1))
  const count = Math.max(Math.min((rows ?? 1) + Math.min(offset, 0), (columns ?? 1) - Math.max(offset, 0)), 0)
  if (count === 0) return call.refuse('the diagonal has no elements')
  const step = (columns ?? 1) + 1
  const start = offset < 0 ? -offset * (columns ?? 1) : offset
  const cut = { axis: others.length, start, end: start + (count - 1) * step + 1, step }
  const flat = [...sorted.slice(0, -2), (rows ?? 1) * (columns ?? 1)]
  const flattened = (base: Value) => reshaped(transposed(base, order, emitter), flat, emitter)
  const back = order.map((_, axis) => order.indexOf(axis))
  return viewOf(
    self,
    (base) => cutOf(flattened(base), cut, emitter),
    (base, part) => transposed(reshaped(withPart(flattened(base), part, cut, emitter), sorted, emitter), back, emitter),
    (strides) => [...others.map((axis) => strides[axis] ?? 1), add(strides[axes[0]] ?? 1, strides[axes[1]] ?? 1)],
  )
}

function numberOf(size: ConstructorParameters<typeof OpenSize>[0]): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}

/** Vectors on a diagonal of matrices that are 0 elsewhere. */
function embedded(call: OperatorCall, offset: number, emitter: TorchEmitter): ReturnType<OperatorRule> {
  const value = call.value(0, 'self')
  const shape = shapeOfValue(value)
  const size = numberOf(shape.at(-1) ?? 1) + Math.abs(offset)
  const isThere = zeros('bool', size * size).map((_, at) => Number((at % size) - Math.floor(at / size) === offset))
  const mask = emitter.known({ dtype: 'bool', shape: [size, size], elements: isThere })
  const pads = [...range(2 * shape.length - 1).map(() => 0), Math.abs(offset)]
  const padded = offset === 0 ? value : emitter.emit('Pad', [value, emitter.numbers(pads)])
  // Above the main diagonal an element lies in the row of its number, below in the column.
  const spread = emitter.emit('Unsqueeze', [padded, emitter.numbers([offset < 0 ? -2 : -1])])
  return tensor(emitter.emit('Where', [mask, spread, like(0, value, emitter)]))
}
