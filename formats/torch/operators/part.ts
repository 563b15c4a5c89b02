/** Operators that take a part of a tensor, or take it apart, along one axis. */
import { int } from '../../../src/graph/attributes.js'
import {
  add,
  ceilDivide,
  type Dimension,
  equalDimensions,
  isNonNegative,
  min,
  multiply,
  subtract,
} from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRules } from '../operator-call.js'
import { list, type ScriptTensor, type ScriptValue, tensor } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { axisAt, axisOf } from './call-axes.js'
import { type Cut, cutOf, cutStrides, viewOf, withPart } from './views.js'

/** select, slice, narrow, split, chunk, unbind. */
export const part: OperatorRules = {
  select: (call, emitter) => selected(call, call.tensor(0, 'self'), call.int(1, 'dim'), call.size(2, 'index'), emitter),
  select_copy: (call, emitter) =>
    selected(call, call.tensor(0, 'self'), call.int(1, 'dim'), call.size(2, 'index'), emitter),
  slice: sliced,
  slice_copy: sliced,
  narrow,
  split: (call, emitter) =>
    call.at(1, 'split_size')?.kind === 'int' ? splitEvenly(call, emitter) : splitUp(call, emitter),
  split_with_sizes: splitUp,
  unsafe_split: splitEvenly,
  unsafe_split_with_sizes: splitUp,
  chunk,
  unsafe_chunk: chunk,
  tensor_split: tensorSplit,
  unbind,
  hsplit: (call, emitter) => tensorSplitAlong(call, call.shape(0, 'self').length > 1 ? 1 : 0, emitter),
  vsplit: (call, emitter) => tensorSplitAlong(call, 0, emitter),
  slice_scatter: sliceScattered,
  select_scatter: selectScattered,
}

const MAX_PARTS = 65_536

/** @returns the elements at one place of an axis, which goes */
export function selected(
  call: OperatorCall,
  self: ScriptTensor,
  givenAxis: number,
  given: Dimension,
  emitter: TorchEmitter,
): ScriptTensor {
  const shape = self.shape ?? call.shape(0, 'self')
  const axis = axisOf(givenAxis, shape.length, call)
  const cut = cutAt(given, axis, shape[axis] ?? 1)
  const squeezed = (value: Value) => emitter.emit('Squeeze', [value, emitter.numbers([axis])])
  return viewOf(
    self,
    (base) =>
      typeof given === 'number'
        ? emitter.emit('Gather', [base, emitter.numbers(given)], { axis: int(axis) })
        : squeezed(cutOf(base, cut, emitter)),
    (base, changed) => withPart(base, emitter.emit('Unsqueeze', [changed, emitter.numbers([axis])]), cut, emitter),
    (strides) => strides.toSpliced(axis, 1),
  )
}

function cutAt(index: Dimension, axis: number, size: Dimension): Cut {
  const start = typeof index === 'number' && index < 0 ? add(size, index) : index
  return { axis, start, end: index === -1 ? undefined : add(start, 1), step: 1 }
}

/** @returns the elements of one axis from `start` up to `end`, Python's way: negative bounds count from the end */
export function slicedTensor(
  call: OperatorCall,
  self: ScriptTensor,
  givenAxis: number,
  bounds: { readonly start: Dimension; readonly end: Dimension | undefined; readonly step: number },
  emitter: TorchEmitter,
): ScriptTensor {
  const { start: from, end: to, step } = bounds
  const isWhole = from === 0 && (to === undefined || (typeof to === 'number' && to >= 2 ** 31)) && step === 1
  if (isWhole) return self
  const shape = self.shape ?? call.shape(0, 'self')
  const axis = axisOf(givenAxis, shape.length, call)
  if (step < 1) return call.refuse(`its step is ${step}`)
  const size = shape[axis] ?? 1
  const start = inside(from, size)
  const end = to === undefined || (typeof to === 'number' && to >= 2 ** 31) ? undefined : inside(to, size)
  const cut = { axis, start, end: end !== undefined && equalDimensions(end, size) ? undefined : end, step }
  return viewOf(
    self,
    (base) => cutOf(base, cut, emitter),
    (base, changed) => withPart(base, changed, cut, emitter),
    (strides) => cutStrides(strides, cut),
  )
}

/** The end of an axis stands for everything behind it. */
function inside(bound: Dimension, size: Dimension): Dimension {
  const fromFront = typeof bound === 'number' && bound < 0 ? add(size, bound) : bound
  if (typeof fromFront === 'number' && typeof size === 'number') return Math.min(Math.max(fromFront, 0), size)
  return isNonNegative(subtract(size, fromFront)) ? fromFront : min(fromFront, size)
}

function sliced(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const end = call.has(3, 'end') ? call.size(3, 'end') : undefined
  const bounds = { start: call.size(2, 'start', 0), end, step: call.int(4, 'step', 1) }
  return slicedTensor(call, call.tensor(0, 'self'), call.int(1, 'dim', 0), bounds, emitter)
}

