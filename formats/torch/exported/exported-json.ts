/** Reads the JSON of `.pt2` files, which is foreign: each value with the kind that it must have. */
import { FormatError, UnsupportedError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Exactly one of several kinds, named by the only key: `{ "as_int": 3 }`. */
export interface Union {
  readonly kind: string
  readonly value: unknown
}

/** @returns the object; every reader throws `FormatError` `E_TORCH_EXPORT` for something else */
export function objectOf(value: unknown, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw brokenExport(`${what} is ${shown(value)}, expected an object`)
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw brokenExport(`${what} is ${shown(value)}, expected a list`)
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw brokenExport(`${what} is ${shown(value)}, expected a text`)
}

export function wholeOf(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw brokenExport(`${what} is ${shown(value)}, expected a whole number`)
}

/** @returns a whole number that the program computes with, which must be known exactly; the largest of int64 is */
export function exactWholeOf(value: unknown, what: string): number {
  const whole = wholeOf(value, what)
  if (Number.isSafeInteger(whole) || Math.abs(whole) === 2 ** 63) return whole
  throw new UnsupportedError('E_TORCH_NUMBER', `${what} is ${whole}: whole numbers beyond 2^53 are not read exactly`, {
    hint: 'export the model from PyTorch: torch.onnx.export(model, example_input, "model.onnx")',
  })
}

/** Numbers that JSON has no words for are texts: `Infinity`, `-Infinity`, `NaN`. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value
  if (value === 'Infinity' || value === '-Infinity' || value === 'NaN') return Number(value)
  throw brokenExport(`${what} is ${shown(value)}, expected a number`)
}

export function flagOf(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value
  throw brokenExport(`${what} is ${shown(value)}, expected true or false`)
}

export function unionOf(value: unknown, what: string): Union {
  const [entry, ...others] = Object.entries(objectOf(value, what))
  if (entry === undefined || others.length > 0) throw brokenExport(`${what} is ${shown(value)}, expected one kind`)
  return { kind: entry[0], value: entry[1] }
}

/** @returns the error for a file that PyTorch did not write so */
export function brokenExport(what: string): FormatError {
  return new FormatError('E_TORCH_EXPORT', `the exported program is damaged: ${what}`, {
    hint: 'download the file or export the model again: torch.export.save(program, "model.pt2")',
  })
}

/** Lists and tables are only counted: they may be as deep as a file makes them. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return `a table of ${Object.keys(value).length}`
  return quoted(JSON.stringify(value)?.slice(0, 60) ?? 'missing')
}

/** Each takes some ten times the bytes that it has in the file. */
const MOST_VALUES = 8 * 2 ** 20
const [LIST, TABLE, COMMA] = [0x5b, 0x7b, 0x2c]

/** @throws {FormatError} `E_TORCH_EXPORT` for a text that is small and would become millions of values */
export function refuseCrowded(json: string): void {
  let values = 0
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === COMMA || code === LIST || code === TABLE) values += 1
  }
  if (values > MOST_VALUES) throw brokenExport(`its JSON holds ${values} values, at most ${MOST_VALUES} are read`)
}
