/** Every record is checked here, on the way out and on the way in: a record that parses has the shape its type says. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { FormatError } from './errors.js'
import type { ResultRecord } from './record.js'
import { migrated, OLDEST_VERSION } from './record-migrations.js'
import { comparison, inference, inspection, training } from './record-validators.js'
import { SCHEMA_VERSION } from './schema-version.js'

/** Deepest nesting of a record; free-form parts (`host`, `options`) are bounded by it. */
const MAX_DEPTH = 32
/** Most values in a record, numbers of the samples included. */
const MAX_VALUES = 5_000_000

const VALIDATORS: Readonly<Record<ResultRecord['kind'], ValidateFunction>> = {
  inspection,
  inference,
  comparison,
  training,
}

/**
 * Checks a record that was read or is about to be written.
 *
 * @param json - parsed JSON; it is returned as it is, not copied, unless an older greenbench wrote it
 * @returns a record of today's schema
 * @throws {FormatError} `E_RECORD_VERSION` for a record of a later greenbench, `E_RECORD_SIZE` when it nests too deeply or
 * holds too many values, `E_RECORD_INVALID` with the path of the first field that is wrong
 */
export function parseRecord(json: unknown): ResultRecord {
  if (!isObject(json)) throw invalid(`expected an object, got ${typeName(json)}`)
  if (json.kind === 'leaderboard' && json.schemaVersion === undefined)
    throw invalid('it is a leaderboard, made of records')
  checkVersion(json.schemaVersion)
  const kinds = Object.keys(VALIDATORS)
  if (!isKind(json.kind)) throw invalid(`kind must be one of ${kinds.join(', ')}, got ${shown(json.kind)}`)
  checkBounds(json)
  const record = migrated(json)
  const validate = VALIDATORS[json.kind]
  if (!validate(record)) throw invalid(firstProblem(validate.errors))
  return record as unknown as ResultRecord
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isKind = (value: unknown): value is ResultRecord['kind'] =>
  typeof value === 'string' && Object.hasOwn(VALIDATORS, value)

function checkVersion(version: unknown): void {
  if (typeof version !== 'number') throw invalid(`schemaVersion must be ${SCHEMA_VERSION}, got ${shown(version)}`)
  if (Number.isInteger(version) && version >= OLDEST_VERSION && version <= SCHEMA_VERSION) return
  const read = `schemaVersion ${version} is not one of those read here, ${OLDEST_VERSION} to ${SCHEMA_VERSION}`
  throw new FormatError('E_RECORD_VERSION', read, {
    hint: version > SCHEMA_VERSION ? 'a later greenbench wrote this record: update greenbench' : undefined,
  })
}

/** The schema does not look into free-form fields; a cycle there ends at the depth limit. */
function checkBounds(record: object): void {
  const open: { value: object; depth: number }[] = [{ value: record, depth: 1 }]
  let values = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > MAX_DEPTH) throw tooLarge(`nests deeper than ${MAX_DEPTH} levels`)
    const children: unknown[] = Object.values(next.value)
    values += children.length
    if (values > MAX_VALUES) throw tooLarge(`holds more than ${MAX_VALUES} values`)
    for (const child of children) {
      if (typeof child === 'object' && child !== null) open.push({ value: child, depth: next.depth + 1 })
    }
  }
}

function firstProblem(errors: ValidateFunction['errors']): string {
  const error = errors?.[0]
  if (error === undefined) return 'it does not fit the schema'
  return `${pathOf(error)} ${error.message ?? 'is wrong'}${detailOf(error)}`
}

/** `/energy/gross/0` as `energy.gross.0`, the names that scripts use. */
function pathOf(error: ErrorObject): string {
  const parts = error.instancePath.split('/').slice(1)
  return parts.length === 0 ? 'the record' : parts.join('.').replaceAll('~1', '/').replaceAll('~0', '~')
}

function detailOf({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: ${shown(params.additionalProperty)}`
  return keyword === 'const' ? `: ${shown(params.allowedValue)}` : ''
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)

const invalid = (problem: string): FormatError =>
  new FormatError('E_RECORD_INVALID', `not a valid record: ${problem}`, {
    hint: 'records are the JSON files that greenbench writes with --json',
  })

const tooLarge = (problem: string): FormatError => new FormatError('E_RECORD_SIZE', `not a valid record: it ${problem}`)
