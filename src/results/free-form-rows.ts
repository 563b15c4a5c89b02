/** The free-form parts of a record (host, conditions, versions, options) as paths and values. */
import { shortened } from './printable.js'

/** Most rows of one part, and most characters of a value: the record itself has all. */
const MOST_ROWS = 120
const MOST_CHARACTERS = 400

/** @returns one row per value, named by its path, and whether there were more */
export function freeFormRows(part: unknown): {
  readonly rows: readonly (readonly [path: string, value: string])[]
  readonly isCut: boolean
} {
  const rows: [string, string][] = []
  flatten('', part, rows)
  return { rows: rows.slice(0, MOST_ROWS), isCut: rows.length > MOST_ROWS }
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
