import { describe, expect, test } from 'vitest'
import type { InferenceOptions, Progress } from '../../benchmarks/options.js'
import { type Measurement, type ProtocolParts, runProtocol } from '../../benchmarks/protocol.js'
import { planProtocol } from '../../benchmarks/protocol-plan.js'
import { seededRandom } from '../../src/core/random.js'
import { FakeClock, FakeMeter, type FakeMeterOptions, FakeRun } from '../helpers/fake-measurement.js'

interface Scene {
  readonly clock: FakeClock
  readonly run: FakeRun
  readonly meter: FakeMeter | undefined
  measure(options?: Partial<InferenceOptions>, parts?: Partial<ProtocolParts>): Promise<Measurement>
}

/** A model of 10 ms whose latencies scatter by `spread`, and a sensor. */
function scene(spread = 0, sensor: FakeMeterOptions | undefined = {}): Scene {
  const clock = new FakeClock()
  const random = seededRandom(1)
  const run = new FakeRun(clock, () => 0.01 * (1 + spread * (random() - 0.5)))
  const meter = sensor === undefined ? undefined : new FakeMeter(clock, sensor)
  return {
    clock,
    run,
    meter,
    measure: (options = {}, parts = {}) =>
      runProtocol(planProtocol({ model: 'fake', ...options }, meter), {
        pool: { runs: [run], next: 0 },
        batchSize: 1,
        clock,
        ...(meter === undefined ? {} : { meter }),
        ...parts,
      }),
  }
}

const total = (windows: Measurement['windows']) => windows.reduce((sum, window) => sum + window.seconds, 0)

describe('length of a measurement', () => {
  test('ends after five windows when the interval is tight by then', async () => {
    const { stopReason, windows } = await scene().measure()
    expect({ stopReason, windows: windows.length }).toEqual({ stopReason: 'interval reached', windows: 5 })
  })

  test('goes on while the energy scatters, until the time budget is spent', async () => {
    const random = seededRandom(3)
    const { measure } = scene(0, { watts: () => 20 + 30 * random() })
    const { stopReason, windows } = await measure({ targetInterval: 0.001 })
    expect(stopReason).toBe('time budget spent')
    expect(total(windows)).toBeGreaterThan(57)
    expect(total(windows)).toBeLessThan(66)
  })

  test('a tighter target takes more windows', async () => {
    const count = async (targetInterval: number) => {
      const random = seededRandom(7)
      const { measure } = scene(0, { watts: () => 20 + random() })
      return (await measure({ targetInterval, maxDuration: 600 })).windows.length
    }
    expect(await count(0.002)).toBeGreaterThan(await count(0.05))
  })

  test('latency decides when nothing measures', async () => {
    const steady = await scene(0.01, undefined).measure()
    const wild = await scene(8, undefined).measure({ targetInterval: 0.0001, maxDuration: 10 })
    expect([steady.stopReason, wild.stopReason]).toEqual(['interval reached', 'time budget spent'])
  })

  test('latency decides when the energy is modelled', async () => {
    const random = seededRandom(3)
    const { measure } = scene(0, { kind: 'modelled', watts: () => 100 * random() })
    expect((await measure()).stopReason).toBe('interval reached')
  })

  test('one second is enough for a short run of five windows', async () => {
    const { windows } = await scene().measure({ maxDuration: 1 })
    expect(windows).toHaveLength(5)
    expect(total(windows)).toBeLessThan(1.1)
  })

  test('a model slower than the budget runs twice, since one run has no spread', async () => {
    const clock = new FakeClock()
    const run = new FakeRun(clock, () => 100)
    const plan = planProtocol({ model: 'slow', maxDuration: 10 }, undefined)
    const { windows } = await runProtocol(plan, { pool: { runs: [run], next: 0 }, batchSize: 1, clock })
    expect(windows.map(({ batches }) => batches)).toEqual([1, 1])
  })
})

describe('what a measurement keeps apart', () => {
  test('idle, warm-up and windows do not overlap', async () => {
    const { clock, measure } = scene()
    const start = clock.time
    const { idleBefore, idleAfter, warmUp, windows } = await measure()
    const parts = [idleBefore?.seconds, warmUp.seconds, total(windows), idleAfter?.seconds]
    // One update of the counter, 1 ms, passes before each baseline.
    expect(0.002 + parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)).toBeCloseTo(clock.time - start, 6)
  })

  test('warm-up ends when latency is steady, and its runs are in no window', async () => {
    const clock = new FakeClock()
    const run = new FakeRun(clock, (index) => (index < 40 ? 0.05 - index * 0.001 : 0.01))
    const plan = planProtocol({ model: 'cold' }, undefined)
    const { warmUp, latencies } = await runProtocol(plan, { pool: { runs: [run], next: 0 }, batchSize: 1, clock })
    expect(warmUp.isSteady).toBe(true)
    expect(latencies.count + warmUp.batches).toBe(run.runs)
    expect(Math.max(...latencies.samples)).toBeCloseTo(0.01)
  })

  test('a latency that never settles is a warning', async () => {
    const clock = new FakeClock()
    const run = new FakeRun(clock, (index) => 0.01 * 1.01 ** Math.min(index, 300))
    const plan = planProtocol({ model: 'drifting', warmupDuration: 2 }, undefined)
    const { warnings } = await runProtocol(plan, { pool: { runs: [run], next: 0 }, batchSize: 1, clock })
    expect(warnings.map(({ code }) => code)).toContain('W_NOT_STEADY')
  })

  test('batches are run in turn', async () => {
    const clock = new FakeClock()
    const runs = [1, 2, 3].map(() => new FakeRun(clock, () => 0.01))
    await runProtocol(planProtocol({ model: 'three' }, undefined), { pool: { runs, next: 0 }, batchSize: 1, clock })
    const counts = runs.map((run) => run.runs)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })
})

