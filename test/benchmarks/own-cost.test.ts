import { expect, test } from 'vitest'
import { ownCost } from '../../benchmarks/own-cost.js'
import { runProtocol } from '../../benchmarks/protocol.js'
import { planProtocol } from '../../benchmarks/protocol-plan.js'
import type { EnergyRecord } from '../../src/core/record.js'
import { type Seconds, seconds } from '../../src/core/units.js'
import { FakeClock, FakeMeter } from '../helpers/fake-measurement.js'

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

/** A machine on which a look at the clock, and nothing else of the loop, takes a processor for some microseconds. */
class CostlyClock extends FakeClock {
  /** Of a processor, that the sampling thread takes. */
  readonly #sampler: number
  readonly #look: number

  constructor(look: number, sampler: number) {
    super()
    this.#look = look
    this.#sampler = sampler
  }

  override now(): Seconds {
    this.advance(this.#look, 1 + this.#sampler)
    return super.now()
  }
}

/** Its thread's CPU time is known, as Linux tells it. */
class CountedMeter extends FakeMeter {
  readonly #used: () => number

  constructor(clock: FakeClock, used: () => number) {
    super(clock)
    this.#used = used
  }

  override samplerCpuSeconds(): Seconds {
    return seconds(this.#used())
  }
}

const NOTHING = { run: () => Promise.resolve(), outputs: () => new Map() }

test.each([
  [20, 0],
  [20, 0.02],
  [5, 0.5],
])(
  'with looks of %d us and a sampling thread that takes %d of a processor it tells within 20%% what the kernel accounts',
  async (look, share) => {
    const clock = new CostlyClock(look * 1e-6, share)
    const meter = new CountedMeter(clock, () => (clock.time - 1000) * share)
    const options = { model: 'nothing', minDuration: 0.5, maxDuration: 2, targetInterval: 1e-9, idleDuration: 0 }
    const parts = { pool: { runs: [NOTHING], next: 0 }, batchSize: 1, clock, meter }
    const measured = await runProtocol(planProtocol(options, meter), parts)
    const accounted = measured.windows.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
    const told = ownCost(measured, undefined)?.cpuSeconds ?? Number.NaN
    // The run does nothing, so that all CPU time in the windows is greenbench's own.
    expect(told / accounted).toBeGreaterThan(0.8)
    expect(told / accounted).toBeLessThan(1.2)
  },
)
