import { expect, test } from 'vitest'
import { ownCost } from '../../benchmarks/own-cost.js'
import type { EnergyRecord } from '../../src/core/record.js'

/** A second of a process that is busy all the time, of which 10 ms are the sampling thread's. */
const measurement = {
  windows: [{ seconds: 1, batches: 10, cpuSeconds: 1 }],
  samplerCpuSeconds: 0.01,
} as unknown as Parameters<typeof ownCost>[0]

const energy = (low: number) =>
  ({
    gross: { joules: 100, low: 90, high: 110 },
    attribution: {
      cpuShare: 1,
      joules: { idle: 60, process: 40, others: 0, unattributed: 0 },
      intervals: { process: { low, high: 50 } },
    },
  }) as unknown as EnergyRecord

test('joules of greenbench itself are its share of what its process caused, with their interval', () => {
  const own = ownCost(measurement, energy(30))
  expect(own).toEqual({ cpuSeconds: 0.01, share: 0.01, joules: 0.4, low: expect.closeTo(0.3), high: 0.5 })
})

test('joules of greenbench itself are not told where its process may have caused none', () => {
  expect(ownCost(measurement, energy(-1))).toEqual({ cpuSeconds: 0.01, share: 0.01 })
})

test('joules of greenbench itself are not told without energy, or without knowing who caused it', () => {
  expect(ownCost(measurement, undefined)).toEqual({ cpuSeconds: 0.01, share: 0.01 })
  const { attribution: _, ...unknown } = energy(30)
  expect(ownCost(measurement, unknown)).toEqual({ cpuSeconds: 0.01, share: 0.01 })
})
