/** Strings, which models mostly make for messages. */
import { formatDimension } from '../../../../src/graph/dimension.js'
import { bool, int, list, type ScriptValue, text } from '../../script-value.js'
import type { Bound } from '../bound.js'
import type { BuiltIn, BuiltInCall, BuiltIns } from './built-in.js'

const LONGEST_TEXT = 10_000

/** @returns the value as Python prints it, or nearly so: messages are all that is made of it */
export function formatValue(value: Bound | undefined): string {
  return formatWithin(value, 0, { characters: LONGEST_TEXT })
}

/** @param room - what may still be written */
function formatWithin(value: Bound | undefined, depth: number, room: { characters: number }): string {
  if (value?.kind === 'list') return `[${formatItems(value.items, depth, room)}]`
  if (value?.kind === 'tuple') return `(${formatItems(value.items, depth, room)})`
  const written = formatPlain(value).slice(0, room.characters)
  room.characters -= written.length
  return written
}

function formatPlain(value: Bound | undefined): string {
  if (value === undefined || value.kind === 'none') return 'None'
  switch (value.kind) {
    case 'bool':
      return value.value ? 'True' : 'False'
    case 'wide':
      return String(value.value)
    case 'int':
      return formatDimension(value.value)
    case 'float':
      return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
    case 'string':
      return value.value
    default:
      return `<${value.kind}>`
  }
}

function formatItems(items: readonly ScriptValue[], depth: number, room: { characters: number }): string {
  const shown: string[] = []
  for (const item of items) {
    room.characters -= 2
    if (room.characters <= 0 || shown.length === 20 || depth > 4) return [...shown, '...'].join(', ')
    shown.push(formatWithin(item, depth + 1, room))
  }
  return shown.join(', ')
}

function formatted({ args: [template, ...values] }: BuiltInCall): Bound | undefined {
  if (template?.kind !== 'string') return undefined
  let next = 0
  return replaced(template.value, '{}', () => {
    next += 1
    return formatValue(values[next - 1])
  })
}

function percentFormatted({ args: [template, ...values] }: BuiltInCall): Bound | undefined {
  if (template?.kind !== 'string') return undefined
  let next = 0
  return replaced(template.value, /%[-\d.]*[sdifgre]/g, () => {
    next += 1
    return formatValue(values[next - 1])
  })
}

/** Makes no more than is kept: what stands behind it does not count. */
function replaced(value: string, found: string | RegExp, make: () => string): ScriptValue {
  let made = 0
  const result = value.replaceAll(found, () => {
    if (made > LONGEST_TEXT) return ''
    const part = make()
    made += part.length
    return part
  })
  return text(result.slice(0, LONGEST_TEXT))
}

/** A function of the text alone. */
function ofText(compute: (value: string) => string): BuiltIn {
  return ({ args: [value] }) => (value?.kind === 'string' ? text(compute(value.value)) : undefined)
}

/** A question about the text and another one. */
function ofTwo(compute: (value: string, other: string) => ScriptValue): BuiltIn {
  return (call) => {
    const [value] = call.args
    return value?.kind === 'string' ? compute(value.value, call.text(1)) : undefined
  }
}

const split: BuiltIn = (call) => {
  const [value, separator] = call.args
  if (value?.kind !== 'string') return undefined
  if (separator?.kind === 'string') return list(value.value.split(separator.value).map(text))
  return list(value.value.split(/\s+/).filter(Boolean).map(text))
}

const join: BuiltIn = (call) => {
  const [value] = call.args
  if (value?.kind !== 'string') return undefined
  let joined = ''
  for (const [at, item] of call.expect(1, 'list').items.entries()) {
    if (joined.length > LONGEST_TEXT) break
    joined += `${at === 0 ? '' : value.value}${item.kind === 'string' ? item.value : ''}`
  }
  return text(joined.slice(0, LONGEST_TEXT))
}

const replace: BuiltIn = (call) => {
  const [value] = call.args
  if (value?.kind !== 'string') return undefined
  const replacement = call.text(2)
  return replaced(value.value, call.text(1), () => replacement)
}

const concatenate: BuiltIn = ({ args: [left, right] }) =>
  left?.kind === 'string' && right?.kind === 'string'
    ? text((left.value + right.value).slice(0, LONGEST_TEXT))
    : undefined

export const TEXTS: BuiltIns = {
  format: formatted,
  percentFormat: percentFormatted,
  str: ({ args: [value] }) => text(formatValue(value)),
  add: concatenate,
  lower: ofText((value) => value.toLowerCase()),
  upper: ofText((value) => value.toUpperCase()),
  strip: ofText((value) => value.trim()),
  startswith: ofTwo((value, other) => bool(value.startsWith(other))),
  endswith: ofTwo((value, other) => bool(value.endsWith(other))),
  find: ofTwo((value, other) => int(value.indexOf(other))),
  __contains__: ofTwo((value, other) => bool(value.includes(other))),
  split,
  join,
  replace,
}
