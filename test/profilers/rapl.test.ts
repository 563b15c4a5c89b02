import { afterEach, describe, expect, test } from 'vitest'
import { RaplProfiler } from '../../profilers/rapl.js'
import { SimulatedMachine, type SimulatedZone, type SimulationOptions } from '../helpers/simulated-machine.js'

const machines: SimulatedMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

function machineWith(options: SimulationOptions): SimulatedMachine {
  const machine = new SimulatedMachine(options)
  machines.push(machine)
  return machine
}

const zone = (folder: string, name: string): SimulatedZone => ({ folder, name, start: 100 })

async function domainsOf(zones: readonly SimulatedZone[]) {
  const profiler = new RaplProfiler({ root: machineWith({ zones }).root })
  expect(await profiler.probe()).toMatchObject({ isAvailable: true })
  return profiler.domains()
}

const counted = async (...zones: SimulatedZone[]) =>
  (await domainsOf(zones)).filter(({ isCounted }) => isCounted).map(({ name }) => name)

describe('which zones are added up', () => {
  test('a package, and nothing that it contains', async () => {
    const zones = [zone('intel-rapl:0', 'package-0'), zone('intel-rapl:0:0', 'core'), zone('intel-rapl:0:1', 'uncore')]
    expect(await counted(...zones)).toEqual(['package-0'])
  })

  test('DRAM beside the package whose child it is', async () => {
    expect(await counted(zone('intel-rapl:0', 'package-0'), zone('intel-rapl:0:0', 'dram'))).toEqual([
      'package-0',
      'package-0/dram',
    ])
  })

  test('psys contains the package, so it is shown only', async () => {
    expect(await counted(zone('intel-rapl:0', 'package-0'), zone('intel-rapl:1', 'psys'))).toEqual(['package-0'])
  })

  test('the same package in the msr and the mmio tree counts once', async () => {
    const zones = [zone('intel-rapl-mmio:0', 'package-0'), zone('intel-rapl:0', 'package-0')]
    const domains = await domainsOf(zones)
    expect(domains.map(({ name, isCounted }) => [name, isCounted])).toEqual([
      ['package-0', true],
      ['mmio/package-0', false],
    ])
  })

  test('a package that only mmio shows counts', async () => {
    expect(await counted(zone('intel-rapl-mmio:0', 'package-0'))).toEqual(['package-0'])
  })

  test('dies of one package are separate', async () => {
    expect(
      await counted(zone('intel-rapl:0', 'package-0-die-0'), zone('intel-rapl:1', 'package-0-die-1')),
    ).toHaveLength(2)
  })

  test('more than ten packages are told apart', async () => {
    const zones = Array.from({ length: 12 }, (_, index) => zone(`intel-rapl:${index}`, `package-${index}`))
    expect(await counted(...zones)).toEqual(zones.map(({ name }) => name))
  })
})

test.each([
  ['GenuineIntel', 0.95],
  ['AuthenticAMD', 0.9],
])('the package of a %s processor states an error of its make', async (vendor, low) => {
  const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0')], cpuinfo: `vendor_id : ${vendor}\n` })
  const profiler = new RaplProfiler({ root: machine.root })
  await profiler.probe()
  expect(profiler.domains()[0]?.low).toBeCloseTo(low)
})

describe('a reading', () => {
  test('gives joules in the order of the domains', async () => {
    const machine = machineWith({ zones: [{ ...zone('intel-rapl:0', 'package-0'), watts: () => 50 }] })
    const profiler = new RaplProfiler({ root: machine.root, clock: machine.clock })
    await profiler.probe()
    machine.advance(2)
    expect(profiler.read()).toEqual({ at: 1002, values: [expect.closeTo(200, 3)] })
  })

  test('has a gap where a counter has vanished, and goes on when it is back', async () => {
    const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0'), zone('intel-rapl:1', 'package-1')] })
    const profiler = new RaplProfiler({ root: machine.root })
    await profiler.probe()
    machine.break('intel-rapl:1')
    const during = profiler.read().values
    machine.repair('intel-rapl:1')
    expect([during, profiler.read().values]).toEqual([
      [100, undefined],
      [100, 100],
    ])
  })

  test.each(['', '-5', '12x', '1e9', '99999999999999999999999'])(
    'has a gap where the file holds "%s"',
    async (text) => {
      const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0')] })
      const profiler = new RaplProfiler({ root: machine.root })
      await profiler.probe()
      machine.write('sys/class/powercap/intel-rapl:0/energy_uj', text)
      expect(profiler.read().values).toEqual([undefined])
    },
  )
})