function narrow(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const start = call.size(2, 'start')
  const size = call.shape(0, 'self')[axisAt(call, 1, 'dim', call.shape(0, 'self').length)] ?? 1
  const first = typeof start === 'number' && start < 0 ? add(size, start) : start
  const bounds = { start: first, end: add(first, call.size(3, 'length')), step: 1 }
  return slicedTensor(call, call.tensor(0, 'self'), call.int(1, 'dim'), bounds, emitter)
}

/** The axis stands behind the sizes. */
function partedAxis(call: OperatorCall): { readonly axis: number; readonly size: Dimension } {
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 2, 'dim', shape.length, 0)
  return { axis, size: shape[axis] ?? 1 }
}

function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}

/** Parts of one size, the last one maybe smaller. A count that divides a free size evenly need not know it. */
function splitEvenly(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { axis, size } = partedAxis(call)
  const each = call.size(1, 'split_size')
  const count = known(ceilDivide(size, each))
  return parts(call, axis, partSizes(size, each, count, call), emitter)
}

function partSizes(size: Dimension, each: Dimension, count: number, call: OperatorCall): readonly Dimension[] {
  if (!(count > 0 && count <= MAX_PARTS)) return call.refuse(`it makes ${count} parts`)
  return range(count).map((at) => (at < count - 1 ? each : subtract(size, multiply(each, count - 1))))
}

function splitUp(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const name = call.named.has('split_size') ? 'split_size' : 'split_sizes'
  return parts(call, partedAxis(call).axis, call.sizes(1, name), emitter)
}

function chunk(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { axis, size } = partedAxis(call)
  const each = ceilDivide(size, call.int(1, 'chunks'))
  return parts(call, axis, partSizes(size, each, known(ceilDivide(size, each)), call), emitter)
}

function tensorSplit(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  return tensorSplitAlong(call, partedAxis(call).axis, emitter)
}

/** A count makes parts that differ by one at most; a list names where parts begin. */
function tensorSplitAlong(call: OperatorCall, axis: number, emitter: TorchEmitter): ScriptValue {
  const size = call.shape(0, 'self')[axis] ?? 1
  if (call.at(1, 'sections')?.kind === 'int') {
    const [count, whole] = [call.int(1, 'sections'), known(size)]
    if (!(count > 0 && count <= MAX_PARTS)) return call.refuse(`it makes ${count} parts`)
    const each = Math.floor(whole / count)
    return parts(
      call,
      axis,
      range(count).map((at) => each + (at < whole % count ? 1 : 0)),
      emitter,
    )
  }
  const bounds = [0, ...call.sizes(1, 'indices').map((bound) => inside(bound, size)), size]
  return parts(
    call,
    axis,
    bounds.slice(1).map((bound, at) => subtract(bound, bounds[at] ?? 0)),
    emitter,
  )
}

function unbind(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 1, 'dim', shape.length, 0)
  const count = known(shape[axis] ?? 1)
  if (count > MAX_PARTS) return call.refuse(`it makes ${count} parts`)
  return list(range(count).map((at) => selected(call, call.tensor(0, 'self'), axis, at, emitter)))
}

/** One node gives all parts; each shows again what is written into the whole. */
function parts(call: OperatorCall, axis: number, sizes: readonly Dimension[], emitter: TorchEmitter): ScriptValue {
  const self = call.tensor(0, 'self')
  const whole = self.value
  if (sizes.length === 1) return list([self])
  const lengths = sizes.every((size) => typeof size === 'number') ? emitter.numbers(sizes) : undefined
  const outputs =
    lengths === undefined
      ? []
      : emitter.emitAll('Split', [whole, lengths], { axis: int(axis) }, { outputs: sizes.length })
  let end: Dimension = 0
  return list(
    sizes.map((size, at) => {
      const start = end
      end = add(start, size)
      const cut = { axis, start, end: at === sizes.length - 1 ? undefined : end, step: 1 }
      return viewOf(
        self,
        (base) => (base === whole ? outputs[at] : undefined) ?? cutOf(base, cut, emitter),
        (base, changed) => withPart(base, changed, cut, emitter),
        (strides) => strides,
      )
    }),
  )
}

/** The whole with the source in the place of a slice. */
function sliceScattered(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const shape = call.shape(0, 'self')
  const axis = axisAt(call, 2, 'dim', shape.length, 0)
  const end = call.has(4, 'end') ? call.size(4, 'end') : undefined
  const copy = tensor(call.value(0, 'self'))
  const bounds = { start: call.size(3, 'start', 0), end, step: call.int(5, 'step', 1) }
  slicedTensor(call, copy, axis, bounds, emitter).assign(call.value(1, 'src'))
  return copy
}

function selectScattered(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const copy = tensor(call.value(0, 'self'))
  selected(call, copy, call.int(2, 'dim'), call.size(3, 'index'), emitter).assign(call.value(1, 'src'))
  return copy
}
