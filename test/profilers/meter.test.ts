import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { BatteryProfiler } from '../../profilers/battery.js'
import type { EnergyMeter } from '../../profilers/energy-window.js'
import { type MeterOptions, openMeter } from '../../profilers/meter.js'
import { type Availability, type EnergyDomain, Profiler, type Reading } from '../../profilers/profiler.js'
import { ProfilerRegistry } from '../../profilers/registry.js'
import { seconds } from '../../src/core/units.js'
import { manualSampling } from '../helpers/manual-sampling.js'
import { SensorMachine } from '../helpers/sensor-machine.js'
import { SimulatedMachine, type SimulatedZone, type SimulationOptions } from '../helpers/simulated-machine.js'

const open: { remove(): void }[] = []
const meters: EnergyMeter[] = []
afterEach(async () => {
  for (const meter of meters.splice(0)) await meter.close()
  for (const machine of open.splice(0)) machine.remove()
})

const PACKAGE: SimulatedZone = { folder: 'intel-rapl:0', name: 'package-0', watts: () => 50 }
const DRAM: SimulatedZone = { folder: 'intel-rapl:0:0', name: 'dram', watts: () => 10 }

/** A machine, a meter on it, and `run`, which lets time pass with a background reading every 0.1 s. */
async function scene(simulation: SimulationOptions, options: MeterOptions = {}) {
  const machine = new SimulatedMachine(simulation)
  open.push(machine)
  const sampling = manualSampling()
  machine.timePerLook = 0.0002
  const meter = await openMeter({
    root: machine.root,
    clock: machine.clock,
    uptime: machine.uptime,
    profilers: ['rapl'],
    startSampling: sampling.start,
    ...options,
  })
  machine.timePerLook = 0
  meters.push(meter)
  const run = (duration: number, sampled = true): void => {
    for (let step = 0; step < Math.round(duration / 0.1); step++) {
      machine.advance(0.1)
      if (sampled) sampling.tick()
    }
  }
  return { machine, meter, run, tick: sampling.tick }
}

const codes = (warnings: readonly { readonly code: string }[]) => warnings.map(({ code }) => code)

describe('against a known power curve', () => {
  test('a 10 s window is within 0.5% of the truth, and its interval holds it', async () => {
    const watts = (time: number): number => 60 + 40 * Math.sin(time * 2) + 15 * Math.sin(time * 31)
    const { machine, meter, run } = await scene({ zones: [{ ...PACKAGE, watts }] })
    const before = machine.trueJoules('intel-rapl:0')
    const window = meter.begin()
    run(10)
    const energy = await window.end()
    const truth = machine.trueJoules('intel-rapl:0') - before
    expect(Math.abs((energy.joules ?? 0) / truth - 1)).toBeLessThan(0.005)
    expect([(energy.low ?? 0) < truth, truth < (energy.high ?? 0)]).toEqual([true, true])
  })

  test('a counter that wraps again and again loses nothing', async () => {
    const { meter, run } = await scene({ zones: [{ ...PACKAGE, range: 300, start: 290 }] })
    const window = meter.begin()
    run(20)
    expect((await window.end()).joules).toBeCloseTo(1000, 0)
  })

  test('the random part of the interval covers the counter error for any period and phase', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 97 }), async (period, phase) => {
        const { machine, meter, run } = await scene({ zones: [PACKAGE], updatePeriod: period / 1000 })
        machine.advance(phase / 1000)
        const window = meter.begin()
        run(2)
        const { joules = 0, random = 0 } = await window.end()
        expect(Math.abs(joules - 100)).toBeLessThanOrEqual(random + 1e-3)
      }),
      { numRuns: 12 },
    )
  })
})

