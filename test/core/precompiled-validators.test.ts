import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InferenceRecordSchema, InspectionRecordSchema, TrainingRecordSchema } from '../../src/core/record.js'
import { sampleInspection } from '../helpers/sample-records.js'
import { sampleRecord } from '../helpers/sample-runs.js'
import { sampleTraining } from '../helpers/sample-training.js'

const url = new URL('../../dist/src/core/record-validators.js', import.meta.url)
const precompiled: Readonly<Record<string, ValidateFunction>> = await import(url.href)
const ajv = new Ajv()
addFormats.default(ajv)

const RECORDS = {
  inspection: { schema: InspectionRecordSchema, record: sampleInspection() },
  inference: { schema: InferenceRecordSchema, record: sampleRecord() },
  training: { schema: TrainingRecordSchema, record: sampleTraining() },
}

/** Of every field and item, however deep. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [path, ...below.flatMap(([name, inner]) => pathsOf(inner, [...path, name]))]
}

/** @param change - of what lies at the path, within a copy */
function changed(
  record: object,
  path: readonly string[],
  change: (parent: Record<string, unknown>, name: string) => void,
) {
  const copy = structuredClone(record) as Record<string, unknown>
  const last = path.at(-1) ?? 'id'
  const parent = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy)
  change(parent, last)
  return copy
}

const value = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'x', -1, 0, 1.5, 1e9, true, [], {}, [null], [1], ['x'], { a: 1 }, { low: 1 }),
  // Names with a line break are the one thing that they judge differently, since `.` does not stand for those.
  fc.jsonValue({ maxDepth: 2 }).filter((json) => !/\\[nr]|[\u2028\u2029]/.test(JSON.stringify(json))),
)

describe('the validators that the build writes', () => {
  test.each(Object.entries(RECORDS))('judge changes of %s as its schema does', (kind, { schema, record }) => {
    const bySchema = ajv.compile(schema)
    const judge = (json: unknown) => {
      const [expected, found] = [bySchema(json), precompiled[kind]?.(json)]
      expect(found).toBe(expected)
      expect(precompiled[kind]?.errors?.[0]?.instancePath).toBe(bySchema.errors?.[0]?.instancePath)
    }
    judge(record)
    fc.assert(
      fc.property(
        fc.constantFrom(...pathsOf(record)),
        value,
        fc.constantFrom('replace', 'remove', 'add'),
        (path, given, how) =>
          judge(
            changed(record, path, (parent, name) => {
              if (how === 'replace') parent[name] = given
              else if (how === 'remove') delete parent[name]
              else Object.assign(parent, { unknown: given })
            }),
          ),
      ),
      { numRuns: 500 },
    )
  })
})
