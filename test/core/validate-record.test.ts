import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/core/errors.js'
import { inference, inspection } from '../../src/core/record-validators.js'
import { parseRecord } from '../../src/core/validate-record.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

const direct = { inference, inspection }
// What the build put into dist; by URL, so that the type check does not need a build.
const built = new URL('../../dist/src/core/record-validators.js', import.meta.url).href
const precompiled = { ...((await import(built)) as typeof direct) }

function refusal(json: unknown): FormatError {
  try {
    parseRecord(json)
  } catch (error) {
    if (error instanceof FormatError) return error
    throw error
  }
  throw new Error('the record was accepted')
}

describe('parseRecord', () => {
  test.each([
    ['inspection', sampleInspection()],
    ['inference', sampleInference()],
  ])('accepts an %s as a run writes it, and keeps it as it is', (_kind, record) => {
    const read: unknown = JSON.parse(JSON.stringify(record))
    expect(parseRecord(read)).toBe(read)
    expect(read).toEqual(record)
  })

  test('accepts figures that are absent with a reason', () => {
    const { energy: _energy, carbon: _carbon, ...record } = sampleInference()
    expect(() => parseRecord({ ...record, missing: [{ field: 'energy', reason: 'no sensor' }] })).not.toThrow()
  })

  test.each<[string, unknown, string, string]>([
    ['null', null, 'E_RECORD_INVALID', 'expected an object, got null'],
    ['a list', [], 'E_RECORD_INVALID', 'expected an object, got an array'],
    ['no version', {}, 'E_RECORD_INVALID', 'schemaVersion must be 2, got nothing'],
    [
      'the future',
      { ...sampleInspection(), schemaVersion: 3 },
      'E_RECORD_VERSION',
      'schemaVersion 3 is not one of those read here, 1 to 2',
    ],
    [
      'another kind',
      { schemaVersion: 1, kind: 'poem' },
      'E_RECORD_INVALID',
      'kind must be one of inspection, inference',
    ],
    ['a name of Object', { schemaVersion: 1, kind: 'toString' }, 'E_RECORD_INVALID', 'got "toString"'],
    ['an unknown field', { ...sampleInspection(), speed: 3 }, 'E_RECORD_INVALID', 'additional properties: "speed"'],
    ['no time', { ...sampleInspection(), startedAt: 'now' }, 'E_RECORD_INVALID', 'startedAt must match format'],
    ['not a number', { ...sampleInference(), seed: Number.NaN }, 'E_RECORD_INVALID', 'seed must be integer'],
  ])('refuses %s with its code and what is wrong', (_what, json, code, message) => {
    const error = refusal(json)
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })

  test('names a wrong field by its path', () => {
    const record = sampleInference() as { energy?: { gross: { joules: unknown } } }
    if (record.energy !== undefined) record.energy.gross.joules = '735 J'
    expect(refusal(record).message).toContain('energy.gross.joules must be number')
  })

  test('refuses what no figure with an interval has', () => {
    const { throughput, ...record } = sampleInference()
    const error = refusal({ ...record, throughput: { ...throughput, median: 3 } })
    expect(error.message).toContain('additional properties: "median"')
  })

  test('says that a record of a later version needs a later greenbench', () => {
    expect(refusal({ ...sampleInspection(), schemaVersion: 7 }).hint).toContain('update greenbench')
  })

  test('refuses free-form fields that nest without end, cycles included', () => {
    const cycle: Record<string, unknown> = {}
    cycle.again = cycle
    expect(refusal({ ...sampleInspection(), options: cycle }).code).toBe('E_RECORD_SIZE')
  })
})

/** Every path of a value, as lists of keys. */
function pathsOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...at, key]))]
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string, unknown>
  const changed = replaceAt(copy[key], rest, replacement)
  if (changed === undefined && rest.length === 0) delete copy[key]
  else copy[key] = changed
  return copy
}

test('the validators of the build judge like the schemas, whatever field of a record is changed', () => {
  const records = { inspection: sampleInspection(), inference: sampleInference() }
  const change = fc.constantFrom('inspection' as const, 'inference' as const).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      path: fc.constantFrom(...pathsOf(records[kind])),
      value: fc.oneof(fc.constant(undefined), fc.integer(), fc.double(), fc.string(), fc.constant([]), fc.constant({})),
    }),
  )
  fc.assert(
    fc.property(change, ({ kind, path, value }) => {
      const changed = replaceAt(records[kind], path, value)
      return precompiled[kind](changed) === direct[kind](changed)
    }),
    { numRuns: 500 },
  )
})
