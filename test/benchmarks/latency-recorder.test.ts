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

  test('beyond it keeps one of each stretch, and the exact count, sum and extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 500 }), (latencies) => {
        const recorder = filled(latencies, 16)
        const stretches = latencies.map((_, index) => Math.floor(index / recorder.every))
        for (const [place, sample] of recorder.samples.entries()) {
          expect(latencies.filter((_, index) => stretches[index] === place)).toContain(sample)
        }
        expect(recorder.samples.length).toBeLessThanOrEqual(16)
        expect(recorder.count).toBe(latencies.length)
        expect(recorder.total).toBe(latencies.reduce((sum, latency) => sum + latency, 0))
        expect([recorder.shortest, recorder.longest]).toEqual([Math.min(...latencies), Math.max(0, ...latencies)])
      }),
    )
  })

  test('sees every batch of a pool that is run in turn', () => {
    const latencies = Array.from({ length: 10_000 }, (_, index) => index % 8)
    const seen = new Set(filled(latencies, 128).samples)
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('is at least half full once it has been full', () => {
    expect(filled(Array<number>(1000).fill(1), 16).samples.length).toBeGreaterThanOrEqual(8)
  })
})