describe('when it cannot be used, it says why and what helps', () => {
  test('a counter for root only: the command that opens it', async () => {
    const { root } = machineWith({ zones: [zone('intel-rapl:0', 'package-0')] })
    const readText = (path: string): string => {
      if (path.endsWith('energy_uj')) throw Object.assign(new Error('denied'), { code: 'EACCES' })
      return path.endsWith('name') ? 'package-0' : '262143328850'
    }
    expect(await new RaplProfiler({ root, readText }).probe()).toEqual({
      isAvailable: false,
      reason: `cannot read ${root}/sys/class/powercap/intel-rapl:0/energy_uj (EACCES)`,
      fix: `sudo chmod a+r ${root}/sys/class/powercap/*rapl*/*energy*_uj, or for good: greenbench detect --fix-permissions`,
    })
  })

  test('a range for root only: the counter is used, and the command that opens the range is told', async () => {
    const { root } = machineWith({ zones: [zone('intel-rapl:0', 'package-0')] })
    const readText = (path: string): string => {
      if (path.endsWith('max_energy_range_uj')) throw Object.assign(new Error('denied'), { code: 'EACCES' })
      return path.endsWith('name') ? 'package-0' : '100'
    }
    expect(await new RaplProfiler({ root, readText }).probe()).toEqual({
      isAvailable: true,
      detail: `powercap package-0; the range of package-0 cannot be read, so a wrap of it is not corrected: sudo chmod a+r ${root}/sys/class/powercap/*rapl*/*energy*_uj, or for good: greenbench detect --fix-permissions`,
    })
  })

  test('DRAM that cannot be read: nothing is measured rather than half', async () => {
    const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0'), zone('intel-rapl:0:0', 'dram')] })
    machine.break('intel-rapl:0:0')
    const availability = await new RaplProfiler({ root: machine.root }).probe()
    expect(availability).toMatchObject({ isAvailable: false, reason: expect.stringContaining('intel-rapl:0:0') })
  })

  test('cores that cannot be read do no harm', async () => {
    const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0'), zone('intel-rapl:0:0', 'core')] })
    machine.break('intel-rapl:0:0')
    expect(await new RaplProfiler({ root: machine.root }).probe()).toMatchObject({ isAvailable: true })
  })

  test('a virtual machine: measure on the host', async () => {
    const { root } = machineWith({
      cpuinfo: 'flags : fpu hypervisor\n',
      files: { 'sys/class/dmi/id/sys_vendor': 'QEMU' },
    })
    expect(await new RaplProfiler({ root }).probe()).toEqual({
      isAvailable: false,
      reason: `cannot list ${root}/sys/class/powercap (ENOENT); this is a KVM or QEMU virtual machine, whose host does not pass the counters on`,
      fix: 'measure on the host itself',
    })
  })

  test('a container: the mount that it needs', async () => {
    const { root } = machineWith({ files: { '.dockerenv': '' } })
    expect(await new RaplProfiler({ root }).probe()).toMatchObject({
      reason: expect.stringContaining('a docker container, which hides powercap'),
      fix: expect.stringContaining('/sys/class/powercap'),
    })
  })

  test('bare metal without the driver: the module to load', async () => {
    const { root } = machineWith({})
    expect(await new RaplProfiler({ root }).probe()).toMatchObject({ fix: 'sudo modprobe intel_rapl_msr' })
  })
})

test.each([
  ['fpu sgx rdrand', true],
  ['fpu sgx_lc', false],
])('a processor with the flags "%s" says that SGX blurs its counters: %s', async (flags, expected) => {
  const machine = machineWith({ zones: [zone('intel-rapl:0', 'package-0')], cpuinfo: `flags\t\t: ${flags}\n` })
  const profiler = new RaplProfiler({ root: machine.root })
  await profiler.probe()
  expect(/SGX/.test(profiler.domains()[0]?.source ?? '')).toBe(expected)
})

test('a range that cannot be read is told, and the domain has no wrap', async () => {
  const { root } = machineWith({ zones: [{ ...zone('intel-rapl:0', 'package-0'), range: null }] })
  const profiler = new RaplProfiler({ root })
  expect(await profiler.probe()).toMatchObject({ detail: expect.stringContaining('wrap of it is not corrected') })
  expect(profiler.domains()[0]).not.toHaveProperty('wrapsAt')
})
