import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { COUNTER_BYTES, FileTrack } from '../../profilers/file-track.js'
import type { CounterFile, Profiler, Reading } from '../../profilers/profiler.js'
import { NOTE, ReadingRing } from '../../profilers/reading-ring.js'
import { type ReadingListener, SamplingTrack } from '../../profilers/sampling-track.js'
import { fileSensor, type Sensor, SensorProfiler } from '../../profilers/sensor-profiler.js'
import { openSystemCalls, type SystemCalls } from '../../profilers/system-calls.js'
import { seconds } from '../../src/core/units.js'

const folder = mkdtempSync(join(tmpdir(), 'greenbench-file-track-'))
afterAll(() => rmSync(folder, { recursive: true }))

const calls = openSystemCalls(() => createRequire(import.meta.url)('koffi'), COUNTER_BYTES)
const PATHS = [join(folder, 'energy_uj'), join(folder, 'power1_input')] as const
const isBelievable = (count: number) => count !== 4_294_967_295

class TwoFiles extends SensorProfiler {
  readonly name = 'two'
  protected async find() {
    const facts = { part: 'other', counter: 'energy', isCounted: true, low: 1, high: 1 } as const
    const sensors: Sensor[] = PATHS.map((path) => fileSensor(path, 1e-6, { ...facts, name: path }, isBelievable))
    return { sensors, detail: 'two files' }
  }
}

/** A ring of 4 rows that both kinds of track write to, each its own. */
async function bothTracks(system: SystemCalls) {
  let time = seconds(100)
  const now = () => time
  const profiler: Profiler = new TwoFiles({ clock: now })
  await profiler.probe()
  const files: readonly CounterFile[] = profiler.counterFiles?.() ?? []
  const told: (number | undefined)[][] = []
  const options = () => ({ domainCount: 2, interval: 0.1, ring: ReadingRing.create(2, 4), clock: now })
  const [byCalls, byNode] = [options(), options()]
  const listener: ReadingListener = { hear: (at, values) => void told.push([at, ...Array.from(values)]) }
  const withoutSleep = { ...system, now, sleepUntil: () => {} }
  const track = new FileTrack(files, withoutSleep, { ...byCalls, listener })
  const compared = new SamplingTrack(profiler, byNode)
  const read = (at: number) => {
    time = seconds(at)
    track.readWhenDue()
    compared.read()
  }
  const seen = () => [byCalls, byNode].map(({ ring }) => ({ rows: rowsOf(ring), notes: [...ring.notes] }))
  return { read, seen, told }
}

function rowsOf(ring: ReadingRing): Reading[] {
  const rows: Reading[] = []
  ring.take((reading) => rows.push(reading))
  return rows
}

describe.skipIf(calls === undefined)('read by calls of the C library (Linux, with koffi)', () => {
  const system = calls as SystemCalls
  const text = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((count) => `${count}\n`),
    fc.constantFrom('4294967295\n', '', '\n', '-1\n', '12 34\n', 'N/A\n', '7'),
    fc.string({ maxLength: 40 }),
  )
  const step = fc.record({ texts: fc.tuple(text, text), after: fc.double({ min: 0, max: 0.5, noNaN: true }) })

  test('whatever stands in the files: rows and notes are those of the profiler', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        PATHS.forEach((path) => {
          writeFileSync(path, '0\n')
        })
        const { read, seen } = await bothTracks(system)
        let at = 100
        for (const { texts, after } of steps) {
          PATHS.forEach((path, index) => {
            writeFileSync(path, texts[index] ?? '')
          })
          at += after
          read(at)
        }
        const [byCalls, byNode] = seen()
        expect(byCalls).toEqual(byNode)
      }),
      { numRuns: 60 },
    )
  })

  test('a file that is away is a gap, and is read again when it comes back', async () => {
    const [path] = PATHS
    PATHS.forEach((one) => {
      writeFileSync(one, '1000000\n')
    })
    renameSync(path, `${path}.away`)
    const { read, seen, told } = await bothTracks(system)
    read(100)
    renameSync(`${path}.away`, path)
    read(100.1)
    expect(seen()[0]?.rows.map(({ values }) => values)).toEqual([
      [undefined, 1],
      [1, 1],
    ])
    expect(told).toEqual([
      [100, Number.NaN, 1],
      [100.1, 1, 1],
    ])
    expect(seen()[0]?.notes[NOTE.failed]).toBe(1)
  })

  test('a file that cannot be read any more gives -1', () => {
    const file = openSync(folder, 'r')
    const length = system.read(file, COUNTER_BYTES)
    closeSync(file)
    expect(length).toBe(-1)
  })

  test('the time is that of the monotonic clock, between two looks at it', () => {
    const before = monotonicClock()
    const now = system.now()
    // The monotonic clock of Node is put together from two, which differ by the time between two looks at them.
    expect([now > before - 1, now < monotonicClock() + 1]).toEqual([true, true])
  })

  test('a sleep ends when its time has come', () => {
    system.allowSleep()
    const until = system.now() + 0.01
    system.sleepUntil(until)
    expect(system.now()).toBeGreaterThanOrEqual(until)
  })

  test('before sleep is allowed there is none', () => {
    const other = openSystemCalls(() => createRequire(import.meta.url)('koffi'), COUNTER_BYTES)
    const aWeek = system.now() + 7 * 24 * 3600
    other?.sleepUntil(aWeek)
    expect(system.now()).toBeLessThan(aWeek)
  })
})

test('where koffi is not installed there are no such calls', () => {
  const load = () => {
    throw new Error('Cannot find module koffi')
  }
  expect(openSystemCalls(load, COUNTER_BYTES)).toBeUndefined()
})
