/** Lists and tuples, which the program may change. */
import { add, type Dimension, floorDivide, isNonNegative, multiply, subtract } from '../../../../src/graph/dimension.js'
import { bool, int, list, NONE, type ScriptList, type ScriptValue } from '../../script-value.js'
import type { Bound } from '../bound.js'
import { type BuiltIn, type BuiltInCall, type BuiltIns, known } from './built-in.js'
import { equals } from './comparisons.js'
import { asNumber, floatOf } from './numbers.js'

/** Items of all lists together that a model may make; real ones have some thousands. */
const LONGEST_LIST = 100_000

/** @throws {UnsupportedError} where a list grows beyond all reason */
function grown(call: BuiltInCall, items: readonly ScriptValue[]): ScriptList {
  if (items.length > LONGEST_LIST) throw call.refuse(`a list has more than ${LONGEST_LIST} items`)
  return list(items)
}

/** Changes a list in place, if the first argument is one. */
function onList(change: (target: ScriptList, call: BuiltInCall) => Bound | undefined): BuiltIn {
  return (call) => {
    const [target] = call.args
    return target?.kind === 'list' ? change(target, call) : undefined
  }
}

function checked(target: ScriptList, call: BuiltInCall): ScriptList {
  if (target.items.length > LONGEST_LIST) throw call.refuse(`a list has more than ${LONGEST_LIST} items`)
  return target
}

/**
 * @returns the place of an item; negative indices count from the end
 * @throws {UnsupportedError} outside the list
 */
export function placeIn(length: number, index: number, call: BuiltInCall): number {
  const place = index < 0 ? index + length : index
  if (place < 0 || place >= length) throw call.refuse(`index ${index} of a list of ${length}`)
  return place
}

const append = onList((target, call) => {
  target.items.push(call.value(1))
  return checked(target, call)
})

const extend = onList((target, call) => {
  target.items.push(...call.expect(1, 'list').items.slice(0, LONGEST_LIST + 1))
  return checked(target, call)
})

const insert = onList((target, call) => {
  target.items.splice(call.int(1), 0, call.value(2))
  return checked(target, call)
})

const pop = onList((target, call) => {
  const place = placeIn(target.items.length, call.int(1, -1), call)
  return target.items.splice(place, 1)[0]
})

const setItem = onList((target, call) => {
  target.items[placeIn(target.items.length, call.int(1), call)] = call.value(2)
  return target
})

const deleteItem = onList((target, call) => {
  target.items.splice(placeIn(target.items.length, call.int(1), call), 1)
  return NONE
})

/** @returns the items from `start` up to `end`, as `slice` of Python counts */
export function sliced<T>(items: readonly T[], start: number, end: number, step: number): T[] {
  const { length } = items
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, 0), length)
  const part = items.slice(clamp(start), clamp(end))
  return step === 1 ? part : part.filter((_, index) => index % step === 0)
}

const slice = onList((target, call) => {
  const step = call.int(3, 1)
  if (step < 1) throw call.refuse(`steps of ${step}`)
  return list(sliced(target.items, call.int(1, 0), call.int(2, target.items.length), step))
})

const concatenate: BuiltIn = (call) => {
  const [left, right] = call.args
  if (left?.kind === 'list' && right?.kind === 'list') return grown(call, [...left.items, ...right.items])
  if (left?.kind !== 'tuple' || right?.kind !== 'tuple') return undefined
  return { kind: 'tuple', items: [...left.items, ...right.items] }
}

const repeat: BuiltIn = (call) => {
  const target = call.args.find((value) => value.kind === 'list')
  const times = asNumber(call.args.find((value) => value.kind !== 'list'))
  if (target?.kind !== 'list' || times === undefined) return undefined
  const count = Math.max(0, Math.min(floatOf(times), LONGEST_LIST + 1))
  if (count * target.items.length > LONGEST_LIST) throw call.refuse(`a list has more than ${LONGEST_LIST} items`)
  return list(Array.from({ length: count }, () => target.items).flat())
}