describe('windows', () => {
  test('nest, and the inner one has its own energy', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] })
    const outer = meter.begin()
    run(1)
    const inner = meter.begin()
    run(2)
    const within = await inner.end()
    run(1)
    expect([within.joules, (await outer.end()).joules]).toEqual([expect.closeTo(100, 0), expect.closeTo(200, 0)])
  })

  test('overlap, and each has the energy of its own time', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] })
    const first = meter.begin()
    run(2)
    const second = meter.begin()
    run(1)
    const one = await first.end()
    run(3)
    expect([one.joules, (await second.end()).joules]).toEqual([expect.closeTo(150, 0), expect.closeTo(200, 0)])
  })

  test('that follow each other add up to the one around them', async () => {
    const { meter, run } = await scene({ zones: [{ ...PACKAGE, watts: (time) => 30 + 20 * Math.sin(time) }] })
    const whole = meter.begin()
    let sum = 0
    for (let part = 0; part < 10; part++) {
      const window = meter.begin()
      run(0.5)
      sum += (await window.end()).joules ?? 0
    }
    expect(sum).toBeCloseTo((await whole.end()).joules ?? 0, 2)
  })

  test('take no part of what the thread reads after their end', async () => {
    const thread = manualSampling()
    const late = { happens: () => {} }
    const startSampling: MeterOptions['startSampling'] = async (jobs, clock) => {
      const { samplers, ...sampling } = await thread.start(jobs, clock)
      const delayed = samplers.map((sampler) => ({
        ...sampler,
        take: (visit: (reading: Reading) => void) => {
          late.happens()
          sampler.take(visit)
        },
      }))
      return { ...sampling, samplers: delayed }
    }
    const { machine, meter } = await scene({ zones: [PACKAGE] }, { startSampling })
    const window = meter.begin()
    machine.advance(1)
    late.happens = () => {
      machine.advance(0.5)
      thread.tick()
    }
    expect((await window.end()).joules).toBeCloseTo(50, 0)
  })

  test('end when disposed of, and give the same result when ended twice', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] })
    const window = meter.begin()
    run(1)
    await window[Symbol.asyncDispose]()
    run(1)
    expect((await window.end()).seconds).toBeCloseTo(1)
  })

  test('need no background reading to be right', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] })
    const window = meter.begin()
    run(5, false)
    expect((await window.end()).joules).toBeCloseTo(250, 0)
  })
})

describe('a meter that is closed', () => {
  test('ends the windows that run, and says so', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] })
    const window = meter.begin()
    run(2)
    await meter.close()
    run(2)
    const energy = await window.end()
    expect([energy.joules, codes(energy.warnings)]).toEqual([expect.closeTo(100, 0), ['W_METER_CLOSED']])
  })

  test('begins no window', async () => {
    const { meter } = await scene({ zones: [PACKAGE] })
    await meter.close()
    expect(() => meter.begin()).toThrow(expect.objectContaining({ code: 'E_METER_CLOSED', hint: expect.any(String) }))
  })
})

describe('what is added up', () => {
  test('package and DRAM, not the psys that contains both', async () => {
    const psys: SimulatedZone = { folder: 'intel-rapl:1', name: 'psys', watts: () => 90 }
    const { meter, run } = await scene({ zones: [PACKAGE, DRAM, psys] })
    const window = meter.begin()
    run(1)
    const { joules, domains } = await window.end()
    expect(joules).toBeCloseTo(60, 0)
    expect(domains.map(({ name, isCounted }) => [name, isCounted])).toEqual([
      ['package-0', true],
      ['package-0/dram', true],
      ['psys', false],
    ])
  })

  test('an estimate fills in memory that no sensor measures: mixed, with the measured share', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE] }, { profilers: ['rapl', 'estimate'] })
    const window = meter.begin()
    run(10)
    const { kind, measuredShare, joules, domains } = await window.end()
    expect([kind, domains.filter(({ isCounted }) => isCounted).map(({ name }) => name)]).toEqual([
      'mixed',
      ['package-0', 'memory'],
    ])
    // 50 W measured beside 4 GiB x 0.3835 W.
    expect(joules).toBeCloseTo(515.34, 0)
    expect(measuredShare).toBeCloseTo(500 / 515.34, 3)
  })

  test('a counter that stands still is left out and named', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE, { ...DRAM, watts: () => 0 }] })
    const window = meter.begin()
    run(1)
    expect((await window.end()).joules).toBeCloseTo(50, 0)
    expect(codes(meter.warnings)).toEqual(['W_COUNTER_STILL'])
  })
})

