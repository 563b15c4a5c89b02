/** Comparisons and truth. Sizes that stay free are compared where their expressions decide it. */
import { UnsupportedError } from '../../../../src/core/errors.js'
import { type Dimension, isNonNegative, subtract } from '../../../../src/graph/dimension.js'
import { bool, type ScriptObject, type ScriptValue } from '../../script-value.js'
import type { Bound } from '../bound.js'
import { EXPORT_HINT } from '../script-errors.js'
import type { BuiltIn, BuiltInCall, BuiltIns } from './built-in.js'
import { asNumber, floatOf, numbersIn, type ScriptNumber } from './numbers.js'
import { wideNumbersIn } from './wide-numbers.js'

/** How much has been compared: lists may hold one another many times, or themselves. */
interface Walk {
  pairs: number
  depth: number
}

const MOST_PAIRS = 1_000_000
const DEEPEST = 200

/** @returns whether two values are equal; `undefined` where the kinds are not compared here */
export function equals(left: Bound, right: Bound, walk: Walk = { pairs: 0, depth: 0 }): Bound | undefined {
  walk.pairs += 1
  if (walk.pairs > MOST_PAIRS || walk.depth > DEEPEST) {
    throw new UnsupportedError('E_TORCH_SCRIPT', 'the model compares values that hold one another without end', {
      hint: EXPORT_HINT,
    })
  }
  walk.depth += 1
  const result = compared(left, right, walk)
  walk.depth -= 1
  return result
}

function compared(left: Bound, right: Bound, walk: Walk): Bound | undefined {
  if (left.kind === 'string' || left.kind === 'none' || right.kind === 'none' || right.kind === 'string') {
    return bool(left.kind === right.kind && 'value' in left && 'value' in right && left.value === right.value)
  }
  if (left.kind === 'wide' && right.kind !== 'tensor') return bool(right.kind === 'wide' && left.value === right.value)
  if (right.kind === 'wide' && left.kind !== 'tensor') return bool(false)
  const [a, b] = [asNumber(left), asNumber(right)]
  if (a !== undefined && b !== undefined) return equalNumbers(a, b)
  if ((left.kind === 'list' || left.kind === 'tuple') && (right.kind === 'list' || right.kind === 'tuple')) {
    return equalItems(left.items, right.items, walk)
  }
  return left.kind === 'object' && right.kind === 'object' ? equalObjects(left, right, walk) : undefined
}

/** Members of an Enum are equal where their values are. */
function equalObjects(left: ScriptObject, right: ScriptObject, walk: Walk): Bound | undefined {
  const [a, b] = [left.attributes.get('value'), right.attributes.get('value')]
  return left === right || left.type !== right.type || a === undefined || b === undefined
    ? bool(left === right)
    : equals(a, b, walk)
}

function equalNumbers(left: ScriptNumber, right: ScriptNumber): Bound {
  if (left.kind !== 'int' || right.kind !== 'int') return bool(floatOf(left) === floatOf(right))
  const difference = subtract(left.value, right.value)
  if (typeof difference === 'number') return bool(difference === 0)
  if (isNonNegative(subtract(difference, 1)) || isNonNegative(subtract(-1, difference))) return bool(false)
  // No model is made for tensors without elements: how many there are is a product of sizes.
  if (right.value === 0 && isProduct(left.value)) return bool(false)
  if (typeof right.value === 'number')
    return { kind: 'undecided', size: left.value, expected: right.value, truth: 'equal' }
  if (typeof left.value === 'number')
    return { kind: 'undecided', size: right.value, expected: left.value, truth: 'equal' }
  return { kind: 'undecided', size: difference, expected: 0, truth: 'equal' }
}

const isProduct = (size: Dimension): boolean =>
  typeof size !== 'number' && size.terms.length === 1 && isNonNegative(size)

function equalItems(left: readonly ScriptValue[], right: readonly ScriptValue[], walk: Walk): Bound | undefined {
  if (left.length !== right.length) return bool(false)
  let open: Bound | undefined
  for (const [index, item] of left.entries()) {
    const other = right[index]
    const result = other === undefined ? undefined : equals(item, other, walk)
    if (result === undefined) return undefined
    if (result.kind === 'bool' && !result.value) return result
    if (result.kind === 'undecided') open ??= result
  }
  return open ?? bool(true)
}

