/**
 * Slices: Python's subscripts with ranges, single elements, new axes and an ellipsis.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/strided_slice
 */
import { int } from '../../../src/graph/attributes.js'
import { range } from '../../emission/known-numbers.js'
import type { Value } from '../../emission/value.js'
import type { Flow } from '../flow.js'
import type { FlowEmitter } from '../flow-emitter.js'
import { type ConversionTable, cannotConvert, inputAt, type Operation, rankAt } from '../operation.js'
import { sizesValue } from './shape.js'

/** Slice and StridedSlice; bounds may be tensors that only the run tells. */
export const subscript: ConversionTable = { Slice: sliced, StridedSlice: strided }

const END = Number.MAX_SAFE_INTEGER

/** A size of -1 goes to the end. */
function sliced(operation: Operation, emitter: FlowEmitter): Flow {
  const [starts, sizes] = [inputAt(operation, 1), inputAt(operation, 2)]
  const value = emitter.plain(inputAt(operation, 0))
  const [known, given] = [starts.numbers, sizes.numbers]
  if (known !== undefined && given !== undefined) {
    const ends = given.map((size, axis) => (size === -1 ? END : (known[axis] ?? 0) + size))
    return emitter.flow(emitter.emit('Slice', [value, emitter.numbers(known), emitter.numbers(ends)]))
  }
  const [first, length] = [sizesValue(starts, emitter), sizesValue(sizes, emitter)]
  const isRest = emitter.emit('Less', [length, emitter.numbers(0)])
  const ends = emitter.emit('Where', [isRest, emitter.numbers(END), emitter.emit('Add', [first, length])])
  return emitter.flow(emitter.emit('Slice', [value, first, ends]))
}

/** One axis that is cut: numbers, or the places of their bounds among the inputs. */
interface Cut {
  readonly axis: number
  readonly start: Bound
  readonly end: Bound
  readonly step: number
}

/** A number that is known, or an element of `begin` or `end`. */
type Bound = number | { readonly input: number; readonly element: number }

/** What a subscript does: ranges first, then single elements, then new axes. */
interface Plan {
  readonly cuts: Cut[]
  readonly picks: { readonly axis: number; readonly index: Bound }[]
  readonly fresh: number[]
}

function strided(operation: Operation, emitter: FlowEmitter): Flow {
  const { cuts, picks, fresh } = planOf(operation)
  const source = inputAt(operation, 0)
  let value = emitter.plain(source)
  if (cuts.length > 0) value = cut(operation, value, cuts, emitter)
  // From the last axis on, so that the places of the others stay.
  for (const { axis, index } of picks.filter(({ index }) => typeof index !== 'number').reverse())
    value = emitter.emit('Gather', [value, scalarBound(operation, index, emitter)], { axis: int(axis) })
  const single = picks.filter(({ index }) => typeof index === 'number')
  if (single.length > 0) value = emitter.emit('Squeeze', [value, emitter.numbers(placesLeft(single, picks))])
  if (fresh.length > 0) value = emitter.emit('Unsqueeze', [value, emitter.numbers(fresh)])
  return emitter.flow(value)
}

/** Where axes are once those that were gathered from are gone. */
function placesLeft(single: Plan['picks'], picks: Plan['picks']): readonly number[] {
  const gone = picks.filter(({ index }) => typeof index !== 'number').map(({ axis }) => axis)
  return single.map(({ axis }) => axis - gone.filter((other) => other < axis).length)
}

const bit = (mask: number, place: number): boolean => Math.floor(mask / 2 ** place) % 2 === 1

function planOf(operation: Operation): Plan {
  const count = lengthAt(operation)
  const has = (name: string, place: number) => bit(operation.attributes.int(`${name}_mask`, 0), place)
  const plan: Plan = { cuts: [], picks: [], fresh: [] }
  let [axis, place] = [0, 0]
  for (const element of range(count)) {
    if (has('ellipsis', element)) {
      const taken = range(count).filter((later) => later > element && !has('new_axis', later)).length
      const skipped = rankAt(operation, 0) - taken - axis
      axis += skipped
      place += skipped
    } else if (has('new_axis', element)) {
      plan.fresh.push(place)
      place += 1
    } else if (has('shrink_axis', element)) {
      pick(operation, plan, axis, element)
      axis += 1
    } else {
      const bounds = boundsOf(operation, axis, element, has('begin', element), has('end', element))
      if (bounds !== undefined) plan.cuts.push(bounds)
      axis += 1
      place += 1
    }
  }
  return plan
}

function lengthAt(operation: Operation): number {
  const lengths = [1, 2, 3].map((index) => inputAt(operation, index).shape?.[0])
  const [count] = lengths.filter((length) => typeof length === 'number')
  if (count !== undefined && count <= 64) return count
  throw cannotConvert(operation, 'the number of its bounds is not known before the run')
}

function pick(operation: Operation, plan: Plan, axis: number, element: number): void {
  const index = boundAt(operation, 1, element)
  plan.picks.push({ axis, index })
  if (typeof index === 'number') plan.cuts.push({ axis, start: index, end: index === -1 ? END : index + 1, step: 1 })
}

/** @returns `undefined` for a whole axis */
function boundsOf(
  operation: Operation,
  axis: number,
  element: number,
  isFromStart: boolean,
  isToEnd: boolean,
): Cut | undefined {
  const step = boundAt(operation, 3, element)
  if (typeof step !== 'number' || step === 0) throw cannotConvert(operation, 'its step is not known before the run')
  const start = isFromStart ? (step < 0 ? END : 0) : boundAt(operation, 1, element)
  if (isToEnd && start === 0 && step === 1) return undefined
  return { axis, start, end: isToEnd ? (step < 0 ? -END : END) : boundAt(operation, 2, element), step }
}

function boundAt(operation: Operation, input: number, element: number): Bound {
  const known = inputAt(operation, input).elements?.[element]
  return typeof known === 'number' ? known : { input, element }
}

function cut(operation: Operation, value: Value, cuts: readonly Cut[], emitter: FlowEmitter): Value {
  return emitter.emit('Slice', [
    value,
    bounds(
      operation,
      cuts.map(({ start }) => start),
      emitter,
    ),
    bounds(
      operation,
      cuts.map(({ end }) => end),
      emitter,
    ),
    emitter.numbers(cuts.map(({ axis }) => axis)),
    emitter.numbers(cuts.map(({ step }) => step)),
  ])
}

function bounds(operation: Operation, list: readonly Bound[], emitter: FlowEmitter): Value {
  const numbers = list.filter((bound) => typeof bound === 'number')
  if (numbers.length === list.length) return emitter.numbers(numbers)
  const rows = list.map((bound) =>
    typeof bound === 'number' ? emitter.numbers([bound]) : elementOf(operation, bound, [bound.element], emitter),
  )
  return emitter.emit('Concat', rows, { axis: int(0) })
}

function scalarBound(operation: Operation, bound: Bound, emitter: FlowEmitter): Value {
  return typeof bound === 'number' ? emitter.numbers(bound) : elementOf(operation, bound, bound.element, emitter)
}

function elementOf(
  operation: Operation,
  { input }: Exclude<Bound, number>,
  place: number | readonly number[],
  emitter: FlowEmitter,
): Value {
  const list = sizesValue(inputAt(operation, input), emitter)
  return emitter.emit('Gather', [list, emitter.numbers(place)], { axis: int(0) })
}