describe('trouble on the way', () => {
  test('an interrupt ends the window at once and keeps all before it', async () => {
    const { clock, measure } = scene()
    const abort = new AbortController()
    clock.onAdvance = (time) => time > 1018 && abort.abort()
    const { stopReason, windows, latencies, idleAfter } = await measure({}, { signal: abort.signal })
    expect(stopReason).toBe('interrupted')
    expect(clock.time).toBeLessThan(1018.1)
    expect(windows.length).toBeGreaterThan(2)
    expect(latencies.count).toBe(windows.reduce((sum, { batches }) => sum + batches, 0))
    expect(idleAfter).toBeUndefined()
  })

  test('the stub of an interrupted window has no energy, since it is mostly edge', async () => {
    const { clock, measure } = scene()
    const abort = new AbortController()
    clock.onAdvance = (time) => time > 1015.2 && abort.abort()
    const { windows } = await measure({}, { signal: abort.signal })
    expect(windows.at(-1)?.seconds).toBeLessThan(2.5)
    expect(windows.map(({ energy }) => energy === undefined)).toEqual([...windows.slice(1).map(() => false), true])
  })

  test('a run that fails keeps the batches before it and says why', async () => {
    const clock = new FakeClock()
    const failure = new Error('out of beads')
    const run = new FakeRun(clock, (index) => {
      if (index === 400) throw failure
      return 0.01
    })
    const parts = { pool: { runs: [run], next: 0 }, batchSize: 1, clock }
    const measured = await runProtocol(planProtocol({ model: 'fails' }, undefined), parts)
    expect(measured).toMatchObject({ stopReason: 'run failed', failure })
    expect(measured.latencies.count + measured.warmUp.batches).toBe(400)
  })

  test('a run that fails at once leaves no window', async () => {
    const clock = new FakeClock()
    const run = new FakeRun(clock, () => {
      throw new Error('never')
    })
    const parts = { pool: { runs: [run], next: 0 }, batchSize: 1, clock }
    const { stopReason, windows } = await runProtocol(planProtocol({ model: 'fails' }, undefined), parts)
    expect({ stopReason, windows }).toEqual({ stopReason: 'run failed', windows: [] })
  })

  test('a sensor that vanishes leaves its windows, and latency ends the run', async () => {
    const { measure } = scene(0, { watts: (_cpu, _elapsed, window) => (window < 4 ? 30 : undefined) })
    const { stopReason, windows, warnings } = await measure()
    expect(stopReason).toBe('interval reached')
    expect(windows.filter(({ energy }) => energy?.joules !== undefined)).toHaveLength(3)
    expect(warnings.map(({ code }) => code)).toContain('W_SENSOR_LOST')
  })

  test('a meter that throws costs a warning, not the measurement', async () => {
    const { meter, measure } = scene()
    const unplugged = () => Promise.reject(new Error('unplugged'))
    if (meter !== undefined) meter.begin = () => ({ end: unplugged, [Symbol.asyncDispose]: unplugged })
    const { windows, warnings } = await measure({ maxDuration: 5 })
    expect(windows.length).toBeGreaterThan(0)
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'W_ENERGY_LOST' }))
  })

  test('a meter that cannot even begin costs a warning, not the measurement', async () => {
    const { meter, measure } = scene()
    if (meter !== undefined) {
      meter.begin = () => {
        throw new Error('unplugged')
      }
    }
    const { windows, warnings } = await measure({ maxDuration: 5 })
    expect(windows.length).toBeGreaterThan(0)
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'W_ENERGY_LOST' }))
  })

  test('an abort while idle runs nothing any more', async () => {
    const { clock, run, measure } = scene()
    const abort = new AbortController()
    clock.onAdvance = () => abort.abort()
    const { stopReason, windows } = await measure({}, { signal: abort.signal })
    expect({ stopReason, windows, runs: run.runs }).toEqual({ stopReason: 'interrupted', windows: [], runs: 0 })
  })
})

test('progress tells the mean so far with its interval', async () => {
  const seen: Progress[] = []
  await scene(0.1).measure({}, { onProgress: (progress) => seen.push(progress) })
  expect(seen.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1])).toEqual([
    'idle',
    'warmup',
    'inference',
    'idle',
  ])
  expect(seen.findLast(({ phase }) => phase === 'inference')).toMatchObject({
    running: { quantity: 'energy', mean: expect.closeTo(0.3, 1) },
  })
})

test('progress goes on within a window', async () => {
  const seen: number[] = []
  const onProgress = (progress: Progress) => {
    if (progress.phase === 'inference') seen.push(progress.done)
  }
  await scene().measure({}, { onProgress })
  const steps = seen.map((done, index) => done - (seen[index - 1] ?? 0))
  expect(Math.max(...steps)).toBeLessThan(0.2)
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0)
})
