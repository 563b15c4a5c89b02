import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attribution } from '../../benchmarks/attribution.js'
import type { MachineUse } from '../../benchmarks/machine-use.js'
import { runProtocol } from '../../benchmarks/protocol.js'
import { planProtocol } from '../../benchmarks/protocol-plan.js'
import type { EnergyPart } from '../../profilers/profiler.js'
import { FakeClock, FakeMeter, FakeRun } from '../helpers/fake-measurement.js'

/** 10 W idle and 30 W in the windows, of which this tree has a share of the CPU time and of the memory. */
async function split(tree: number, others: number, part: EnergyPart = 'package', memory: number | 'unknown' = 0.25) {
  const clock = new FakeClock()
  clock.idleShare = 0
  const meter = new FakeMeter(clock)
  const begin = meter.begin.bind(meter)
  meter.begin = () => {
    const window = begin()
    const end = async () => {
      const energy = await window.end()
      return { ...energy, domains: energy.domains.map((domain) => ({ ...domain, part })) }
    }
    return { ...window, end }
  }
  const uses: MachineUse[] = [
    { busySeconds: 100, treeSeconds: 5 },
    {
      busySeconds: 100 + tree + others,
      treeSeconds: 5 + tree,
      ...(memory === 'unknown' ? {} : { treeBytes: 1e9 * memory, usedBytes: 1e9 }),
    },
  ]
  const parts = { pool: { runs: [new FakeRun(clock, () => 0.01)], next: 0 }, batchSize: 1, clock, meter }
  const measurement = await runProtocol(planProtocol({ model: 'fake' }, meter), {
    ...parts,
    readUse: () => uses.shift(),
  })
  const seconds = measurement.windows.reduce((sum, window) => sum + window.seconds, 0)
  const { joules } = attribution(measurement) ?? {}
  const watts = (value: number | undefined) => Math.round(((value ?? Number.NaN) / seconds) * 1000) / 1000
  return {
    idle: watts(joules?.idle),
    process: watts(joules?.process),
    others: watts(joules?.others),
    unattributed: watts(joules?.unattributed),
  }
}

test('idle energy is given to nobody, the rest by CPU time', async () => {
  expect(await split(30, 10)).toEqual({ idle: 10, process: 15, others: 5, unattributed: 0 })
})

test('energy of memory is split by the memory in use', async () => {
  expect(await split(30, 10, 'dram')).toEqual({ idle: 10, process: 5, others: 15, unattributed: 0 })
  expect(await split(30, 10, 'dram', 'unknown')).toEqual({ idle: 10, process: 0, others: 0, unattributed: 20 })
})

test('energy of a board is not split', async () => {
  expect(await split(30, 10, 'gpu')).toEqual({ idle: 10, process: 0, others: 0, unattributed: 20 })
})

test('the parts are the whole, whatever the shares', async () => {
  const time = fc.double({ min: 0, max: 1e4, noNaN: true })
  await fc.assert(
    fc.asyncProperty(time, time, async (tree, others) => {
      fc.pre(tree + others > 0.2)
      const { idle, process, others: rest, unattributed } = await split(tree, others)
      expect(idle + process + rest + unattributed).toBeCloseTo(30, 2)
    }),
    { numRuns: 20 },
  )
})

test('nothing is split where nobody used the machine', async () => {
  expect((await split(0, 0)).process).toBeNaN()
})
