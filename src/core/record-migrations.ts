/** What became of the fields of older records: one step from each version of the schema to the next. */
import { SCHEMA_VERSION } from './schema-version.js'

type Json = Readonly<Record<string, unknown>>

/** From the version named to the one after it. A step trusts nothing: what it makes is checked by the schema of today. */
const STEPS: ReadonlyMap<number, (record: Json) => Json> = new Map([
  [1, (record) => (record.kind === 'comparison' ? withCompetitors(record) : record)],
])

/** The first version that can be read. */
export const OLDEST_VERSION = Math.min(SCHEMA_VERSION, ...STEPS.keys())

/**
 * Brings a record of an older schema up to today's.
 *
 * @param record - parsed JSON whose `schemaVersion` is a whole number from `OLDEST_VERSION` on
 * @returns the record itself where there is nothing to change, else a copy
 */
export function migrated(record: Json): Json {
  let current = record
  for (let version = Number(record.schemaVersion); version < SCHEMA_VERSION; version++) {
    current = { ...STEPS.get(version)?.(current), schemaVersion: version + 1 }
  }
  return current
}

/** Version 1 compared engines that ran one model, and had the records of the engines beside it. */
function withCompetitors({ model, engines, ...others }: Json): Json {
  const { name: modelName } = isObject(model) ? model : {}
  const competitors = Array.isArray(engines)
    ? engines.map((engine: unknown) => (isObject(engine) ? competitorOf(engine, modelName) : engine))
    : engines
  return { ...others, competitors, differences: [], failed: [], records: [] }
}

function competitorOf({ version: _v, executionProvider: _e, threads: _t, ...engine }: Json, model: unknown): Json {
  return { ...engine, model, engine: engine.name }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
