import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSystemCalls } from '../../profilers/system-calls.js'
import { TraceFile } from '../../profilers/trace-file.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const path = join(temporaryFolder(), 'run.jsonl')
const lines = (): unknown[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a line is in the file as soon as it is written', () => {
  using trace = TraceFile.create(path)
  trace.writeReading(0, 1.5, [2, undefined])
  expect(lines()).toEqual([{ type: 'reading', channel: 0, at: 1.5, values: [2, null] }])
})

const calls = openSystemCalls(() => createRequire(import.meta.url)('koffi'), 32)

describe.each([
  ['Node', undefined],
  // Where koffi is not installed this is Node again.
  ['calls of the C library', calls],
])('written by %s', (_way, writer) => {
  test('a reading of many counters keeps every number as it is', () => {
    TraceFile.create(path).close()
    using trace = TraceFile.append(path, writer)
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })
    fc.assert(
      fc.property(fc.array(fc.option(numbers, { nil: undefined }), { maxLength: 100 }), (values) => {
        trace.writeReading(3, 0.1, values)
        const kept = values.map((value) => (value === undefined ? null : value + 0))
        expect(lines().at(-1)).toEqual({ type: 'reading', channel: 3, at: 0.1, values: kept })
      }),
    )
  })

  test('a gap told as NaN is null', () => {
    TraceFile.create(path).close()
    using trace = TraceFile.append(path, writer)
    trace.writeReading(0, 1.5, Float64Array.of(Number.NaN, 2))
    expect(lines()).toEqual([{ type: 'reading', channel: 0, at: 1.5, values: [null, 2] }])
  })

  test.skipIf(!existsSync('/dev/full'))('readings end on a full device with a warning', () => {
    using trace = TraceFile.append('/dev/full', writer)
    for (const at of [1, 2]) trace.writeReading(0, at, [3])
    expect(trace.warnings).toMatchObject([{ code: 'W_TRACE_ENDED', message: expect.stringContaining('ENOSPC') }])
  })
})

test('a trace begins anew, and several writers append to it', () => {
  using first = TraceFile.create(path)
  using second = TraceFile.append(path)
  for (const [index, trace] of [first, second, first].entries()) trace.write({ type: `event ${index}` })
  expect(lines()).toEqual([{ type: 'event 0' }, { type: 'event 1' }, { type: 'event 2' }])
})

test('what is written after the end is dropped', () => {
  const trace = TraceFile.create(path)
  trace.close()
  trace.write({ type: 'late' })
  expect(readFileSync(path, 'utf8')).toBe('')
  expect(trace.warnings).toEqual([])
})

test.skipIf(!existsSync('/dev/full'))('a full device ends the trace with a warning, not the measurement', () => {
  using trace = TraceFile.append('/dev/full')
  for (const type of ['one', 'two']) trace.write({ type })
  expect(trace.warnings).toMatchObject([{ code: 'W_TRACE_ENDED', message: expect.stringContaining('ENOSPC') }])
})
