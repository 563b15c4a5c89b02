/** Records on disk: checked on the way in and out, and written so that a reader never meets half a file. */
import { open } from 'node:fs/promises'
import { FormatError, GreenbenchError } from '../core/errors.js'
import type { ResultRecord } from '../core/record.js'
import { parseRecord } from '../core/validate-record.js'

/** A record keeps at most some hundred thousand samples; a larger file is something else. */
const MOST_BYTES = 256 * 2 ** 20

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

/**
 * Reads a file that `--json` wrote.
 *
 * @throws {FormatError} `E_RECORD_...` when it is something else
 */
export async function readRecords(path: string): Promise<readonly ResultRecord[]> {
  const text = await readBounded(path)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new FormatError('E_RECORD_INVALID', `${path}: not JSON`, { cause })
  }
  return (Array.isArray(json) ? json : [json]).map((record: unknown) => parseRecord(record))
}

async function readBounded(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MOST_BYTES) throw new FormatError('E_RECORD_SIZE', `${path}: ${size} bytes are too many for a record`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof GreenbenchError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FormatError('E_RECORD_READ', `cannot read the record ${path}: ${reason}`, { cause })
  }
}
