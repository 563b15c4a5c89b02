/** Operators that give the same elements another shape or another order of axes. */
import {
  type Dimension,
  equalDimensions,
  floorDivide,
  formatShape,
  multiply,
  product,
  type Shape,
} from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import { OpenRank, OpenSize, type TensorGuess } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { type ScriptTensor, type ScriptValue, tensor } from '../script-value.js'
import { layoutOf, stridesUnder } from '../strides.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, axisOf, reshaped } from './call-axes.js'
import { sizeGuess } from './expected-size.js'
import { reshapedView, transposedView, viewOf } from './views.js'

/** view, flatten, squeeze, permute and kin. */
export const reshape: OperatorRules = {
  view: asked(shaped),
  reshape: asked(shownOrCopied),
  _unsafe_view: asked(shaped),
  _reshape_alias: asked(shaped),
  view_copy: asked(copied),
  view_as: (call, emitter) => shaped(call, call.shape(1, 'other'), emitter),
  reshape_as: (call, emitter) => shownOrCopied(call, call.shape(1, 'other'), emitter),
  flatten: flattened,
  ravel: (call, emitter) => shownOrCopied(call, [product(call.shape(0, 'self', { rank: 1 }))], emitter),
  unflatten,
  squeeze: squeezed,
  unsqueeze: unsqueezed,
  permute: permuted,
  permute_copy: permuted,
  transpose: swapped,
  swapaxes: swapped,
  swapdims: swapped,
  t: turned,
  numpy_T: reversed,
  adjoint: lastSwapped,
  mT: lastSwapped,
  movedim,
  moveaxis: movedim,
  atleast_1d: atLeast(1),
  atleast_2d: atLeast(2),
}

/** Sizes with -1 for what is left. A program that flattens before it says anything else reads samples of features. */
function asked(shape: (call: OperatorCall, target: Shape, emitter: TorchEmitter) => ScriptTensor): OperatorRule {
  return (call, emitter) => {
    const self = call.tensor(0, 'self')
    if (call.at(1, 'size')?.kind === 'int' && call.args.length === 2 && call.overload === 'dtype')
      return call.refuse('it reads the elements as another type')
    const sizes = call.sizes(call.named.has('shape') ? -1 : 1, call.named.has('shape') ? 'shape' : 'size')
    return shape(call, targetShape(call, self, sizes), emitter)
  }
}

/** The same elements where they lie so that the other shape can show them. Where that is not known, a copy. */
function shownOrCopied(call: OperatorCall, target: Shape, emitter: TorchEmitter): ScriptTensor {
  const self = call.tensor(0, 'self')
  const shown = () => self.strides && self.shape && stridesUnder(self.shape, self.strides, target)
  const isShown = self.layout === 'contiguous' || layoutOf(target, shown) !== 'unknown'
  return isShown ? shaped(call, target, emitter) : copied(call, target, emitter)
}

function copied(call: OperatorCall, target: Shape, emitter: TorchEmitter): ScriptTensor {
  return tensor(reshaped(call.value(0, 'self'), target, emitter))
}

function shaped(call: OperatorCall, target: Shape, emitter: TorchEmitter): ScriptTensor {
  return reshapedView(call.tensor(0, 'self'), (base) => reshaped(base, target, emitter), emitter)
}

function targetShape(call: OperatorCall, self: ScriptTensor, sizes: readonly Dimension[]): Shape {
  const input = self.shape
  if (input === undefined) throw new OpenRank(self.value, guessed(sizes))
  const at = sizes.indexOf(-1)
  const given = product(sizes.filter((size) => size !== -1))
  const total = product(input)
  if (at < 0) {
    checkTotal(call, input, sizes)
    return sizes
  }
  if (given === 0) return sizes.with(at, 0)
  const rest = floorDivide(total, given)
  if (!equalDimensions(multiply(rest, given), total)) checkRest(call, input, sizes, given)
  return sizes.with(at, rest)
}

/** `view(-1, 784)` reads samples with 784 features each, which may be pixels. */
function guessed(sizes: readonly Dimension[]): TensorGuess | undefined {
  const [first, features] = sizes
  const isFlat = sizes.length === 2 && (first === -1 || typeof first === 'object')
  if (!isFlat) return undefined
  return { rank: 2, or: 'picture', ...(features === -1 ? {} : { sizes: sizeGuess(1, features) }) }
}

/** Where sizes of one sample are free, they must be those that the program asks for. */
function checkRest(call: OperatorCall, input: Shape, sizes: readonly Dimension[], given: Dimension): void {
  const sample = product(input.slice(1))
  if (sizes[0] === -1 && typeof sample !== 'number' && typeof given === 'number') throw new OpenSize(sample, given)
  if (typeof product(input) === 'number') throw misfit(call, input, sizes)
}

function checkTotal(call: OperatorCall, input: Shape, sizes: readonly Dimension[]): void {
  const [total, wanted] = [product(input), product(sizes)]
  if (equalDimensions(total, wanted)) return
  if (typeof total === 'number' && typeof wanted === 'number') throw misfit(call, input, sizes)
  // Sizes that stand on both sides, as the batch does, say nothing.
  const isShared = (size: Dimension) =>
    typeof size === 'object' && [input, sizes].every((list) => list.some((other) => equalDimensions(other, size)))
  const [own, asked] = [input, sizes].map((list) => product(list.filter((size) => !isShared(size))))
  if (own !== undefined && typeof own !== 'number' && typeof asked === 'number') throw new OpenSize(own, asked)
}

