import { afterEach, describe, expect, test } from 'vitest'
import { AmdGpuProfiler, isBelievable } from '../../profilers/amdgpu.js'
import { BatteryProfiler } from '../../profilers/battery.js'
import { domainsProblem } from '../../profilers/checked-domains.js'
import { EstimateProfiler } from '../../profilers/estimate.js'
import { HwmonProfiler } from '../../profilers/hwmon.js'
import { IntelGpuProfiler } from '../../profilers/intel-gpu.js'
import { JetsonProfiler } from '../../profilers/jetson.js'
import { MsrProfiler } from '../../profilers/msr.js'
import { countedDomains } from '../../profilers/overlap.js'
import { PerfProfiler } from '../../profilers/perf.js'
import type { Profiler } from '../../profilers/profiler.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import { ToolState } from '../../profilers/tool-state.js'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { meterOn, SensorMachine } from '../helpers/sensor-machine.js'

const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

type Files = Readonly<Record<string, string>>

function machineWith(files: Files, sensors: readonly SensorShape[] = []): SensorMachine {
  const machine = new SensorMachine({ sensors, files, curve: { idle: 50 } })
  machines.push(machine)
  return machine
}

const chip = (number: number, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`sys/class/hwmon/hwmon${number}/${name}`, text]))

async function shown(profiler: Profiler) {
  expect(await profiler.probe()).toMatchObject({ isAvailable: true })
  return profiler.domains().map(({ name, part, isCounted }) => [name, part, isCounted])
}

