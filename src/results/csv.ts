/** Comma-separated values that every reader takes alike. RFC 4180, safe to open in a spreadsheet. */

import { printableLines } from './printable.js'

/** What a cell may hold; an absent figure is an empty cell, never 0. */
export type CsvValue = string | number | boolean | undefined

/**
 * @param columns - names of the head line, and how each is read from an item
 * @returns lines ended by CR LF, the head first
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function toCsv<Item>(
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item) => CsvValue>>,
): string {
  const lines = [Object.keys(columns), ...items.map((item) => Object.values(columns).map((read) => read(item)))]
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(value: CsvValue): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  // On a terminal a name must not move the cursor, and no reader of CSV takes a byte 0.
  const shown = printableLines(value)
  const text = isFormula(shown) ? `'${shown}` : shown
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Spreadsheets run a text that starts like a formula; an apostrophe before it makes it text again.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const isFormula = (text: string): boolean => /^[=+\-@\t\r\n]/.test(text)