/** @returns the opposite; `undefined` for what is no truth */
export function negated(value: Bound | undefined): Bound | undefined {
  if (value?.kind === 'bool') return bool(!value.value)
  if (value?.kind !== 'undecided') return undefined
  const opposite = { equal: 'different', different: 'equal', other: 'other' } as const
  return { ...value, truth: opposite[value.truth] }
}

/** `left < right`, or `left <= right` with `margin` 0. */
function isBelow(left: ScriptNumber, right: ScriptNumber, margin: 0 | 1): Bound {
  if (left.kind === 'float' || right.kind === 'float' || left.kind === 'bool' || right.kind === 'bool') {
    const [a, b] = [floatOf(left), floatOf(right)]
    return bool(margin === 0 ? a <= b : a < b)
  }
  if (isNonNegative(subtract(subtract(right.value, left.value), margin))) return bool(true)
  if (isNonNegative(subtract(subtract(left.value, right.value), 1 - margin))) return bool(false)
  return { kind: 'undecided', size: freeOf(left.value, right.value), expected: undefined, truth: 'other' }
}

function freeOf(left: Dimension, right: Dimension): Dimension {
  if (typeof left === 'number') return right
  return typeof right === 'number' ? left : subtract(left, right)
}

function order(margin: 0 | 1, isSwapped: boolean): BuiltIn {
  return (call) => {
    const [first, second] = call.args
    if (first?.kind === 'string' && second?.kind === 'string')
      return textOrder(first.value, second.value, margin, isSwapped)
    const [left, right] = numbersIn(call) ?? []
    if (left === undefined || right === undefined) return wideOrder(call, margin, isSwapped)
    return isSwapped ? isBelow(right, left, margin) : isBelow(left, right, margin)
  }
}

function wideOrder(call: BuiltInCall, margin: 0 | 1, isSwapped: boolean): Bound | undefined {
  const [left, right] = wideNumbersIn(call) ?? []
  if (left === undefined || right === undefined) return undefined
  const [a, b] = isSwapped ? [right, left] : [left, right]
  return bool(margin === 0 ? a <= b : a < b)
}

function textOrder(left: string, right: string, margin: 0 | 1, isSwapped: boolean): Bound {
  const [a, b] = isSwapped ? [right, left] : [left, right]
  return bool(margin === 0 ? a <= b : a < b)
}

const isSame: BuiltIn = ({ args: [left, right] }) => {
  if (left === undefined || right === undefined) return undefined
  if (left.kind === 'none' || right.kind === 'none') return bool(left.kind === right.kind)
  if (left.kind === 'tensor' || left.kind === 'object' || left.kind === 'list') return bool(left === right)
  return equals(left, right)
}

const isEqual: BuiltIn = ({ args: [left, right] }) => {
  if (left === undefined || right === undefined) return undefined
  if (left.kind === 'tensor' && right.kind === 'tensor') return undefined
  return equals(left, right)
}

/** Both, or either; the other side may decide what free sizes do not. */
function combined(isEnough: boolean): BuiltIn {
  return ({ args: [left, right] }) => {
    if (left?.kind !== 'bool' && left?.kind !== 'undecided') return undefined
    if (right?.kind !== 'bool' && right?.kind !== 'undecided') return undefined
    if (left.kind === 'bool') return left.value === isEnough ? left : right
    if (right.kind === 'bool') return right.value === isEnough ? right : left
    return { ...left, expected: undefined, truth: 'other' }
  }
}

/** @returns whether a list of truths holds `isEnough` */
function anyOf(isEnough: boolean): BuiltIn {
  return ({ args: [first] }) => {
    if (first?.kind !== 'list') return undefined
    if (!first.items.every((item) => item.kind === 'bool' || item.kind === 'int')) return undefined
    return bool(first.items.some((item) => 'value' in item && (item.value !== 0 && item.value !== false) === isEnough))
  }
}

const isUnequal: BuiltIn = (call) => negated(isEqual(call))

export const COMPARISONS: BuiltIns = {
  eq: isEqual,
  ne: isUnequal,
  lt: order(1, false),
  le: order(0, false),
  gt: order(1, true),
  ge: order(0, true),
  __is__: isSame,
  __isnot__: (call) => negated(isSame(call)),
  __not__: ({ args: [value] }) => negated(value),
  __and__: combined(false),
  __or__: combined(true),
  __xor__: ({ args: [left, right] }) =>
    left?.kind === 'bool' && right?.kind === 'bool' ? bool(left.value !== right.value) : undefined,
  any: anyOf(true),
  all: (call) => negated(anyOf(false)(call)),
}
