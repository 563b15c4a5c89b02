/** Dicts, which the program may change. */
import { bool, list, NONE, type ScriptDict, type ScriptValue, tuple } from '../../script-value.js'
import type { Bound } from '../bound.js'
import { type BuiltIn, type BuiltInCall, type BuiltIns, known } from './built-in.js'

const MOST_ENTRIES = 100_000

/** @returns a key as a dict keeps it; `undefined` for what is no key */
export function keyOf(value: Bound | undefined): string | number | boolean | undefined {
  if (value?.kind === 'string' || value?.kind === 'bool' || value?.kind === 'float') return value.value
  return value?.kind === 'int' ? known(value.value) : undefined
}

function keyAt(call: BuiltInCall, index: number): string | number | boolean {
  const key = keyOf(call.args[index])
  if (key === undefined) throw call.refuse('the key is neither text nor number')
  return key
}

function keyValue(key: string | number | boolean): ScriptValue {
  if (typeof key === 'string') return { kind: 'string', value: key }
  if (typeof key === 'boolean') return bool(key)
  return Number.isInteger(key) ? { kind: 'int', value: key } : { kind: 'float', value: key }
}

function onDict(change: (target: ScriptDict, call: BuiltInCall) => Bound | undefined): BuiltIn {
  return (call) => {
    const [target] = call.args
    return target?.kind === 'dict' ? change(target, call) : undefined
  }
}

/** @throws {UnsupportedError} where the dict grows beyond all reason */
function put(target: ScriptDict, key: string | number | boolean, value: ScriptValue, call: BuiltInCall): void {
  target.entries.set(key, value)
  if (target.entries.size > MOST_ENTRIES) throw call.refuse(`a dict has more than ${MOST_ENTRIES} entries`)
}

const get = onDict(
  (target, call) => target.entries.get(keyAt(call, 1)) ?? (call.args.length > 2 ? call.value(2) : NONE),
)

const pop = onDict((target, call) => {
  const key = keyAt(call, 1)
  const value = target.entries.get(key) ?? (call.args.length > 2 ? call.value(2) : undefined)
  if (value === undefined) throw call.refuse('there is no such key')
  target.entries.delete(key)
  return value
})

const setDefault = onDict((target, call) => {
  const key = keyAt(call, 1)
  const value = target.entries.get(key) ?? call.value(2)
  put(target, key, value, call)
  return value
})

const update = onDict((target, call) => {
  for (const [key, value] of call.expect(1, 'dict').entries) put(target, key, value, call)
  return NONE
})

/** `dict()`, `dict(pairs)` or `dict(other)`. */
const make: BuiltIn = (call) => {
  const [from] = call.args
  if (from?.kind === 'dict') return { kind: 'dict', entries: new Map(from.entries) }
  const made: ScriptDict = { kind: 'dict', entries: new Map() }
  for (const pair of from?.kind === 'list' ? from.items : []) {
    const [name, value] = pair.kind === 'tuple' ? pair.items : []
    const key = keyOf(name)
    if (key === undefined || value === undefined) throw call.refuse('an item is no pair of a key and a value')
    put(made, key, value, call)
  }
  return made
}

const copy = onDict((target) => ({ kind: 'dict', entries: new Map(target.entries) }))

export const DICTS: BuiltIns = {
  keys: onDict((target) => list([...target.entries.keys()].map(keyValue))),
  values: onDict((target) => list([...target.entries.values()])),
  items: onDict((target) => list([...target.entries].map(([key, value]) => tuple([keyValue(key), value])))),
  __contains__: onDict((target, call) => bool(target.entries.has(keyAt(call, 1)))),
  _set_item: onDict((target, call) => {
    put(target, keyAt(call, 1), call.value(2), call)
    return target
  }),
  Delete: onDict((target, call) => {
    target.entries.delete(keyAt(call, 1))
    return NONE
  }),
  clear: onDict((target) => {
    target.entries.clear()
    return NONE
  }),
  get,
  pop,
  setdefault: setDefault,
  update,
  copy,
  dict: make,
}
