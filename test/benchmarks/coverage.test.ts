/** Whether stated 95% intervals hold the truth 95 times of 100: whole measurements of a machine whose truth is known. */
import { expect, test, vi } from 'vitest'
import { type SimulatedWorld, simulatePair, simulateRun } from '../helpers/simulated-run.js'

// Measures real time, 5 ms for each run, which has no part in the intervals.
vi.mock('../../benchmarks/loop-cost.js', () => ({ loopCost: async () => 1e-7 }))

const RUNS = 1000
const RAPL: SimulatedWorld = {
  idle: 30,
  load: 70,
  idleSpread: 0.02,
  loadSpread: 0.02,
  memory: 0.3,
  gainError: 0.05,
  updatePeriod: 0.001,
  unit: 2 ** -14,
}

const holds = (interval: { readonly low: number; readonly high: number } | undefined, truth: number): number =>
  interval !== undefined && interval.low <= truth && truth <= interval.high ? 1 : 0

async function coverage(world: SimulatedWorld) {
  let [gross, net, warned] = [0, 0, 0]
  for (let seed = 1; seed <= RUNS; seed++) {
    const { energy, truth, warnings } = await simulateRun(world, seed)
    gross += holds(energy.perInference, truth.perInference)
    net += holds(energy.netPerInference, truth.netPerInference)
    warned += warnings.some(({ code }) => code === 'W_POWER_WANDERS') ? 1 : 0
  }
  return { gross: gross / RUNS, net: net / RUNS, warned: warned / RUNS }
}

test.each<[string, SimulatedWorld]>([
  ['a processor whose counter is as wrong as it states', RAPL],
  [
    'an exact counter and a load so uneven that chance decides when the run stops',
    { ...RAPL, gainError: 0, loadSpread: 0.06 },
  ],
  [
    'an exact counter of a machine that is restless when idle',
    { ...RAPL, gainError: 0, idleSpread: 0.1, loadSpread: 0.01 },
  ],
  ['a load that is nearly lost in the noise of the idle machine', { ...RAPL, gainError: 0, idleSpread: 0.05, load: 5 }],
  [
    'a steady machine whose counter is slow, so that the edges of windows are what is unsure',
    { ...RAPL, gainError: 0, idleSpread: 0.005, loadSpread: 0.005, updatePeriod: 0.02 },
  ],
])('energy per inference, gross and net of idle: %s', async (_, world) => {
  const { gross, net, warned } = await coverage(world)
  for (const share of [gross, net]) {
    expect(share).toBeGreaterThan(0.93)
    expect(share).toBeLessThan(0.97)
  }
  expect(warned).toBeLessThan(0.05)
})

test.each([5, 20])(
  'power that remembers itself for %d s, as long as a window or longer, is told of',
  async (memory) => {
    const { gross, net, warned } = await coverage({ ...RAPL, gainError: 0, memory })
    expect(Math.min(gross, net)).toBeGreaterThan(0.93)
    // Wider than need be where all of the time budget is measured, but not so wide that they say nothing.
    expect(Math.max(gross, net)).toBeLessThan(0.985)
    expect(warned).toBeGreaterThan(0.9)
  },
)

test('power that wanders while competitors take turns is told of and measured for all of the time budget', async () => {
  const world = { ...RAPL, loadSpread: 0.05 }
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
  const share = async (memory: number) => {
    const found = await Promise.all(seeds.map((seed) => simulatePair({ ...world, memory }, seed)))
    const wandering = found
      .flatMap(({ measurements }) => measurements)
      .filter(({ warnings }) => warnings.some(({ code }) => code === 'W_POWER_WANDERS'))
    expect(wandering.filter(({ stopReason }) => stopReason !== 'time budget spent')).toEqual([])
    return wandering.length / (2 * seeds.length)
  }
  expect(await share(20)).toBeGreaterThan(0.8)
  expect(await share(0.3)).toBeLessThan(0.1)
})
