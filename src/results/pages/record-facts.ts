/** The free-form parts of a record (host, conditions, versions, options) as tables of paths and values. */
import { shortened } from '../printable.js'
import type { Html } from './html.js'
import { factTable } from './table.js'

/** Most rows of one table, and most characters of a value: the whole record is there to be downloaded. */
const MOST_ROWS = 120
const MOST_CHARACTERS = 400

/** @returns one row per value, named by its path; nothing where the part is empty */
export function freeFormTable(caption: string, part: unknown): Html {
  const rows: [string, string][] = []
  flatten('', part, rows)
  const more: readonly [string, string][] = rows.length > MOST_ROWS ? [['...', 'more in the data below']] : []
  return factTable(caption, [...rows.slice(0, MOST_ROWS), ...more])
}

/** Stops soon after the rows that are shown; the record's schema bounds the depth. */
function flatten(path: string, value: unknown, rows: [string, string][]): void {
  if (rows.length > MOST_ROWS || value === undefined || value === null) return
  if (typeof value !== 'object') rows.push([path, shortened(String(value), MOST_CHARACTERS)])
  else if (isPlainList(value)) rows.push([path, shortened(value.map(String).join(', '), MOST_CHARACTERS)])
  else for (const [name, inner] of Object.entries(value)) flatten(path === '' ? name : `${path}.${name}`, inner, rows)
}

const isPlainList = (value: object): value is unknown[] =>
  Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)
