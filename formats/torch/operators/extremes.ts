/** Largest and smallest elements with their places, and sorting. @see https://docs.pytorch.org/docs/stable/torch.html#comparison-ops */
import { int } from '../../../src/graph/attributes.js'
import { type Dimension, product } from '../../../src/graph/dimension.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import { OpenSize } from '../open-size.js'
import type { OperatorCall, OperatorRule, OperatorRules } from '../operator-call.js'
import { type ScriptTensor, type ScriptValue, tensor, tuple } from '../script-value.js'
import type { TorchEmitter } from '../torch-emitter.js'
import { arithmetic } from './arithmetic.js'
import { ALL } from './axes.js'
import { cast, widened } from './operands.js'
import { extreme } from './reduction.js'

/** Where several are alike the first place is told. */
export const extremes: OperatorRules = {
  max: best('ReduceMax', 'ArgMax', 'maximum'),
  min: best('ReduceMin', 'ArgMin', 'minimum'),
  argmax: (call, emitter) => placeOf('ArgMax', call, emitter),
  argmin: (call, emitter) => placeOf('ArgMin', call, emitter),
  topk: (call, emitter) => {
    const isLargest = call.bool(3, 'largest', true)
    return tuple(sorted(call.size(1, 'k'), call.int(2, 'dim', -1), isLargest, call, emitter))
  },
  sort: (call, emitter) => tuple(wholeSorted(call, emitter)),
  argsort: (call, emitter) => wholeSorted(call, emitter)[1] ?? call.refuse('there is nothing to sort'),
  msort: (call, emitter) => {
    const [values] = sorted(sizeAt(call, 0), 0, false, call, emitter)
    return values ?? call.refuse('there is nothing to sort')
  },
  median,
  kthvalue: (call, emitter) =>
    chosen(call.int(1, 'k'), call.int(2, 'dim', -1), call.bool(3, 'keepdim', false), call, emitter),
}

/** `max(x)`, `max(x, other)` and `max(x, dim)` are three operators of one name. */
function best(operator: 'ReduceMax' | 'ReduceMin', places: string, ofTwo: string): OperatorRule {
  return (call, emitter) => {
    const second = call.at(1, 'dim') ?? call.at(1, 'other')
    if (second === undefined) return extreme(operator, ALL, call, emitter)
    if (second.kind === 'tensor') return (arithmetic[ofTwo] ?? call.refuse('it compares tensors'))(call, emitter)
    const axes = { axes: [call.int(1, 'dim')], keepdim: call.bool(2, 'keepdim', false) }
    return tuple([
      extreme(operator, axes, call, emitter),
      place(places, axes.axes[0] ?? 0, axes.keepdim, call, emitter),
    ])
  }
}

/** Engines search and sort wider numbers alone. */
const searchable = ({ value, dtype }: ScriptTensor, emitter: TorchEmitter): Value =>
  cast(value, widened(dtype), emitter)

function place(
  operator: string,
  axis: number,
  keepdim: boolean,
  call: OperatorCall,
  emitter: TorchEmitter,
): ScriptTensor {
  const attributes = { axis: int(axis), keepdims: int(Number(keepdim)) }
  return emitter.tensor(operator, [searchable(call.tensor(0, 'self'), emitter)], attributes)
}

/** Without an axis the place among all elements. */
function placeOf(operator: string, call: OperatorCall, emitter: TorchEmitter): ScriptTensor {
  const keepdim = call.bool(2, 'keepdim', false)
  if (call.has(1, 'dim')) return place(operator, call.int(1, 'dim'), keepdim, call, emitter)
  const flat = flattened(call, emitter)
  const found = emitter.emit(operator, [flat], { axis: int(0), keepdims: int(0) })
  const rank = keepdim ? call.shape(0, 'self').length : 0
  return rank === 0 ? tensor(found) : emitter.tensor('Reshape', [found, emitter.numbers(range(rank).map(() => 1))])
}

const flattened = (call: OperatorCall, emitter: TorchEmitter): Value =>
  emitter.emit('Reshape', [searchable(call.tensor(0, 'self'), emitter), emitter.numbers([-1])])

/** The first `count` elements in that order, and their places. */
function sorted(
  count: Dimension,
  axis: number,
  isLargest: boolean,
  call: OperatorCall,
  emitter: TorchEmitter,
): readonly ScriptTensor[] {
  const self = call.tensor(0, 'self')
  const list = emitter.sizes([count])
  if (list === undefined) throw new OpenSize(count, undefined)
  const attributes = { axis: int(axis), largest: int(Number(isLargest)) }
  const found = emitter.emitAll('TopK', [searchable(self, emitter), list], attributes, { outputs: 2 })
  return found.map((value, output) => tensor(output === 0 ? cast(value, self.dtype, emitter) : value))
}

/** `sort(x, dim, descending)` or, with a `stable` by name, the same; ties come in the order of the input in both. */
function wholeSorted(call: OperatorCall, emitter: TorchEmitter): readonly ScriptTensor[] {
  const isStableForm = call.at(1, 'stable')?.kind === 'bool' && !call.named.has('stable')
  const first = isStableForm ? 2 : 1
  const axis = call.int(first, 'dim', -1)
  return sorted(sizeAt(call, axis), axis, call.bool(first + 1, 'descending', false), call, emitter)
}

const sizeAt = (call: OperatorCall, axis: number): Dimension => call.shape(0, 'self').at(axis) ?? 1

/** Of an even number of elements the lower of the two in the middle. */
function median(call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const { dtype } = call.tensor(0, 'self')
  if (call.has(1, 'dim')) {
    const axis = call.int(1, 'dim')
    return chosen(middle(sizeAt(call, axis)), axis, call.bool(2, 'keepdim', false), call, emitter)
  }
  const count = middle(product(call.shape(0, 'self')))
  const lower = emitter.emitAll(
    'TopK',
    [flattened(call, emitter), emitter.numbers([count])],
    { largest: int(0) },
    { outputs: 2 },
  )
  return tensor(cast(emitter.emit('Gather', [lower[0], emitter.numbers(count - 1)]), dtype, emitter))
}

function middle(count: Dimension): number {
  if (typeof count !== 'number') throw new OpenSize(count, undefined)
  return Math.floor((count + 1) / 2)
}

/** The `count`-th smallest element along an axis, and its place. */
function chosen(count: number, axis: number, keepdim: boolean, call: OperatorCall, emitter: TorchEmitter): ScriptValue {
  const last = emitter.numbers(keepdim ? [count - 1] : count - 1)
  const found = sorted(count, axis, false, call, emitter)
  return tuple(found.map(({ value }) => emitter.tensor('Gather', [value, last], { axis: int(axis) })))
}
