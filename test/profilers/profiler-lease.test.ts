import { expect, test, vi } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { type Availability, type EnergyDomain, Profiler, type Reading } from '../../profilers/profiler.js'
import { closeProfiler, openProfiler } from '../../profilers/profiler-lease.js'
import { seconds } from '../../src/core/units.js'

/** Reads nothing before it is opened and after it is closed, as a tool does. */
class Opened extends Profiler {
  readonly name = 'opened'
  readonly kind = 'measured'
  readonly calls: string[] = []
  #isOpen = false

  async probe(): Promise<Availability> {
    this.calls.push('probe')
    this.#isOpen = true
    return { isAvailable: true, detail: '' }
  }

  domains(): readonly EnergyDomain[] {
    const domain = { name: 'wall', part: 'system', counter: 'power', isCounted: true, low: 0.9, high: 1.1 } as const
    return [{ ...domain, updatePeriod: seconds(1e-6) }]
  }

  read(): Reading {
    return { at: monotonicClock(), values: [this.#isOpen ? 42 : undefined] }
  }

  override async close(): Promise<void> {
    this.calls.push('close')
    this.#isOpen = false
  }
}

test('a window within another of the same profiler leaves it open', async () => {
  const profiler = new Opened()
  const outer = await profiler.evaluate(async () => profiler.evaluate(() => 'inner'))
  expect(outer.result.result).toBe('inner')
  expect([outer.energy.failedReadings, outer.result.energy.failedReadings]).toEqual([0, 0])
  expect(profiler.calls).toEqual(['probe', 'close'])
})

test('windows at the same time share one profiler, which opens again after them', async () => {
  const profiler = new Opened()
  const both = await Promise.all([1, 2].map((value) => profiler.evaluate(() => value)))
  expect(both.map(({ result, energy }) => [result, energy.failedReadings])).toEqual([
    [1, 0],
    [2, 0],
  ])
  await profiler.evaluate(() => 3)
  expect(profiler.calls).toEqual(['probe', 'close', 'probe', 'close'])
})

test('a profiler that cannot be closed keeps nobody from the result', async () => {
  const profiler = new Opened()
  profiler.close = async () => {
    throw new Error('stuck')
  }
  const { result, energy } = await profiler.evaluate(() => 'done')
  expect(result).toBe('done')
  expect(energy.warnings).toContainEqual({
    code: 'W_PROFILER_CLOSE',
    message: 'opened could not be closed: stuck',
    hint: expect.any(String),
  })
})

test('one that never answers when it is closed is left behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const profiler = new Opened()
    profiler.close = () => new Promise(() => {})
    await openProfiler(profiler)
    const problem = closeProfiler(profiler)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await problem).toBe('it does not answer')
  } finally {
    vi.useRealTimers()
  }
})

test('what a function throws is thrown on, whatever closing comes to', async () => {
  const profiler = new Opened()
  profiler.close = async () => {
    throw new Error('stuck')
  }
  const doomed = profiler.evaluate(() => {
    throw new RangeError('out of beads')
  })
  await expect(doomed).rejects.toThrow('out of beads')
})

test('one without a list of domains is refused', async () => {
  const profiler = new Opened()
  Reflect.set(profiler, 'domains', () => undefined)
  await expect(profiler.evaluate(() => 1)).rejects.toMatchObject({
    code: 'E_PROFILER_UNAVAILABLE',
    message: expect.stringContaining('domains()'),
  })
})
