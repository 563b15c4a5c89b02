/** The free-form parts of a record (host, conditions, versions, options) as tables of paths and values. */
import { freeFormRows } from '../free-form-rows.js'
import type { Html } from './html.js'
import { factTable } from './table.js'

/** @returns one row per value, named by its path; nothing where the part is empty */
export function freeFormTable(caption: string, part: unknown): Html {
  const { rows, isCut } = freeFormRows(part)
  return factTable(caption, isCut ? [...rows, ['...', 'more in the data below']] : rows)
}