describe('what cannot be known is told and never turned into joules', () => {
  test('a reading that fails within a window costs a warning only', async () => {
    const { machine, meter, run } = await scene({ zones: [PACKAGE] })
    const window = meter.begin()
    run(1)
    machine.break('intel-rapl:0')
    run(0.5)
    machine.repair('intel-rapl:0')
    run(1)
    const energy = await window.end()
    expect(energy).toMatchObject({ joules: expect.closeTo(125, 0), failedReadings: 5 })
    expect(codes(energy.warnings)).toEqual(['W_READ_FAILED'])
  })

  test('a sensor that vanishes leaves the window without joules, not with 0', async () => {
    const { machine, meter, run } = await scene({ zones: [PACKAGE, DRAM] })
    const window = meter.begin()
    run(1)
    machine.break('intel-rapl:0:0')
    run(1)
    const energy = await window.end()
    expect(energy).toMatchObject({ joules: undefined, low: undefined, high: undefined, kind: undefined })
    expect(energy.domains.map(({ name }) => name)).toEqual(['package-0'])
    expect(codes(energy.warnings)).toContain('W_DOMAIN_UNKNOWN')
  })

  test('a counter set back is bridged by the mean power, and the interval grows by what was bridged', async () => {
    const { machine, meter, run } = await scene({ zones: [{ ...PACKAGE, start: 5000 }] })
    const window = meter.begin()
    run(5)
    machine.reset('intel-rapl:0')
    run(5)
    const energy = await window.end()
    expect(energy.joules).toBeCloseTo(500, 0)
    expect(energy.budget.find(({ source }) => source === 'gap')?.relative).toBeCloseTo(0.01, 3)
    expect(codes(energy.warnings)).toEqual(['W_COUNTER_BACKWARDS'])
  })

  test('a window so long unread that the counter may have wrapped twice has no joules', async () => {
    const { machine, meter } = await scene({ zones: [{ ...PACKAGE, range: 10_000 }] })
    const window = meter.begin()
    machine.advance(30)
    const energy = await window.end()
    expect([energy.joules, codes(energy.warnings)]).toEqual([undefined, ['W_COUNTER_AMBIGUOUS', 'W_DOMAIN_UNKNOWN']])
  })

  test('a window shorter than the update period has no joules', async () => {
    const { machine, meter } = await scene({ zones: [PACKAGE], updatePeriod: 0.05 })
    const window = meter.begin()
    machine.advance(0.001)
    expect((await window.end()).joules).toBeUndefined()
  })

  test('a window that is short for its counter says so', async () => {
    const { meter, run } = await scene({ zones: [PACKAGE], updatePeriod: 0.05 })
    const window = meter.begin()
    run(0.3)
    expect(codes((await window.end()).warnings)).toEqual(['W_WINDOW_SHORT'])
  })

  test('a window of few updates of a power value says so, also where the value stood still', async () => {
    const machine = new SensorMachine({ sensors: [{ kind: 'battery' }], curve: { idle: 20 } })
    open.push(machine)
    const { root, clock } = machine
    const { meter, tick } = await scene({ zones: [] }, { clock, profilers: [new BatteryProfiler({ root, clock })] })
    const window = meter.begin()
    for (let second = 1; second <= 12; second++) {
      machine.advanceTo(clock() + 1)
      tick()
    }
    const { warnings } = await window.end()
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('edge error up to 41.7%')])
  })

  test('a machine that slept is told', async () => {
    const { machine, meter, run } = await scene({ zones: [PACKAGE] })
    const window = meter.begin()
    run(1)
    machine.asleep += 3600
    run(1)
    expect(codes((await window.end()).warnings)).toEqual(['W_SUSPENDED'])
  })

  test('"none" gives no joules and says that nothing was measured', async () => {
    const { meter, run } = await scene({}, { profilers: ['none'] })
    const window = meter.begin()
    run(1)
    const energy = await window.end()
    expect([energy.joules, codes(energy.warnings)]).toEqual([undefined, ['W_ENERGY_NOT_MEASURED']])
  })
})

/** A profiler as a user may write it, right or wrong. */
class Scripted extends Profiler {
  readonly name = 'scripted'
  readonly kind = 'measured'
  readonly #read: () => Reading
  readonly #domain: Partial<EnergyDomain>

  constructor(read: () => Reading, domain: Partial<EnergyDomain> = {}) {
    super()
    this.#read = read
    this.#domain = domain
  }

  async probe(): Promise<Availability> {
    return { isAvailable: true, detail: 'scripted' }
  }

