import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyRecord, speedOf } from '../../benchmarks/latency-record.js'
import { LatencyRecorder } from '../../benchmarks/latency-recorder.js'
import type { Measurement } from '../../benchmarks/protocol.js'

const NANOSECOND = 1e-9

/** What the speed is worked out from, of batches that began at these times of the clock, in milliseconds. */
function measured(times: readonly number[]): Measurement {
  const latencies = new LatencyRecorder()
  for (const [index, time] of times.slice(1).entries()) latencies.add((time - (times[index] ?? 0)) / 1000)
  return { latencies, windows: [] } as unknown as Measurement
}

const times = fc.array(fc.integer({ min: 1, max: 10_000_000_000 }), { minLength: 3, maxLength: 50 }).map((ticks) => {
  let time = 1234.567_891
  return ticks.map((tick) => (time += tick / 1e6))
})

test('latencies are kept to the nanosecond, and figures are of those that were measured', () => {
  fc.assert(
    fc.property(times, (clock) => {
      const measurement = measured(clock)
      const { latencySeconds, latency } = speedOf(measurement, 1)
      expect(latency).toEqual(latencyRecord(measurement.latencies))
      for (const [index, kept] of latencySeconds.entries()) {
        const exact = measurement.latencies.samples[index] ?? Number.NaN
        expect(Math.abs(kept - exact)).toBeLessThanOrEqual(0.5 * NANOSECOND + exact * 1e-15)
        expect(String(kept)).toMatch(/^\d+(?:\.\d{1,9})?$|e-[789]$/)
      }
    }),
  )
})
