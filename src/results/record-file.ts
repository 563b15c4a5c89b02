/** Records as JSON: checked on the way out. */
import type { ResultRecord } from '../core/record.js'
import { parseRecord } from '../core/validate-record.js'

/** A list of numbers and plain words over several lines. A raw line break after `[` cannot be part of a string. */
const SPREAD_LIST = /\[\n\s+(?:(?:-?\d[\d.eE+-]*|"[^"\\\n]*"),\n\s+)*(?:-?\d[\d.eE+-]*|"[^"\\\n]*")\n\s+\]/g

/**
 * @param records - one gives an object, several give a list
 * @returns JSON with a line per field, short lists and lists of samples in one line
 * @throws {FormatError} when a record does not fit the schema
 */
export function recordsToJson(records: readonly ResultRecord[]): string {
  const checked = records.map((record) => parseRecord(record))
  const json = JSON.stringify(checked.length === 1 ? checked[0] : checked, undefined, 2)
  return `${json.replace(
    SPREAD_LIST,
    (list) =>
      `[${list
        .slice(1, -1)
        .trim()
        .replace(/,\n\s+/g, ', ')}]`,
  )}\n`
}
