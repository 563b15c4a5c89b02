import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import type { EnergyMeter } from '../../profilers/energy-window.js'
import { EstimateProfiler } from '../../profilers/estimate.js'
import { openMeter } from '../../profilers/meter.js'
import type { Profiler, ProfilerSource } from '../../profilers/profiler.js'
import { startSampling } from '../../profilers/sampler.js'
import { seconds } from '../../src/core/units.js'

const PLUGIN = new URL('../fixtures/plugins/wall-meter.mjs', import.meta.url).href
const { makeWallMeter }: { makeWallMeter: () => Profiler & { source?: ProfilerSource } } = await import(PLUGIN)

const meters: EnergyMeter[] = []
afterEach(async () => {
  for (const meter of meters.splice(0)) await meter.close()
})

/** Holds this thread, and with it the event loop, as a long synchronous call does. */
const blockThread = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** Holds this thread until something has happened on another, for half a minute at most. */
const blockUntil = (hasHappened: () => boolean): void => {
  for (let waits = 0; waits < 3000 && !hasHappened(); waits++) blockThread(10)
}

const readingsOf = (meter: EnergyMeter): number => meter.sampling()[0]?.readings ?? 0

/** What went wrong, but for readings that a busy machine misses. */
const troubleOf = (meter: EnergyMeter) => meter.warnings.filter(({ code }) => code !== 'W_SAMPLES_MISSED')

async function open(profiler: string | Profiler): Promise<EnergyMeter> {
  const meter = await openMeter({ profilers: [profiler], samplingInterval: 0.01 })
  meters.push(meter)
  return meter
}

function meterFrom(factory: string, module = PLUGIN): Profiler {
  const profiler = makeWallMeter()
  return Object.assign(profiler, { source: { module, factory, options: {} } })
}

test('a blocked event loop does not stop the readings', async () => {
  const meter = await open('estimate')
  const before = readingsOf(meter)
  blockUntil(() => readingsOf(meter) > before + 5)
  expect(readingsOf(meter)).toBeGreaterThan(before + 5)
})

test('readings of the thread lie between the edges on one clock', async () => {
  const meter = await open(makeWallMeter())
  const window = meter.begin()
  const before = readingsOf(meter)
  blockUntil(() => readingsOf(meter) >= before + 5)
  // Beside its two edges; of the five readings the first may have been under way when the window began.
  expect((await window.end()).readings).toBeGreaterThan(4)
})

test("a plugin's profiler is made again on the thread", async () => {
  const meter = await open(makeWallMeter())
  expect(troubleOf(meter)).toEqual([])
})

test('the CPU time of the thread is known', async () => {
  const meter = await open('estimate')
  blockThread(50)
  expect(meter.samplerCpuSeconds()).toBeGreaterThan(0)
})

describe('a profiler that the thread cannot make is read on the calling thread, and the meter says so', () => {
  test.each([
    ['no source', Object.assign(makeWallMeter(), { source: undefined }), 'it names no source'],
    ['no such module', meterFrom('makeWallMeter', 'file:///nowhere.mjs'), 'nowhere.mjs'],
    ['no such export', meterFrom('makeNothing'), 'has no function makeNothing'],
    ['something that is no profiler', meterFrom('makeSomethingElse'), 'does not give a Profiler'],
  ])('%s', async (_what, profiler, reason) => {
    const meter = await open(profiler)
    expect(troubleOf(meter)).toEqual([
      expect.objectContaining({ code: 'W_SAMPLED_ON_CALLER', message: expect.stringContaining(reason) }),
    ])
  })
})

test('a thread that dies is told, and its profilers are read on the calling thread from then on', async () => {
  const meter = await open(meterFrom('makeThreadKiller'))
  const window = meter.begin()
  while (troubleOf(meter).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const before = readingsOf(meter)
  expect(troubleOf(meter)).toMatchObject([{ code: 'W_SAMPLER_DIED', message: 'the sampling thread ended with 3' }])
  while (readingsOf(meter) < before + 3) await new Promise((resolve) => setTimeout(resolve, 5))
  expect((await window.end()).readings).toBeGreaterThan(4)
})

test('a thread that dies before its answer is heard is told as well', async () => {
  const starting = startSampling([{ profiler: meterFrom('makeThreadKiller'), interval: seconds(0.01) }], monotonicClock)
  blockThread(1000)
  const sampling = await starting
  while (sampling.warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(sampling.warnings).toMatchObject([{ code: 'W_SAMPLER_DIED' }])
  await sampling.close()
})

test('a thread that hangs is told as readings that are missing', async () => {
  const meter = await open(meterFrom('makeSleeper'))
  const isTold = () => {
    const [{ missed = 0, longestStep = 0 } = {}] = meter.sampling()
    return missed > 10 && longestStep > 0.2
  }
  blockUntil(isTold)
  expect([isTold(), meter.warnings]).toEqual([
    true,
    expect.arrayContaining([expect.objectContaining({ code: 'W_SAMPLES_MISSED' })]),
  ])
})

test('counters of energy are read each second, sensors of power ten times', async () => {
  const intervalOf = async (counter: 'energy' | 'power') => {
    const profiler = makeWallMeter()
    const domains = profiler.domains().map((domain) => ({ ...domain, counter, updatePeriod: seconds(0.001) }))
    profiler.domains = () => domains
    const meter = await openMeter({ profilers: [profiler] })
    meters.push(meter)
    return meter.sampling()[0]?.interval
  }
  expect([await intervalOf('energy'), await intervalOf('power')]).toEqual([1, 0.1])
})

test('one thread samples several profilers, each into its own ring', async () => {
  const profilers: readonly Profiler[] = [makeWallMeter(), new EstimateProfiler()]
  for (const profiler of profilers) await profiler.probe()
  const jobs = profilers.map((profiler) => ({ profiler, interval: seconds(0.01) }))
  const sampling = await startSampling(jobs, monotonicClock)
  blockUntil(() => sampling.samplers.every((sampler) => sampler.statistics().readings > 0))
  const widths = sampling.samplers.map((sampler) => {
    const seen = new Set<number>()
    sampler.take(({ values }) => seen.add(values.length))
    return [...seen]
  })
  await sampling.close()
  expect(widths).toEqual([[1], [2]])
})

test('an open meter of code given by --eval samples on its thread, which does not keep the process alive', () => {
  const index = fileURLToPath(new URL('../../dist/profilers/index.js', import.meta.url))
  const script = `import { openMeter } from ${JSON.stringify(index)}
    const meter = await openMeter({ profilers: ['estimate'] })
    meter.begin()
    process.on('exit', () => console.log('ended by itself', ...meter.warnings.map(({ code }) => code)))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  expect(output).toBe('ended by itself W_ENERGY_MODELLED\n')
})
