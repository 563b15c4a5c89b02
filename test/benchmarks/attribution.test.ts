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

/** 10 W of a package with windows of so many joules a second, alternately. */
function wandering(idleWatts: number, ...windowWatts: readonly number[]) {
  const energy = (watts: number) => ({
    seconds: 1,
    joules: watts,
    domains: [{ name: 'package-0', profiler: 'fake', part: 'package', isCounted: true, joules: watts }],
  })
  const idle = { energy: energy(10) }
  const use = { before: { busySeconds: 0, treeSeconds: 0 }, after: { busySeconds: 10, treeSeconds: 10 } }
  const windows = windowWatts.map((watts) => ({ energy: energy(watts) }))
  return { windows, idleBefore: idle, idleAfter: idle, idleWatts, use } as unknown as Parameters<typeof attribution>[0]
}

test('noise about the idle power makes no joules', () => {
  const { joules, intervals } = attribution(wandering(10, 9, 11, 8, 12), { joules: 0, low: -3, high: 2 }) ?? {}
  expect(joules?.process).toBeCloseTo(0, 9)
  expect(intervals?.process).toEqual({ low: -3, high: 2 })
})

test('windows that take less than the idle machine leave less than nothing to the process', () => {
  expect(attribution(wandering(12, 11, 11))?.joules).toMatchObject({ idle: 24, process: -2, others: 0 })
})

test('nothing is split where a baseline lacks a part of the machine', () => {
  const measurement = wandering(10, 20)
  Object.assign(measurement.idleAfter?.energy ?? {}, { domains: [] })
  expect(attribution(measurement)).toBeUndefined()
})

test('nothing is split where nobody used the machine', async () => {
  expect((await split(0, 0)).process).toBeNaN()
})
