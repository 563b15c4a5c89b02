import { describe, expect, test } from 'vitest'
import { energyRecord } from '../../benchmarks/energy-record.js'
import type { InferenceOptions } from '../../benchmarks/options.js'
import { type Measurement, runProtocol } from '../../benchmarks/protocol.js'
import { planProtocol } from '../../benchmarks/protocol-plan.js'
import { FakeClock, FakeMeter, type FakeMeterOptions, FakeRun } from '../helpers/fake-measurement.js'

/** A model of 10 ms a batch, on a machine that takes 10 W idle and 30 W busy unless `sensor` says otherwise. */
async function measured(sensor: FakeMeterOptions = {}, options: Partial<InferenceOptions> = {}): Promise<Measurement> {
  const clock = new FakeClock()
  clock.idleShare = 0
  const meter = new FakeMeter(clock, sensor)
  const run = new FakeRun(clock, () => 0.01)
  const plan = planProtocol({ model: 'fake', ...options }, meter)
  return runProtocol(plan, { pool: { runs: [run], next: 0 }, batchSize: 4, clock, meter })
}

/** Watts of each window in turn: idle, windows, idle. */
const turns = (...watts: readonly number[]): FakeMeterOptions => ({
  watts: (_cpu, _elapsed, window) => watts[window] ?? watts.at(-1),
})

describe('energy of a measurement', () => {
  test('is the joules of the windows by the images in them', async () => {
    const record = energyRecord(await measured(), 4)
    // 30 W for 10 ms a batch of 4 images.
    expect(record?.perInference.joules).toBeCloseTo(0.075, 6)
    expect(record?.gross.joules).toBeCloseTo(0.075 * (record?.window.inferences ?? 0), 6)
  })

  test('less idle is what the model added', async () => {
    const record = energyRecord(await measured(), 4)
    expect(record?.idle).toMatchObject({
      watts: expect.closeTo(10),
      before: expect.closeTo(10),
      after: expect.closeTo(10),
    })
    expect(record?.netPerInference?.joules).toBeCloseTo(0.05, 6)
  })

  test('has no net figure without an idle baseline', async () => {
    const record = energyRecord(await measured({}, { idleDuration: 0 }), 4)
    expect(record).toBeDefined()
    expect(record).not.toHaveProperty('net')
    expect(record).not.toHaveProperty('idle')
  })

  test('is absent when no window has joules', async () => {
    expect(energyRecord(await measured({ watts: () => undefined }), 4)).toBeUndefined()
  })

  test('says whether it is measured or modelled', async () => {
    const [sensor, model] = [await measured(), await measured({ kind: 'modelled' })]
    expect(energyRecord(sensor, 4)).toMatchObject({ kind: 'measured', measuredShare: 1 })
    expect(energyRecord(model, 4)).toMatchObject({ kind: 'modelled', measuredShare: 0 })
  })

  test('adds up each domain over the windows', async () => {
    const record = energyRecord(await measured(), 4)
    expect(record?.domains).toHaveLength(1)
    expect(record?.domains[0]?.joules).toBeCloseTo(record?.gross.joules ?? Number.NaN, 9)
  })
})

describe('interval of the energy', () => {
  test('of windows that agree is the stated error of the sensor, however many there are', async () => {
    const record = energyRecord(await measured({ error: 0.05 }), 4)
    expect(record?.perInference.low).toBeCloseTo(0.075 * 0.95, 6)
    expect(record?.perInference.high).toBeCloseTo(0.075 * 1.05, 6)
  })

  test('joins sensor and repeats as the Guide to the expression of uncertainty does', async () => {
    const record = energyRecord(
      await measured({ error: 0.03, ...turns(10, 29, 31, 29, 31, 30, 10) }, { targetInterval: 0.05 }),
      4,
    )
    const budget = Object.fromEntries(record?.budget.map(({ source, relative }) => [source, relative]) ?? [])
    // Student's t for five windows: 2.776 * 1 / sqrt(5) of 30 W.
    expect(budget.repeats).toBeCloseTo((2.776 * 1) / Math.sqrt(5) / 30, 3)
    const half = ((record?.perInference.high ?? 0) - (record?.perInference.low ?? 0)) / 2
    // Standard errors 0.03 / 1.96 and 1 / sqrt(5) / 30 add up to 0.02137 with 16.9 degrees of freedom: Student's t 2.111.
    expect(half / (record?.perInference.joules ?? 1)).toBeCloseTo(
      2.111 * Math.hypot(0.03 / 1.96, 1 / Math.sqrt(5) / 30),
      4,
    )
  })

  test('of the net figure grows with the drift of the baseline', async () => {
    const width = async (after: number) => {
      const record = energyRecord(await measured({ error: 0, ...turns(10, 30, 30, 30, 30, 30, after) }), 4)
      return (record?.net?.high ?? 0) - (record?.net?.low ?? 0)
    }
    expect(await width(10)).toBeCloseTo(0, 6)
    // Half a watt to either side for 25 s.
    expect(await width(11)).toBeCloseTo(25, 1)
  })

  test('of the net figure keeps the joules of window edges, however small it is', async () => {
    const record = energyRecord(await measured({ error: 0, random: 1, ...turns(29, 30, 30, 30, 30, 30, 29) }), 4)
    // At most 1 J for each of five windows, and 1 J in 3 s for each of two baselines, over 25 s; 80% of that 95 times of 100.
    const expected = 0.8 * Math.hypot(Math.sqrt(5), (Math.SQRT2 / 3 / 2) * 25)
    expect(((record?.net?.high ?? 0) - (record?.net?.low ?? 0)) / 2).toBeCloseTo(expected, 1)
  })

  test('of the net figure has the error of the sensor on all that it read where idle power is given', async () => {
    const record = energyRecord({ ...(await measured({ error: 0.05 })), idleWatts: 29 }, 4)
    // Net is 1 W of 30 W: the sensor may be wrong by 1.5 W.
    const { joules = 0, low = 0, high = 0 } = record?.net ?? {}
    expect((high - low) / 2 / joules).toBeCloseTo(1.5, 6)
    const perImage = record?.netPerInference
    expect(((perImage?.high ?? 0) - (perImage?.low ?? 0)) / 2).toBeCloseTo(0.075 * 0.05, 6)
  })

  test('never reaches below nothing for gross energy', async () => {
    expect(energyRecord(await measured({ error: 3 }), 4)?.perInference.low).toBe(0)
  })

  test('is lopsided where the model of the energy is', async () => {
    const clock = new FakeClock()
    const meter = new FakeMeter(clock, { kind: 'modelled', error: 0 })
    const begin = meter.begin.bind(meter)
    meter.begin = () => {
      const window = begin()
      return { ...window, end: async () => ({ ...(await window.end()), systematic: { low: 0.5, high: 3 } }) }
    }
    const plan = planProtocol({ model: 'fake' }, meter)
    const parts = { pool: { runs: [new FakeRun(clock, () => 0.01)], next: 0 }, batchSize: 1, clock, meter }
    const { perInference } = energyRecord(await runProtocol(plan, parts), 1) ?? {}
    expect(perInference?.low).toBeCloseTo(0.15, 6)
    expect(perInference?.high).toBeCloseTo(0.9, 6)
  })

  test('of a model lost in the noise of the machine says that it may be nothing', async () => {
    const record = energyRecord(await measured({ error: 0, ...turns(29.5, 30, 30, 30, 30, 30, 31) }), 4)
    expect(record?.net?.low).toBeLessThan(0)
    expect(record?.net?.high).toBeGreaterThan(0)
  })
})