function misfit(call: OperatorCall, input: Shape, sizes: readonly Dimension[]): never {
  return call.refuse(`a tensor of shape ${formatShape(input)} cannot take the shape ${formatShape(sizes)}`)
}

function flattened(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const before = call.int(1, 'start_dim', 0)
  const shape = call.shape(0, 'self', before > 1 ? { rank: before + 2 } : { rank: 2, or: 'picture' })
  const first = axisAt(call, 1, 'start_dim', shape.length, 0)
  const last = axisAt(call, 2, 'end_dim', shape.length, -1)
  if (shape.length === 0) return shaped(call, [1], emitter)
  const target = [...shape.slice(0, first), product(shape.slice(first, last + 1)), ...shape.slice(last + 1)]
  return shownOrCopied(call, target, emitter)
}

function unflatten(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 1, 'dim', shape.length)
  const sizes = call.sizes(2, 'sizes')
  const given = product(sizes.filter((size) => size !== -1))
  const parts = sizes.map((size) => (size === -1 ? floorDivide(shape[axis] ?? 1, given) : size))
  return shaped(call, shape.toSpliced(axis, 1, ...parts), emitter)
}

/** A free size is taken not to be 1. */
function squeezed(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const isOfChannels = call.has(1, 'dim') && call.ints(1, 'dim').includes(1)
  const shape = call.shape(0, 'self', isOfChannels ? { rank: 4, sizes: new Map([[1, 1]]) } : undefined)
  const named = call.has(1, 'dim') ? call.ints(1, 'dim').map((axis) => axisOf(axis, shape.length, call)) : undefined
  const axes = range(shape.length).filter((axis) => shape[axis] === 1 && named?.includes(axis) !== false)
  const self = call.tensor(0, 'self')
  if (axes.length === 0) return self
  const changed = reshapedView(self, (base) => emitter.emit('Squeeze', [base, emitter.numbers(axes)]), emitter)
  return changed
}

function unsqueezed(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const axis = call.int(1, 'dim')
  const place = axis < 0 ? axisOf(axis, call.shape(0, 'self').length + 1, call) : axis
  return viewOf(
    call.tensor(0, 'self'),
    (base) => emitter.emit('Unsqueeze', [base, emitter.numbers([place])]),
    (_, part) => emitter.emit('Squeeze', [part, emitter.numbers([place])]),
    (strides) => strides.toSpliced(place, 0, 1),
  )
}

/** The program says how many axes there are. */
function permuted(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const order = call.ints(1, 'dims')
  const shape = call.shape(0, 'self', { rank: order.length })
  return transposedView(
    call.tensor(0, 'self'),
    order.map((axis) => axisOf(axis, shape.length, call)),
    emitter,
  )
}

function swapped(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const [first, second] = [namedAxis(call, 1, ['dim0', 'axis0']), namedAxis(call, 2, ['dim1', 'axis1'])]
  const { length } = call.shape(
    0,
    'self',
    first >= 0 && second >= 0 ? { rank: Math.max(first, second, 2) + 1 } : undefined,
  )
  return exchanged(call, axisOf(first, length, call), axisOf(second, length, call), emitter)
}

function namedAxis(call: OperatorCall, position: number, names: readonly [string, string]): number {
  return call.int(position, call.named.has(names[1]) ? names[1] : names[0])
}

function exchanged(call: OperatorCall, first: number, second: number, emitter: TorchEmitter): ScriptValue {
  const order = range(call.shape(0, 'self').length)
  if (order.length === 0) return call.tensor(0, 'self')
  return transposedView(call.tensor(0, 'self'), order.with(first, second).with(second, first), emitter)
}

function turned(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { length } = call.shape(0, 'self', { rank: 2 })
  return length < 2 ? call.tensor(0, 'self') : exchanged(call, 0, 1, emitter)
}

function lastSwapped(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { length } = call.shape(0, 'self')
  return exchanged(call, length - 2, length - 1, emitter)
}

function reversed(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { length } = call.shape(0, 'self', { rank: 2 })
  return transposedView(call.tensor(0, 'self'), range(length).reverse(), emitter)
}

function movedim(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { length } = call.shape(0, 'self')
  const [from, to] = [call.ints(1, 'source'), call.ints(2, 'destination')].map((axes) =>
    axes.map((axis) => axisOf(axis, length, call)),
  )
  const rest = range(length).filter((axis) => from?.includes(axis) !== true)
  const order = range(length).map((place) => {
    const moved = to?.indexOf(place) ?? -1
    return moved >= 0 ? (from?.[moved] ?? place) : (rest.shift() ?? place)
  })
  return transposedView(call.tensor(0, 'self'), order, emitter)
}

function atLeast(rank: number): OperatorRule {
  return (call, emitter) => {
    const shape = call.shape(0, 'self')
    if (shape.length >= rank) return call.tensor(0, 'self')
    return shaped(call, [...range(rank - shape.length).map(() => 1), ...shape], emitter)
  }
}
