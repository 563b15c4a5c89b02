/** Numbers out of tensors and of each other: `int`, `float`, `bool`, `tolist`. */

import { int as intAttribute } from '../../../src/graph/attributes.js'
import { DATA_TYPES } from '../../../src/graph/data-type.js'
import { numbersOf } from '../../../src/operators/known-value.js'
import { bool, float, int, list, type ScriptTensor, type ScriptValue } from '../script-value.js'
import type { Bound } from './bound.js'
import { equals, negated } from './built-in/comparisons.js'
import { asNumber, floatOf, type ScriptNumber } from './built-in/numbers.js'
import type { Program } from './program.js'
import { cannotFollow, type Position } from './script-errors.js'

/** A number that only the run tells becomes a free size. */
export function toInt(value: ScriptValue, position: Position, { emitter }: Program): Bound {
  if (value.kind === 'wide') return value
  const number = value.kind === 'string' ? float(Number(value.value)) : (onlyNumber(value) ?? value)
  if (number.kind === 'int') return number
  if (number.kind === 'bool') return int(Number(number.value))
  if (number.kind === 'float' && Number.isFinite(number.value)) return int(Math.trunc(number.value))
  if (number.kind !== 'tensor') throw cannotFollow(position, `int(...) of a value of kind ${value.kind}`)
  const size = emitter.unknownDimension('int')
  emitter.bind(size, emitter.emit('Cast', [number.value], { to: intAttribute(DATA_TYPES.int64.code) }))
  return int(size)
}

/** A number that only the run tells stays a tensor. */
export function toFloat(value: ScriptValue, position: Position): Bound {
  if (value.kind === 'string') return float(Number(value.value.replace(/^([+-]?)inf$/i, '$1Infinity')))
  if (value.kind === 'wide') return float(Number(value.value))
  const number = onlyNumber(value)
  if (number !== undefined) return float(floatOf(number))
  if (value.kind === 'tensor') return value
  throw cannotFollow(position, `float(...) of a value of kind ${value.kind}`)
}

/** A truth that only the run tells stays a tensor. */
export function toBool(value: ScriptValue, position: Position): Bound {
  if (value.kind === 'wide') return bool(true)
  const number = onlyNumber(value)
  if (number?.kind === 'bool') return number
  if (number !== undefined) return negated(equals(number, int(0))) ?? bool(true)
  if (value.kind === 'tensor') return value
  throw cannotFollow(position, `bool(...) of a value of kind ${value.kind}`)
}

/** @returns the elements of a tensor that is known before the run */
export function toList(value: ScriptValue, position: Position): Bound {
  const elements = value.kind === 'tensor' ? numbersOf(value.value.known) : undefined
  if (value.kind !== 'tensor' || elements === undefined || (value.shape?.length ?? 2) > 1) {
    throw cannotFollow(position, 'tolist() of a tensor that only the run tells')
  }
  const isWhole = value.dtype?.includes('int') === true
  if (isWhole && !elements.every(Number.isSafeInteger)) throw cannotFollow(position, 'tolist() of numbers beyond 2^53')
  const items = elements.map((element) => (isWhole ? int(element) : float(element)))
  return value.shape?.length === 0 ? (items[0] ?? list([])) : list(items)
}

/** The one element of a tensor counts as a number, however many axes of 1 there are. */
function onlyNumber(value: ScriptValue): ScriptNumber | undefined {
  const number = asNumber(value)
  if (number !== undefined || value.kind !== 'tensor') return number
  return value.shape?.every((size) => size === 1) === true ? elementOf(value) : undefined
}

function elementOf({ value, dtype }: ScriptTensor): ScriptNumber | undefined {
  const [element] = numbersOf(value.known) ?? []
  if (element === undefined || (dtype === 'int64' && !Number.isSafeInteger(element))) return undefined
  if (dtype === 'bool') return { kind: 'bool', value: element !== 0 }
  return dtype?.includes('int') === true ? { kind: 'int', value: element } : { kind: 'float', value: element }
}
