import { afterEach, describe, expect, test } from 'vitest'
import { parseCpuinfo } from '../../profilers/cpu-identity.js'
import { cpuPowerModel } from '../../profilers/cpu-power-model.js'
import { EstimateProfiler } from '../../profilers/estimate.js'
import { LOAD_FROM_NODE, machineLoad, parseUsedMemory } from '../../profilers/machine-load.js'
import { UsageError } from '../../src/core/errors.js'
import { buildNvml, installNvml } from '../helpers/nvml-library.js'
import { SensorMachine } from '../helpers/sensor-machine.js'
import { SimulatedMachine } from '../helpers/simulated-machine.js'

const machines: SimulatedMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

const rome = (threads: number): string =>
  Array.from(
    { length: threads },
    (_, index) =>
      `processor : ${index}\ncpu family : 23\nmodel : 49\nmodel name : AMD EPYC 7571\nstepping : 0\nphysical id : 0\n`,
  ).join('\n')

function machineWith(load: number, cpus = 4): SimulatedMachine {
  const machine = new SimulatedMachine({ cpuinfo: rome(cpus), cpus, load: () => load })
  machines.push(machine)
  return machine
}

/** J of the processors and W of memory over ten seconds. */
async function tenSeconds(machine: SimulatedMachine, cpuTdp?: number) {
  const profiler = new EstimateProfiler({
    root: machine.root,
    clock: machine.clock,
    ...(cpuTdp === undefined ? {} : { cpuTdp }),
  })
  await profiler.probe()
  const [before] = profiler.read().values
  machine.advance(10)
  const [after, memory] = profiler.read().values
  return { cpu: (after ?? 0) - (before ?? 0), memory }
}

/** A load that rises and falls, and its mean from one time to another. */
const swinging = (time: number): number => 0.5 + 0.3 * Math.sin(time * 1.7)
const meanLoad = (from: number, to: number): number =>
  0.5 + (0.3 * (Math.cos(from * 1.7) - Math.cos(to * 1.7))) / 1.7 / (to - from)

test('follows a machine whose load swings to within 0.5% of the power curve of its model', async () => {
  const machine = new SimulatedMachine({ cpuinfo: rome(4), cpus: 4, load: swinging })
  machines.push(machine)
  const from = machine.now
  const { cpu } = await tenSeconds(machine)
  // EPYC 2nd Gen: 0.474 W idle and 1.693 W busy per vCPU.
  const truth = 10 * 4 * (0.474 + (1.693 - 0.474) * meanLoad(from, from + 10))
  expect(Math.abs(cpu / truth - 1)).toBeLessThan(0.005)
})

describe('processors', () => {
  // EPYC 2nd Gen: 0.474 W idle and 1.693 W busy per vCPU; 4 vCPU for 10 s.
  test.each([
    [0, 4 * 10 * 0.474],
    [1, 4 * 10 * 1.693],
    [0.25, 4 * 10 * (0.474 + 0.25 * (1.693 - 0.474))],
  ])('at load %d the row of the processor gives %d J', async (load, expected) => {
    expect((await tenSeconds(machineWith(load))).cpu).toBeCloseTo(expected, 1)
  })

  // 0.2 + 0.88 x load of 100 W.
  test.each([
    [0, 200],
    [1, 1080],
  ])('at load %d a TDP of 100 W gives %d J', async (load, expected) => {
    expect((await tenSeconds(machineWith(load), 100)).cpu).toBeCloseTo(expected, 0)
  })

  test('time that the host stole is not time that was used', () => {
    const machine = machineWith(0)
    machine.write('proc/stat', 'cpu  100 10 50 1000 40 5 5 300 70 7\ncpu0 1')
    expect(machineLoad(machine.root).cpuTimes()).toEqual({
      busy: expect.closeTo(1.7),
      idle: expect.closeTo(10.4),
      stolen: 3,
    })
  })

  test.each(['', 'cpu', 'cpu0 1 2 3 4', 'cpu  1 2', 'intr 1 2 3 4'])('"%s" is no load', (text) => {
    const machine = machineWith(0)
    machine.write('proc/stat', text)
    expect(() => machineLoad(machine.root).cpuTimes()).toThrow('does not sum the processors')
  })

  test.each([0, -1, 5001, Number.NaN, Number.POSITIVE_INFINITY])('a TDP of %d W is refused', (cpuTdp) => {
    expect(() => new EstimateProfiler({ cpuTdp })).toThrow(UsageError)
  })
})