describe('amdgpu', () => {
  const board = { name: 'amdgpu\n', power1_average: '42000000\n' }

  test('a board is a GPU of its own, in watts', async () => {
    const profiler = new AmdGpuProfiler({ root: machineWith(chip(0, board)).root })
    expect(await shown(profiler)).toEqual([['gpu-hwmon0', 'gpu', true]])
    expect(profiler.read().values).toEqual([42])
  })

  test('an APU contains its processor, so that it is not added to RAPL', async () => {
    const files = chip(0, { ...board, in1_label: 'vddnb\n' })
    const { root } = machineWith(files, [{ kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' }])
    const [rapl, amdgpu] = [new RaplProfiler({ root }), new AmdGpuProfiler({ root })]
    await Promise.all([rapl.probe(), amdgpu.probe()])
    expect(countedDomains([rapl.domains(), amdgpu.domains()])).toEqual([[true], [false]])
  })

  test.each([
    [4_294_967_295, false],
    [65_535_000_000, false],
    [4_000_000_000, false],
    [0, true],
    [351_000_000, true],
  ])('%d uW is believed: %s', (microwatts, expected) => {
    expect(isBelievable(microwatts)).toBe(expected)
  })

  test('without permission: the command that gives it', async () => {
    const { root } = machineWith(chip(0, { name: 'amdgpu\n', 'power1_average/x': '' }))
    expect(await new AmdGpuProfiler({ root }).probe()).toMatchObject({
      reason: `cannot read ${root}/sys/class/hwmon/hwmon0/power1_average (EISDIR)`,
    })
  })
})

describe('intel-gpu', () => {
  test('the card counts; its package and tiles are shown', async () => {
    const files = {
      ...chip(0, { name: 'xe', energy1_input: '1', energy1_label: 'card', energy2_input: '1', energy2_label: 'pkg' }),
    }
    expect(await shown(new IntelGpuProfiler({ root: machineWith(files).root }))).toEqual([
      ['gpu-hwmon0', 'gpu', true],
      ['gpu-hwmon0/pkg', 'gpu', false],
    ])
  })

  test('the package counts where the card has no counter', async () => {
    const { root } = machineWith(chip(0, { name: 'xe', energy2_input: '1', energy2_label: 'pkg' }))
    expect(await shown(new IntelGpuProfiler({ root }))).toEqual([['gpu-hwmon0/pkg', 'gpu', true]])
  })
})

describe('hwmon', () => {
  test('an ACPI meter is that of the whole machine, with the accuracy and period that it states', async () => {
    const meter = {
      name: 'power_meter',
      power1_average: '1',
      power1_accuracy: '98.0%',
      power1_average_interval: '2000',
    }
    const profiler = new HwmonProfiler({ root: machineWith(chip(0, meter)).root })
    await profiler.probe()
    expect(profiler.domains()).toMatchObject([{ part: 'system', updatePeriod: 2, isCounted: true }])
    expect(profiler.domains()[0]?.low).toBeCloseTo(0.98)
  })

  test('a sensor of which nobody knows what hangs on it is no meter', async () => {
    const { root } = machineWith(chip(0, { name: 'ina226', power1_input: '5000000' }))
    expect(await new HwmonProfiler({ root }).probe()).toMatchObject({ reason: expect.stringContaining('ina226') })
  })

  test('beside a sensor of the processor it counts alone', async () => {
    const files = {
      ...chip(0, { name: 'zenpower', power1_input: '100000000' }),
      ...chip(1, { name: 'power_meter', power1_average: '300000000' }),
    }
    const hwmon = new HwmonProfiler({ root: machineWith(files).root })
    await hwmon.probe()
    expect(countedDomains([hwmon.domains()])).toEqual([[false, true]])
  })

  test('of two meters of the machine one counts, and the other is told of', async () => {
    const files = {
      ...chip(0, { name: 'power_meter', power1_average: '300000000' }),
      ...chip(1, { name: 'corsairpsu', power1_input: '300000000' }),
    }
    const machine = machineWith(files)
    const { meter, runTo } = await meterOn(machine, [new HwmonProfiler({ root: machine.root, clock: machine.clock })])
    const window = meter.begin()
    runTo(machine.clock() + 2)
    expect((await window.end()).joules).toBeCloseTo(600)
    expect(meter.warnings).toMatchObject([
      { code: 'W_DOMAIN_LEFT_OUT', message: expect.stringContaining('corsairpsu'), hint: expect.any(String) },
    ])
    await meter.close()
  })

  test('processors of several sockets are added up', async () => {
    const socket = (number: number) => chip(number, { name: 'zenpower', power1_input: '100000000' })
    const hwmon = new HwmonProfiler({ root: machineWith({ ...socket(0), ...socket(1) }).root })
    await hwmon.probe()
    expect(countedDomains([hwmon.domains()])).toEqual([[true, true]])
  })

  test('beside RAPL it is shown, since it contains the processor', async () => {
    const files = chip(0, { name: 'power_meter', power1_average: '90000000' })
    const { root } = machineWith(files, [{ kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' }])
    const [rapl, hwmon] = [new RaplProfiler({ root }), new HwmonProfiler({ root })]
    await Promise.all([rapl.probe(), hwmon.probe()])
    expect(countedDomains([rapl.domains(), hwmon.domains()])).toEqual([[true], [false]])
  })
})

describe('jetson', () => {
  const rail = (number: number, label: string, milliamperes: number): Files => ({
    [`in${number}_label`]: label,
    [`in${number}_input`]: '5000',
    [`curr${number}_input`]: String(milliamperes),
  })

  test('the input rail counts, what it feeds is shown', async () => {
    const files = chip(0, { name: 'ina3221', ...rail(1, 'VDD_IN', 2000), ...rail(2, 'VDD_CPU_GPU_CV', 800) })
    const profiler = new JetsonProfiler({ root: machineWith(files).root })
    expect(await shown(profiler)).toEqual([
      ['VDD_IN', 'system', true],
      ['VDD_CPU_GPU_CV', 'other', false],
    ])
    expect(profiler.read().values).toEqual([10, 4])
  })

  test('without an input rail the rails are added up, except those that others feed', async () => {
    const files = {
      ...chip(0, { name: 'ina3221', ...rail(1, 'VDD_GPU_SOC', 1), ...rail(2, 'VIN_SYS_5V0', 1) }),
      ...chip(1, { name: 'ina3221', ...rail(1, 'VDDQ_VDD2_1V8AO', 1) }),
    }
    const domains = await shown(new JetsonProfiler({ root: machineWith(files).root }))
    expect(domains.map(([name, , isCounted]) => [name, isCounted])).toEqual([
      ['VDD_GPU_SOC', true],
      ['VIN_SYS_5V0', true],
      ['VDDQ_VDD2_1V8AO', false],
    ])
  })

  test('rails with one label have names of their own', async () => {
    const files = chip(0, { name: 'ina3221', ...rail(1, 'NC', 0), ...rail(2, 'VDD_SOC', 1), ...rail(3, 'NC', 0) })
    const profiler = new JetsonProfiler({ root: machineWith(files).root })
    await profiler.probe()
    expect([profiler.domains().map(({ name }) => name), domainsProblem(profiler)]).toEqual([
      ['NC', 'VDD_SOC', 'NC (2)'],
      undefined,
    ])
  })

  test('rails that are added up contain the processor, which no model adds again', async () => {
    const files = chip(0, { name: 'ina3221', ...rail(1, 'VDD_GPU_SOC', 2000), ...rail(2, 'VDD_CPU_CV', 1000) })
    const { root } = machineWith({ ...files, 'proc/stat': 'cpu  100 0 100 1000 0 0 0 0 0 0\n' })
    const [jetson, estimate] = [new JetsonProfiler({ root }), new EstimateProfiler({ root })]
    await Promise.all([jetson.probe(), estimate.probe()])
    const counted = (one: Profiler, other: Profiler) => countedDomains([one.domains(), other.domains()])
    expect(counted(jetson, estimate)[1]).not.toContain(true)
    expect(counted(estimate, jetson)[1]).not.toContain(true)
  })

  test('a current that runs backwards is a gap', async () => {
    const profiler = new JetsonProfiler({
      root: machineWith(chip(0, { name: 'ina3221', ...rail(1, 'VDD_IN', -5) })).root,
    })
    await profiler.probe()
    expect(profiler.read().values).toEqual([undefined])
  })
})

describe('battery', () => {
  const battery = (files: Files): Files =>
    Object.fromEntries(
      Object.entries({ type: 'Battery\n', status: 'Discharging\n', ...files }).map(([name, text]) => [
        `sys/class/power_supply/BAT0/${name}`,
        text,
      ]),
    )

  test.each([
    ['power', { power_now: '12500000\n' }, 12.5],
    ['current and voltage', { current_now: '1000000\n', voltage_now: '11400000\n' }, 11.4],
    ['a discharge that is shown as negative', { power_now: '-8000000\n' }, 8],
  ])('watts from %s', async (_, files, watts) => {
    const profiler = new BatteryProfiler({ root: machineWith(battery(files)).root })
    await profiler.probe()
    expect(profiler.read().values).toEqual([expect.closeTo(watts)])
  })

  test('on the charger it tells nothing of the machine', async () => {
    const { root } = machineWith(battery({ status: 'Charging\n', power_now: '1' }))
    expect(await new BatteryProfiler({ root }).probe()).toMatchObject({
      reason: 'the battery is not discharging (BAT0: Charging)',
      fix: expect.stringContaining('unplug'),
    })
  })

  test('a charger that is plugged in on the way makes a gap', async () => {
    const machine = machineWith(battery({ power_now: '9000000' }))
    const profiler = new BatteryProfiler({ root: machine.root })
    await profiler.probe()
    machine.write('sys/class/power_supply/BAT0/status', 'Charging\n')
    expect(profiler.read().values).toEqual([undefined])
  })

  test('that of a mouse is none', async () => {
    const { root } = machineWith(battery({ scope: 'Device\n', power_now: '1' }))
    expect(await new BatteryProfiler({ root }).probe()).toMatchObject({ reason: 'this machine has no battery' })
  })
})

describe('msr', () => {
  const cpuinfo = (vendor: string, family: number, model: number): Files => ({
    'proc/cpuinfo': `processor : 0\nvendor_id : ${vendor}\ncpu family : ${family}\nmodel : ${model}\nflags : fpu\n`,
  })
  const cpu = (number: number, socket: number, die = 0): Files => ({
    [`sys/devices/system/cpu/cpu${number}/topology/physical_package_id`]: `${socket}\n`,
    [`sys/devices/system/cpu/cpu${number}/topology/die_id`]: `${die}\n`,
  })

  test('DRAM of a server counts 2^-16 J, whatever the unit says', async () => {
    const sensors: SensorShape[] = [{ kind: 'msr' }, { kind: 'msr', address: 0x619 }]
    const profiler = new MsrProfiler({ root: machineWith(cpuinfo('GenuineIntel', 6, 85), sensors).root })
    expect(await shown(profiler)).toEqual([
      ['package-0', 'package', true],
      ['package-0/dram', 'dram', true],
    ])
    expect(profiler.domains().map(({ resolution, wrapsAt }) => [resolution, wrapsAt])).toEqual([
      [2 ** -14, 2 ** 18],
      [2 ** -16, 2 ** 16],
    ])
  })

  test('one processor of each die is read', async () => {
    const sensors: SensorShape[] = [0, 2].map((index) => ({ kind: 'msr', cpu: index }))
    const files = { ...cpuinfo('GenuineIntel', 6, 158), ...cpu(1, 0, 0), ...cpu(3, 0, 1) }
    const machine = machineWith(files, sensors)
    for (const [path, text] of Object.entries({ ...cpu(0, 0, 0), ...cpu(2, 0, 1) })) machine.write(path, text)
    expect((await shown(new MsrProfiler({ root: machine.root }))).map(([name]) => name)).toEqual([
      'package-0-die-0',
      'package-0-die-1',
    ])
  })

  /** Four core complexes of one package, each with a `die_id` of its own and the package's counter in its registers. */
  const epyc = (zones: readonly string[]) => {
    const registers = [0, 1, 2, 3].map((index): SensorShape => {
      const place = { cpu: index, socket: 0, die: index, address: 0xc001029b, unitAddress: 0xc0010299 }
      return { kind: 'msr', ...place }
    })
    const powercap = zones.map((name, index): SensorShape => ({ kind: 'rapl', zone: `intel-rapl:${index}`, name }))
    return machineWith(cpuinfo('AuthenticAMD', 25, 17), [...registers, ...powercap])
  }

  test.each([
    ['one zone', ['package-0']],
    ['several of the platform', ['package-0', 'psys', 'psys', 'psys', 'psys']],
    ['a zone for each die', ['package-0-die-0', 'package-0-die-1', 'package-0-die-2', 'package-0-die-3']],
  ])('a package of AMD with several dies counts once, with powercap that shows %s', async (_, zones) => {
    const { root } = epyc(zones)
    const [rapl, msr] = [new RaplProfiler({ root }), new MsrProfiler({ root })]
    await Promise.all([rapl.probe(), msr.probe()])
    expect(domainsProblem(rapl)).toBeUndefined()
    const [first, ...others] = zones
    expect(rapl.domains().map(({ name, isCounted }) => [name, isCounted])).toEqual([
      [first, true],
      ...others.map((name) => [expect.stringContaining(name), false]),
    ])
    expect(countedDomains([rapl.domains(), msr.domains()])[1]).toEqual([false])
    expect(countedDomains([msr.domains(), rapl.domains()])).toEqual([[true], zones.map(() => false)])
  })

  test('perf on AMD asks for packages, and is refused where the kernel adds up the dies', async () => {
    const machine = epyc(['package-0'])
    const events = 'sys/bus/event_source/devices/power'
    machine.write(`${events}/events/energy-pkg`, 'event=0x02\n')
    machine.write(`${events}/cpumask`, '0-3\n')
    const perf = new PerfProfiler({ root: machine.root, perf: '/nowhere/perf' })
    expect(await perf.probe()).toMatchObject({ reason: expect.stringContaining('several times') })
    machine.write(`${events}/cpumask`, '0\n')
    expect(await perf.probe()).toMatchObject({ reason: expect.stringContaining('/nowhere/perf') })
    const tool = { names: ['energy-pkg 0/0'], shared: new ToolState().shared, detail: '' }
    const domains = new PerfProfiler({ root: machine.root, tool }).domains()
    expect(domains).toMatchObject([{ name: 'package-0', device: 'package-0' }])
    const psys = { ...tool, names: ['energy-psys 0/0', 'energy-psys 1/0'] }
    expect(domainsProblem(new PerfProfiler({ root: machine.root, tool: psys }))).toBeUndefined()
  })

  test('the same package by rapl and by msr counts once', async () => {
    const sensors: SensorShape[] = [{ kind: 'msr' }, { kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' }]
    const { root } = machineWith(cpuinfo('AuthenticAMD', 25, 33), [
      { kind: 'msr', address: 0xc001029b, unitAddress: 0xc0010299 },
      ...sensors.slice(1),
    ])
    const [rapl, msr] = [new RaplProfiler({ root }), new MsrProfiler({ root })]
    await Promise.all([rapl.probe(), msr.probe()])
    expect(countedDomains([rapl.domains(), msr.domains()])).toEqual([[true], [false]])
  })

  test('without the kernel module: the command that loads it', async () => {
    const { root } = machineWith({ ...cpuinfo('GenuineIntel', 6, 158), ...cpu(0, 0) })
    expect(await new MsrProfiler({ root }).probe()).toMatchObject({ fix: 'sudo modprobe msr' })
  })

  test('a processor of another maker has no such registers', async () => {
    const { root } = machineWith(cpuinfo('CentaurHauls', 6, 15))
    expect(await new MsrProfiler({ root }).probe()).toMatchObject({ isAvailable: false })
  })
})
