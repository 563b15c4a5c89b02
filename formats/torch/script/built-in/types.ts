/** Whether a value is of a type, as `isinstance` asks. */
import { bool, type ScriptValue } from '../../script-value.js'
import type { Bound } from '../bound.js'
import type { Expression } from '../syntax.js'

const KINDS: ReadonlyMap<string, readonly ScriptValue['kind'][]> = new Map(
  Object.entries<readonly ScriptValue['kind'][]>({
    Tensor: ['tensor'],
    int: ['int'],
    float: ['float'],
    bool: ['bool'],
    str: ['string'],
    number: ['int', 'float'],
    NoneType: ['none'],
    list: ['list'],
    List: ['list'],
    tuple: ['tuple'],
    Tuple: ['tuple'],
    Dict: ['dict'],
    Device: ['string'],
  }),
)

/** @param type - a type, or several in brackets */
export function isInstance(value: ScriptValue, type: Expression): Bound {
  return bool(type.kind === 'tuple' ? type.items.some((item) => matches(value, item)) : matches(value, type))
}

function matches(value: ScriptValue, type: Expression): boolean {
  if (type.kind === 'name') return type.name === 'Any' || (KINDS.get(type.name)?.includes(value.kind) ?? false)
  if (type.kind === 'attribute') return 'type' in value && value.type === qualifiedName(type)
  if (type.kind !== 'index' || type.of.kind !== 'name') return value.kind === 'none' && type.kind === 'none'
  const parts = type.index.kind === 'tuple' ? type.index.items : [type.index]
  const { name } = type.of
  if (name === 'Optional') return value.kind === 'none' || parts.some((part) => matches(value, part))
  if (name === 'Union') return parts.some((part) => matches(value, part))
  if (!(KINDS.get(name)?.includes(value.kind) ?? false)) return false
  return itemsMatch(value, parts)
}

function itemsMatch(value: ScriptValue, [first, ...others]: readonly Expression[]): boolean {
  if (first === undefined) return true
  if (value.kind === 'list') return value.items.every((item) => matches(item, first))
  if (value.kind !== 'tuple') return true
  const types = [first, ...others]
  return value.items.length === types.length && value.items.every((item, at) => matches(item, types[at] ?? first))
}

function qualifiedName(type: Expression): string {
  if (type.kind === 'name') return type.name
  return type.kind === 'attribute' ? `${qualifiedName(type.of)}.${type.name}` : ''
}