describe('memory', () => {
  test('4 GiB in use take 4 x 0.3835 W', async () => {
    expect((await tenSeconds(machineWith(0))).memory).toBeCloseTo(4 * 0.3835, 6)
  })

  test('what is available is not in use', () => {
    expect(parseUsedMemory('MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:   400 kB')).toBe(600 * 1024)
  })
})

describe('the model is chosen', () => {
  const chosen = (cpuinfo: string): string => cpuPowerModel(parseCpuinfo(cpuinfo)).name
  const x86 = (family: number, model: number, name: string, stepping = 0): string =>
    `processor : 0\ncpu family : ${family}\nmodel : ${model}\nmodel name : ${name}\nstepping : ${stepping}\n`

  test.each([
    ['a cloud that hides the name', x86(6, 106, 'Intel(R) Xeon(R) CPU @ 2.60GHz'), 'Ice Lake'],
    ['Skylake', x86(6, 85, 'Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz', 4), 'Skylake'],
    ['Cascade Lake, which differs by its stepping', x86(6, 85, 'Intel(R) Xeon(R) CPU @ 2.80GHz', 7), 'Cascade Lake'],
    ['Milan', x86(25, 1, 'AMD EPYC 7B13'), 'EPYC 3rd Gen'],
    ['Genoa', x86(25, 17, 'AMD EPYC 9R14'), 'EPYC 4th Gen'],
    ['Turin, for which there is no row', x86(26, 2, 'AMD EPYC'), 'EPYC 4th Gen for the 5th'],
    ['Graviton', 'processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0c\n', 'EPYC 2nd Gen for Neoverse'],
    ['a server of an unknown kind', x86(6, 999, 'Intel(R) Xeon(R) 9999'), 'mean of server processors'],
    ['nothing known', '', 'mean of server processors'],
    ['a laptop', x86(6, 142, 'Intel(R) Core(TM) i7-8565U CPU @ 1.80GHz'), 'TDP 15 W'],
    ['a desktop', x86(25, 33, 'AMD Ryzen 7 5800X 8-Core Processor'), 'TDP 105 W'],
    ['Apple', 'processor : 0\nmodel name : Apple M1\n', 'TDP 20 W'],
  ])('%s', (_what, cpuinfo, name) => {
    expect(chosen(cpuinfo)).toContain(name)
  })

  test('two packages have twice the TDP', () => {
    const two = parseCpuinfo('processor : 0\nphysical id : 0\n\nprocessor : 1\nphysical id : 1\n')
    expect(cpuPowerModel(two, 100).fullWatts).toBeCloseTo(216)
  })

  test('every model has an interval around its figure', () => {
    for (const cpuinfo of ['', rome(2), x86(6, 142, 'Intel(R) Core(TM) i7-8565U')]) {
      const { low, high } = cpuPowerModel(parseCpuinfo(cpuinfo))
      expect([low < 1, high > 1]).toEqual([true, true])
    }
  })
})

test('where there is no /proc, Node tells the load', () => {
  const before = LOAD_FROM_NODE.cpuTimes()
  const end = process.cpuUsage().user + 50_000
  while (process.cpuUsage().user < end);
  const { busy, idle } = LOAD_FROM_NODE.cpuTimes()
  expect([busy > before.busy, idle > 0, (LOAD_FROM_NODE.usedMemory() ?? 0) > 0]).toEqual([true, true, true])
})

test('without /proc/stat it says so', async () => {
  expect(await new EstimateProfiler({ root: '/nowhere' }).probe()).toMatchObject({ isAvailable: false })
})

const library = buildNvml()
const why = 'reason' in library ? `: ${library.reason}` : ''

test.skipIf(why !== '')(`a board whose load the driver tells is modelled by its limit${why}`, async () => {
  const machine = new SensorMachine({
    sensors: [{ kind: 'nvml' }],
    curve: { idle: 300 },
    files: { 'proc/stat': 'cpu  1 0 0 1 0 0 0 0 0 0\n' },
  })
  const nvml = 'path' in library ? installNvml(library, machine.root) : ''
  const profiler = new EstimateProfiler({ root: machine.root, nvml })
  await profiler.probe()
  const [domain] = profiler.domains().slice(-1)
  const watts = profiler.read().values.at(-1)
  await profiler.close()
  machine.remove()
  expect(domain).toMatchObject({ name: 'gpu-0', part: 'gpu', device: 'GPU-00000000-aaaa', counter: 'power' })
  // Half way from 0.115 to 1.02 of 700 W.
  expect(watts).toBeCloseTo(700 * (0.115 + (1.02 - 0.115) / 2))
})
