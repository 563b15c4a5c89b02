/** Reads a string of Python as PyTorch's printer quotes it. */
import { brokenCode, type Position } from './script-errors.js'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/**
 * @param literal - with its quotes
 * @throws {FormatError} `E_TORCH_CODE` for an escape that Python does not have
 */
export function stringValue(literal: string, position: Position): string {
  const body = literal.slice(1, -1)
  if (!body.includes('\\')) return body
  return body.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|\r?\n|([\s\S]))/g, (whole, ...groups) => {
    const [octal, hex, unicode, letter] = groups as readonly (string | undefined)[]
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    if (hex !== undefined || unicode !== undefined)
      return String.fromCharCode(Number.parseInt(hex ?? unicode ?? '', 16))
    if (letter === undefined) return ''
    const value = ESCAPES[letter]
    if (value === undefined) throw brokenCode(position, `the string holds the unknown escape ${JSON.stringify(whole)}`)
    return value
  })
}
