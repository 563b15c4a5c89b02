/** Whether stated 95% intervals hold the truth 95 times of 100: whole measurements of a machine whose truth is known. */
import { expect, test, vi } from 'vitest'
import { type SimulatedWorld, simulateRun } from '../helpers/simulated-run.js'

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
  let [gross, net] = [0, 0]
  for (let seed = 1; seed <= RUNS; seed++) {
    const { energy, truth } = await simulateRun(world, seed)
    gross += holds(energy.perInference, truth.perInference)
    net += holds(energy.netPerInference, truth.netPerInference)
  }
  return { gross: gross / RUNS, net: net / RUNS }
}

test.each([
  ['a processor whose counter is as wrong as it states', RAPL],
  [
    'an exact counter and a load so uneven that chance decides when the run stops',
    { ...RAPL, gainError: 0, loadSpread: 0.06 },
  ],
])('energy per inference, gross and net of idle: %s', async (_, world) => {
  const { gross, net } = await coverage(world)
  for (const share of [gross, net]) {
    expect(share).toBeGreaterThan(0.93)
    expect(share).toBeLessThan(0.97)
  }
})
