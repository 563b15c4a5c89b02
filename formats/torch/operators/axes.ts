/** Over which axes a reduction goes. */
import { int } from '../../../src/graph/attributes.js'
import { type Dimension, product } from '../../../src/graph/dimension.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenRank } from '../open-size.js'
import type { OperatorCall } from '../operator-call.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { cast } from './operands.js'

/** Axes of a reduction; none are all of them. */
export interface Axes {
  readonly axes: readonly number[]
  readonly keepdim: boolean
}

export const ALL: Axes = { axes: [], keepdim: false }

/** @returns the axes in the arguments at `place` and after it; without them, or with an empty list, all */
export function axesAt(call: OperatorCall, place: number): Axes {
  return { axes: call.ints(place, 'dim', []), keepdim: call.bool(place + 1, 'keepdim', false) }
}

/** Writes a reduction. */
export function reduce(operator: string, value: Value, { axes, keepdim }: Axes, emitter: TorchEmitter): Value {
  const isScalar = shapeOf(value.known)?.length === 0
  const list = axes.length === 0 || isScalar ? undefined : emitter.numbers(axes)
  return emitter.emit(operator, [value, list], { keepdims: int(Number(keepdim)) })
}

/** @returns how many elements each result is made of; a free size stays free */
export function countOver(value: Value, { axes }: Axes): Dimension {
  const shape = shapeOf(value.known)
  if (shape === undefined) throw new OpenRank(value, undefined)
  const chosen = axes.length === 0 ? range(shape.length) : axes
  return product(chosen.map((axis) => shape.at(axis) ?? 1))
}

/** @returns the same count as a scalar of the value's element type, for a node to read */
export function countValue(value: Value, axes: Axes, emitter: TorchEmitter): Value {
  const count = countOver(value, axes)
  const shape = shapeOf(value.known) ?? []
  const dtype = value.known.type?.kind === 'tensor' ? value.known.type.dtype : undefined
  if (typeof count === 'number') return emitter.scalar(count, dtype)
  const chosen =
    axes.axes.length === 0 ? range(shape.length) : axes.axes.map((axis) => (axis + shape.length) % shape.length)
  const sizes = emitter.emit('Gather', [emitter.emit('Shape', [value]), emitter.numbers(chosen)])
  return cast(emitter.emit('ReduceProd', [sizes], { keepdims: int(0) }), dtype, emitter)
}
