/** The built-in functions of TorchScript that need no operator of tensors. */
import type { Bound } from '../bound.js'
import type { BuiltIn, BuiltInCall, BuiltIns } from './built-in.js'
import { COMPARISONS } from './comparisons.js'
import { DICTS } from './dicts.js'
import { GLOBALS } from './globals.js'
import { LISTS } from './lists.js'
import { NUMBERS } from './numbers.js'
import { TENSORS } from './tensors.js'
import { TEXTS } from './texts.js'

/** A name may stand in several: each answers for its own kinds of values. */
const PARTS: readonly BuiltIns[] = [GLOBALS, NUMBERS, COMPARISONS, LISTS, DICTS, TEXTS, TENSORS]

const TABLE: ReadonlyMap<string, readonly BuiltIn[]> = new Map(
  PARTS.flatMap(Object.keys).map((name) => [name, PARTS.flatMap((part) => part[name] ?? [])]),
)

/** @returns `undefined` where the call is not one on numbers, texts, lists and the like */
export function callBuiltIn(call: BuiltInCall): Bound | undefined {
  for (const rule of TABLE.get(call.name) ?? []) {
    const result = rule(call)
    if (result !== undefined) return result
  }
  return undefined
}
