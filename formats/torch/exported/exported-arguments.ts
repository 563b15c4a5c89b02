/** Arguments of calls in `.pt2` files as values of the program. */
import { bool, float, int, list, NONE, type ScriptValue, text } from '../script-value.js'
import {
  brokenExport,
  flagOf,
  listOf,
  numberOf,
  objectOf,
  programWhole,
  textOf,
  type Union,
  unionOf,
  wholeOf,
} from './exported-json.js'
import { memoryFormatOf, scalarTypeOf } from './exported-types.js'

/** Gives the value of a name. */
export type FindValue = (name: string) => ScriptValue

/**
 * @returns `undefined` for a kind that no operator of a model takes, e.g. an object of Python
 * @throws {FormatError} `E_TORCH_EXPORT` for a value that is not of its kind
 */
export function argumentValue({ kind, value }: Union, find: FindValue): ScriptValue | undefined {
  return READERS.get(kind)?.(value, find)
}

/** @returns the name under which an output is kept; `undefined` for none */
export function outputName({ kind, value }: Union): string | undefined {
  if (kind === 'as_tensor') return textOf(objectOf(value, kind).name, 'name')
  if (kind === 'as_optional_tensor') return outputName(unionOf(value, kind))
  if (!/^as_sym_(int|float|bool)$/.test(kind)) return undefined
  const { as_name: name } = objectOf(value, kind)
  return typeof name === 'string' ? name : undefined
}

type Reader = (value: unknown, find: FindValue) => ScriptValue

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['as_none', () => NONE],
  ['as_int', (value) => programWhole(value, 'as_int')],
  ['as_float', (value) => float(numberOf(value, 'as_float'))],
  ['as_bool', (value) => bool(flagOf(value, 'as_bool'))],
  ['as_string', (value) => text(textOf(value, 'as_string'))],
  ['as_tensor', named],
  ['as_optional_tensor', optional],
  ['as_sym_int', sizeOrName],
  ['as_sym_float', sizeOrName],
  ['as_sym_bool', sizeOrName],
  ['as_ints', listed((value) => programWhole(value, 'as_ints'))],
  ['as_floats', listed((value) => float(numberOf(value, 'as_floats')))],
  ['as_bools', listed((value) => bool(flagOf(value, 'as_bools')))],
  ['as_strings', listed((value) => text(textOf(value, 'as_strings')))],
  ['as_tensors', listed(named)],
  ['as_optional_tensors', listed(optional)],
  ['as_sym_ints', listed(sizeOrName)],
  ['as_sym_floats', listed(sizeOrName)],
  ['as_scalar_type', (value) => int(scalarTypeOf(wholeOf(value, 'as_scalar_type')))],
  ['as_memory_format', (value) => int(memoryFormatOf(wholeOf(value, 'as_memory_format')))],
  ['as_layout', () => int(0)],
  ['as_device', () => text('cpu')],
])

function listed(read: Reader): Reader {
  return (value, find) => list(listOf(value, 'a list').map((item) => read(item, find)))
}

/** `{ name }`. */
function named(value: unknown, find: FindValue): ScriptValue {
  return find(textOf(objectOf(value, 'a tensor').name, 'name'))
}

/** `{ as_tensor: { name } }` or `{ as_none: true }`. */
function optional(value: unknown, find: FindValue): ScriptValue {
  const union = unionOf(value, 'a tensor')
  return union.kind === 'as_none' ? NONE : named(union.value, find)
}

/** `{ as_name }`, or the number itself. */
function sizeOrName(value: unknown, find: FindValue): ScriptValue {
  const union = unionOf(value, 'a number')
  if (union.kind === 'as_name') return find(textOf(union.value, 'as_name'))
  const read = union.kind.startsWith('as_sym') ? undefined : argumentValue(union, find)
  if (read === undefined) throw brokenExport(`a number is given as ${union.kind.slice(0, 40)}`)
  return read
}