const indexOf = (target: ScriptList, wanted: ScriptValue, call: BuiltInCall): number =>
  target.items.findIndex((item) => {
    const result = equals(item, wanted)
    if (result?.kind === 'bool') return result.value
    throw call.refuse('items cannot be compared before the run')
  })

const contains = onList((target, call) => bool(indexOf(target, call.value(1), call) >= 0))

const index = onList((target, call) => {
  // torch.index(tensor, ...) is an operator of tensors; a list of tensors is never searched.
  const found = indexOf(target, call.value(1), call)
  if (found < 0) throw call.refuse('there is no such item')
  return int(found)
})

const remove = onList((target, call) => {
  const found = indexOf(target, call.value(1), call)
  if (found < 0) throw call.refuse('there is no such item')
  target.items.splice(found, 1)
  return NONE
})

const count = onList((target, call) => int(target.items.filter((item) => isTrue(equals(item, call.value(1)))).length))
const isTrue = (value: Bound | undefined): boolean => value?.kind === 'bool' && value.value

function sortedItems(call: BuiltInCall, target: ScriptList): ScriptValue[] {
  const reverse = call.args[1]
  const keys = target.items.map((item) => (item.kind === 'string' ? item.value : numberKey(item, call)))
  const order = [...keys.keys()].sort((a, b) => compare(keys[a], keys[b]) || a - b)
  if (reverse?.kind === 'bool' && reverse.value) order.reverse()
  return order.flatMap((place) => target.items[place] ?? [])
}

function numberKey(item: ScriptValue, call: BuiltInCall): number {
  const number = asNumber(item)
  if (number === undefined) throw call.refuse('items cannot be compared before the run')
  return floatOf(number)
}

function compare(left: string | number | undefined, right: string | number | undefined): number {
  if (left === undefined || right === undefined || left === right) return 0
  return left < right ? -1 : 1
}

const length: BuiltIn = ({ args: [value] }) => {
  if (value?.kind === 'list' || value?.kind === 'tuple') return int(value.items.length)
  if (value?.kind === 'dict') return int(value.entries.size)
  return value?.kind === 'string' ? int(value.value.length) : undefined
}

/** How many numbers `range(start, end, step)` has. */
const rangeLength: BuiltIn = (call) => {
  const [start, end, step] = [call.size(0), call.size(1), call.int(2)]
  if (step === 0) throw call.refuse('steps of 0')
  const distance: Dimension = step > 0 ? subtract(end, start) : subtract(start, end)
  const turns = floorDivide(add(distance, Math.abs(step) - 1), Math.abs(step))
  if (typeof turns === 'number') return int(Math.max(0, turns))
  return int(isNonNegative(turns) ? turns : known(turns))
}

const rangeList: BuiltIn = (call) => {
  const turns = call.int(0)
  if (turns > LONGEST_LIST) throw call.refuse(`a list has more than ${LONGEST_LIST} items`)
  return list(Array.from({ length: Math.max(0, turns) }, (_, at) => int(at)))
}

export const LISTS: BuiltIns = {
  append,
  extend,
  insert,
  pop,
  _set_item: setItem,
  Delete: deleteItem,
  clear: onList((target) => {
    target.items.length = 0
    return NONE
  }),
  copy: onList((target) => list(target.items)),
  list: onList((target) => list(target.items)),
  reverse: onList((target) => {
    target.items.reverse()
    return NONE
  }),
  slice,
  add: concatenate,
  add_: (call) => extend(call),
  mul: repeat,
  __contains__: contains,
  index,
  remove,
  count,
  sorted: onList((target, call) => list(sortedItems(call, target))),
  sort: onList((target, call) => {
    target.items.splice(0, target.items.length, ...sortedItems(call, target))
    return NONE
  }),
  len: length,
  __range_length: rangeLength,
  __derive_index: (call) => int(add(call.size(1), multiply(call.size(0), call.size(2)))),
  'prim.rangelist': rangeList,
}
