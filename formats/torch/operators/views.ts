/** Results that share their elements with the tensor that they come from: what is written into them changes it too. */
import { int, ints } from '../../../src/graph/attributes.js'
import { type Dimension, multiply, type Shape } from '../../../src/graph/dimension.js'
import type { Value } from '../../emission/value.js'
import { ScriptTensor } from '../script-value.js'
import { layoutOf, type Strides, stridesUnder } from '../strides.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { END, reshaped, shapeOfValue, sizeValue } from './call-axes.js'

/**
 * @param arrange - gives the strides of the part from those of `base`
 * @returns a part of `base`, or all of it in another arrangement
 */
export function viewOf(
  base: ScriptTensor,
  read: (base: Value) => Value,
  write: (base: Value, part: Value) => Value,
  arrange: (strides: Strides, base: Shape, own: Shape) => Strides | undefined,
): ScriptTensor {
  const view = new ScriptTensor(read(base.value), { base, read, write })
  const { shape } = view
  view.layout = layoutOf(shape, () => {
    const [strides, whole] = [base.strides, base.shape]
    return strides && whole && shape && arrange(strides, whole, shape)
  })
  return view
}

/** @returns the tensor under another shape, as `arrange` gives it */
export function reshapedView(base: ScriptTensor, arrange: (base: Value) => Value, emitter: TorchEmitter): ScriptTensor {
  const back = (whole: Value, part: Value) => reshaped(part, shapeOfValue(whole), emitter)
  const view = viewOf(base, arrange, back, (strides, shape, own) => stridesUnder(shape, strides, own))
  // Sizes that are long to compare do not matter here.
  if (base.layout === 'contiguous') view.layout = 'contiguous'
  return view
}

/** @returns the tensor with its axes in that order */
export function transposedView(base: ScriptTensor, order: readonly number[], emitter: TorchEmitter): ScriptTensor {
  if (order.every((axis, place) => axis === place)) return base
  const back = order.map((_, axis) => order.indexOf(axis))
  return viewOf(
    base,
    (whole) => transposed(whole, order, emitter),
    (_, part) => transposed(part, back, emitter),
    (strides) => order.map((axis) => strides[axis] ?? 1),
  )
}

/** @returns the value with its axes in another order; as it is where they are in order */
export function transposed(value: Value, order: readonly number[], emitter: TorchEmitter): Value {
  return order.every((axis, place) => axis === place)
    ? value
    : emitter.emit('Transpose', [value], { perm: ints(order) })
}

/** One axis from `start` up to `end`, every `step`th element. */
export interface Cut {
  readonly axis: number
  readonly start: Dimension
  /** `undefined`: up to the last one. */
  readonly end: Dimension | undefined
  readonly step: number
}

/** @returns the elements of one axis that the cut names */
export function cutOf(value: Value, { axis, start, end, step }: Cut, emitter: TorchEmitter): Value {
  if (start === 0 && end === undefined && step === 1) return value
  const bounds = [sizeValue(start, emitter), end === undefined ? emitter.numbers([END]) : sizeValue(end, emitter)]
  const steps = step === 1 ? [] : [emitter.numbers([step])]
  return emitter.emit('Slice', [value, ...bounds, emitter.numbers([axis]), ...steps])
}

/** @returns the strides of what the cut names */
export function cutStrides(strides: Strides, { axis, step }: Cut): Strides {
  return strides.map((stride, at) => (at === axis ? multiply(stride, step) : stride))
}

/** @returns `whole` with `part` in the place of what the cut names */
export function withPart(whole: Value, part: Value, cut: Cut, emitter: TorchEmitter): Value {
  const { axis, start, end, step } = cut
  if (step !== 1) return withScattered(whole, part, cut, emitter)
  if (start === 0 && end === undefined) return part
  const before = start === 0 ? [] : [cutOf(whole, { axis, start: 0, end: start, step }, emitter)]
  const behind = end === undefined ? [] : [cutOf(whole, { axis, start: end, end: undefined, step }, emitter)]
  return emitter.emit('Concat', [...before, part, ...behind], { axis: int(axis) })
}

/** Steps leave elements between: the places are written one by one. */
function withScattered(whole: Value, part: Value, cut: Cut, emitter: TorchEmitter): Value {
  const { axis } = cut
  const rank = shapeOfValue(whole).length
  const order = [axis, ...Array.from({ length: rank }, (_, place) => place).filter((place) => place !== axis)]
  const back = order.map((_, place) => order.indexOf(place))
  const size = shapeOfValue(whole)[axis] ?? 1
  const count = emitter.emit('Squeeze', [sizeValue(size, emitter), emitter.numbers([0])])
  const all = emitter.emit('Range', [emitter.numbers(0), count, emitter.numbers(1)])
  const places = emitter.emit('Unsqueeze', [cutOf(all, { ...cut, axis: 0 }, emitter), emitter.numbers([1])])
  const inputs = [transposed(whole, order, emitter), places, transposed(part, order, emitter)]
  return transposed(emitter.emit('ScatterND', inputs), back, emitter)
}
