import { afterEach, expect, test } from 'vitest'
import { RaplProfiler } from '../../profilers/rapl.js'
import { probeUpdatePeriods } from '../../profilers/update-period.js'
import { seconds } from '../../src/core/units.js'
import { SimulatedMachine } from '../helpers/simulated-machine.js'

const machines: SimulatedMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

async function probed(updatePeriod: number, watts: number, budget: number) {
  const machine = new SimulatedMachine({
    updatePeriod,
    zones: [{ folder: 'intel-rapl:0', name: 'package-0', watts: () => watts }],
  })
  machines.push(machine)
  const profiler = new RaplProfiler({ root: machine.root, clock: machine.clock })
  await profiler.probe()
  machine.timePerLook = 0.0005
  return (await probeUpdatePeriods(profiler, { clock: machine.clock, budget: seconds(budget) }))[0]
}

test('the period is the median of the times between changes', async () => {
  expect((await probed(0.02, 30, 1))?.period).toBeCloseTo(0.02, 2)
})

test('a counter that never changes is found out within the budget', async () => {
  expect(await probed(0.02, 0, 0.1)).toEqual({ period: expect.closeTo(0.1, 2), changes: 0 })
})

test('a counter slower than the budget gets the budget as its period', async () => {
  expect((await probed(1, 30, 0.2))?.period).toBeCloseTo(0.2, 2)
})

test('time in which the machine did something else is not time spent looking', async () => {
  const machine = new SimulatedMachine({
    updatePeriod: 0.02,
    zones: [{ folder: 'intel-rapl:0', name: 'package-0', watts: () => 30 }],
  })
  machines.push(machine)
  const profiler = new RaplProfiler({ root: machine.root, clock: machine.clock })
  await profiler.probe()
  machine.timePerLook = 0.0005
  setImmediate(() => machine.advance(2))
  const [found] = await probeUpdatePeriods(profiler, { clock: machine.clock, budget: seconds(0.5) })
  expect(found?.period).toBeCloseTo(0.02, 2)
})
