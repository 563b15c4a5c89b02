import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LatencyRecorder } from '../../benchmarks/latency-recorder.js'

const filled = (latencies: readonly number[], capacity: number): LatencyRecorder => {
  const recorder = new LatencyRecorder(capacity)
  for (const latency of latencies) recorder.add(latency)
  return recorder
}

describe('recorder of latencies', () => {
  test('keeps everything below its capacity', () => {
    expect([...filled([3, 1, 2], 8).samples]).toEqual([3, 1, 2])
  })

  test('beyond it keeps evenly spaced ones, and the exact count, sum and extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 500 }), (latencies) => {
        const recorder = filled(latencies, 16)
        expect([...recorder.samples]).toEqual(latencies.filter((_, index) => index % recorder.every === 0))
        expect(recorder.samples.length).toBeLessThanOrEqual(16)
        expect(recorder.count).toBe(latencies.length)
        expect(recorder.total).toBe(latencies.reduce((sum, latency) => sum + latency, 0))
        expect([recorder.shortest, recorder.longest]).toEqual([Math.min(...latencies), Math.max(0, ...latencies)])
      }),
    )
  })

  test('is at least half full once it has been full', () => {
    expect(filled(Array<number>(1000).fill(1), 16).samples.length).toBeGreaterThanOrEqual(8)
  })
})