  domains(): readonly EnergyDomain[] {
    return [{ name: 'wall', part: 'system', counter: 'power', isCounted: true, low: 0.99, high: 1.01, ...this.#domain }]
  }

  read(): Reading {
    return this.#read()
  }
}

describe('a profiler of a user', () => {
  test('that gives steady watts is integrated', async () => {
    const { machine, meter, run } = await scene(
      {},
      { profilers: [new Scripted(() => ({ at: seconds(0), values: [42] }))] },
    )
    const window = meter.begin()
    run(10)
    expect(await window.end()).toMatchObject({ joules: expect.closeTo(420, 3), kind: 'measured', measuredShare: 1 })
    expect(machine.now).toBeGreaterThan(1000)
  })

  test('whose power value is old at an edge has that in its interval', async () => {
    const powers = (time: number): number => (time < 1001 ? 10 : 60)
    const machine: { current?: SimulatedMachine } = {}
    const profiler = new Scripted(() => ({ at: seconds(0), values: [powers(machine.current?.now ?? 0)] }), {
      updatePeriod: seconds(0.5),
    })
    const { meter, run, machine: simulated } = await scene({}, { profilers: [profiler] })
    machine.current = simulated
    const window = meter.begin()
    run(10)
    const { joules = 0, budget } = await window.end()
    expect((budget.find(({ source }) => source === 'edge')?.relative ?? 0) * joules).toBeCloseTo(25, 0)
  })

  test('that shows 0 W has not measured', async () => {
    const { meter, run } = await scene({}, { profilers: [new Scripted(() => ({ at: seconds(0), values: [0] }))] })
    const window = meter.begin()
    run(10)
    expect((await window.end()).joules).toBeUndefined()
  })

  const broken: readonly (readonly [string, () => unknown])[] = [
    ['throws', () => JSON.parse('{')],
    ['gives nothing', () => undefined],
    ['gives too many values', () => ({ at: 0, values: [1, 2] })],
    ['gives text', () => ({ at: 0, values: ['42'] })],
    ['gives a negative power', () => ({ at: 0, values: [-42] })],
    ['gives no number', () => ({ at: Number.NaN, values: [Number.NaN] })],
  ]
  test.each(broken)('that %s leaves a gap, not energy', async (_what, read) => {
    const { meter, run } = await scene({}, { profilers: [new Scripted(read as () => Reading)] })
    const window = meter.begin()
    run(2)
    expect((await window.end()).joules).toBeUndefined()
  })

  test('is closed with the meter, once', async () => {
    let closes = 0
    const profiler = new Scripted(() => ({ at: seconds(0), values: [1] }))
    profiler.close = async () => void closes++
    const { meter } = await scene({}, { profilers: [profiler] })
    await Promise.all([meter.close(), meter.close()])
    expect(closes).toBe(1)
  })
})

test.each([0, -1, 61, Number.NaN])('a sampling interval of %d s is refused', async (samplingInterval) => {
  await expect(openMeter({ profilers: ['none'], samplingInterval })).rejects.toMatchObject({
    code: 'E_SAMPLING_INTERVAL',
  })
})

test('a modelled figure comes with one line that says why', async () => {
  const { meter } = await scene({}, { profilers: ['auto'], registry: ProfilerRegistry.withPredefinedProfilers() })
  expect(meter.warnings).toEqual([
    expect.objectContaining({ code: 'W_ENERGY_MODELLED', message: expect.stringContaining('powercap') }),
  ])
})

test('a counter that stands still keeps no other profiler from counting', async () => {
  const still = new Scripted(() => ({ at: seconds(0), values: [7] }), { counter: 'energy', part: 'gpu' })
  const power = new Scripted(() => ({ at: seconds(0), values: [42] }), { part: 'gpu' })
  const { meter, run } = await scene({}, { profilers: [still, power] })
  const window = meter.begin()
  run(10)
  expect((await window.end()).joules).toBeCloseTo(420, 3)
})

describe('windows with names', () => {
  const steady = () => scene({}, { profilers: [new Scripted(() => ({ at: seconds(0), values: [42] }))] })

  test('nest, and are kept in the order in which they end', async () => {
    const { meter, run } = await steady()
    {
      await using _run = meter.window('run')
      for (const epoch of [1, 2]) {
        await using _epoch = meter.window(`epoch ${epoch}`)
        run(5)
      }
    }
    expect(meter.windows.map(({ name }) => name)).toEqual(['epoch 1', 'epoch 2', 'run'])
    const [first, second, both] = meter.windows.map(({ energy }) => energy.joules ?? Number.NaN)
    expect((first ?? 0) + (second ?? 0)).toBeCloseTo(both ?? 0, 3)
  })

  test('end when the block throws', async () => {
    const { meter, run } = await steady()
    const block = async () => {
      await using _window = meter.window('doomed')
      run(5)
      throw new Error('out of beads')
    }
    await expect(block()).rejects.toThrow('out of beads')
    expect(meter.windows).toMatchObject([{ name: 'doomed', energy: { seconds: expect.closeTo(5, 3) } }])
  })
})
