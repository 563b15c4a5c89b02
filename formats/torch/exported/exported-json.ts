/** Reads the JSON of `.pt2` files, which is foreign: each value with the kind that it must have. */
import { FormatError } from '../../../src/core/errors.js'
import { quoted } from '../../../src/core/quoted.js'
import { int, type ScriptValue, whole } from '../script-value.js'

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
  const number = isWideText(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number)) return number
  throw brokenExport(`${what} is ${shown(value)}, expected a whole number`)
}

/** @returns a whole number that the program computes with; one that JSON cannot hold is a text, see `withWideNumbers` */
export function programWhole(value: unknown, what: string): ScriptValue {
  if (value === LARGEST) return int(LARGEST)
  const found = whole(BigInt(isWideText(value) ? value : wholeOf(value, what)))
  if (found === undefined) throw brokenExport(`${what} is ${shown(value)}, expected a number of 64 bits`)
  return found
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

/** Stands for the largest int64, as the program's ends of slices do. */
const LARGEST = 2 ** 63

/** @returns the JSON with texts in place of whole numbers that parsing would round */
export function withWideNumbers(json: string): string {
  if (!/\d{16}/.test(json)) return json
  const parts: string[] = []
  let [copied, isText] = [0, false]
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at]
    if (character === '"') isText = !isText
    else if (isText && character === '\\') at += 1
    else if (!isText && (character === '-' || isDigit(character))) {
      const start = at
      while (isDigit(json[at + 1]) || '.eE+-'.includes(json[at + 1] ?? '"')) at += 1
      const number = json.slice(start, at + 1)
      if (isRounded(number)) parts.push(json.slice(copied, start), `"${number}"`)
      if (isRounded(number)) copied = at + 1
    }
  }
  return parts.join('') + json.slice(copied)
}

const isWideText = (value: unknown): value is string => typeof value === 'string' && /^-?\d{16,20}$/.test(value)

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9'

function isRounded(number: string): boolean {
  return isWideText(number) && number !== '9223372036854775807' && BigInt(Number(number)) !== BigInt(number)
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
