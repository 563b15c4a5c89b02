/** Against simulated sensors that follow a known power curve: the net energy of a 10 s window is within 0.5% of the truth. */
import { afterEach, describe, expect, test } from 'vitest'
import { AmdGpuProfiler } from '../../profilers/amdgpu.js'
import { BatteryProfiler } from '../../profilers/battery.js'
import { HwmonProfiler } from '../../profilers/hwmon.js'
import { IntelGpuProfiler } from '../../profilers/intel-gpu.js'
import { JetsonProfiler } from '../../profilers/jetson.js'
import { MsrProfiler } from '../../profilers/msr.js'
import { NvmlProfiler } from '../../profilers/nvml.js'
import { PerfProfiler } from '../../profilers/perf.js'
import { PowerGadgetProfiler } from '../../profilers/power-gadget.js'
import { PowermetricsProfiler } from '../../profilers/powermetrics.js'
import type { Profiler } from '../../profilers/profiler.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import type { CurveShape } from '../fixtures/machine/power-curve.mjs'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { buildNvml, installNvml } from '../helpers/nvml-library.js'
import { meterOn, SensorMachine } from '../helpers/sensor-machine.js'
import { perfTool, powerLogTool, powermetricsTool, runTool } from '../helpers/simulated-tool.js'

const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

/** Idle, then a load, and idle again; the window lies within the load. */
const CURVE: CurveShape = {
  idle: 40,
  loads: [{ watts: 110, from: 1009.5, to: 1023.3 }],
  ripple: [
    { watts: 6, hertz: 0.37, phase: 1 },
    { watts: 8, hertz: 3.1 },
    { watts: 5, hertz: 11.7, phase: 2 },
  ],
}
const WINDOW = { from: 1013, to: 1023 }
const IDLE = { before: { from: 1001, to: 1009 }, after: { from: 1025, to: 1033 } }
const INTEL = 'processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 158\n'
const AMD = 'processor : 0\nvendor_id : AuthenticAMD\ncpu family : 25\nmodel : 33\n'
const nvml = buildNvml()

type Scene = { readonly sensors: readonly SensorShape[]; readonly cpuinfo?: string; readonly share?: number }

async function netError({ sensors, cpuinfo, share = 1 }: Scene, make: (machine: SensorMachine) => Profiler) {
  const files = cpuinfo === undefined ? {} : { 'proc/cpuinfo': cpuinfo }
  const machine = new SensorMachine({ sensors, curve: CURVE, files })
  machines.push(machine)
  const { meter, runTo } = await meterOn(machine, [make(machine)])
  const energyIn = async ({ from, to }: { readonly from: number; readonly to: number }) => {
    runTo(from)
    const window = meter.begin()
    runTo(to)
    return await window.end()
  }
  const before = await energyIn(IDLE.before)
  const during = await energyIn(WINDOW)
  const after = await energyIn(IDLE.after)
  await meter.close()
  const idleWatts = ((before.joules ?? Number.NaN) + (after.joules ?? Number.NaN)) / 16
  const net = (during.joules ?? Number.NaN) - idleWatts * 10
  const trueIdle = [IDLE.before, IDLE.after].reduce((sum, { from, to }) => sum + machine.curve.joules(from, to) / 16, 0)
  const truth = share * (machine.curve.joules(WINDOW.from, WINDOW.to) - trueIdle * 10)
  return { error: net / truth - 1, during, truth: share * machine.curve.joules(WINDOW.from, WINDOW.to) }
}

const CASES: readonly (readonly [string, Scene, (machine: SensorMachine) => Profiler])[] = [
  [
    'rapl that wraps within the window',
    { sensors: [{ kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0', range: 65_532, start: 24_000 }] },
    ({ root, clock }) => new RaplProfiler({ root, clock }),
  ],
  [
    'rapl of two packages with DRAM',
    {
      share: 0.9,
      sensors: [
        { kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0', share: 0.5 },
        { kind: 'rapl', zone: 'intel-rapl:0:0', name: 'dram', share: 0.1 },
        { kind: 'rapl', zone: 'intel-rapl:1', name: 'package-1', share: 0.3, phase: 0.0004 },
        { kind: 'rapl', zone: 'intel-rapl:2', name: 'psys' },
      ],
    },
    ({ root, clock }) => new RaplProfiler({ root, clock }),
  ],
  [
    'msr of Intel',
    { cpuinfo: INTEL, sensors: [{ kind: 'msr', start: 262_100 }] },
    ({ root, clock }) => new MsrProfiler({ root, clock }),
  ],
  [
    'msr of AMD',
    { cpuinfo: AMD, sensors: [{ kind: 'msr', address: 0xc001029b, unitAddress: 0xc0010299 }] },
    ({ root, clock }) => new MsrProfiler({ root, clock }),
  ],
  [
    'amdgpu with noise',
    { sensors: [{ kind: 'hwmon-power', chip: 'hwmon3', name: 'amdgpu', period: 0.02, noise: 0.02 }] },
    ({ root, clock }) => new AmdGpuProfiler({ root, clock }),
  ],
  [
    'intel-gpu',
    { sensors: [{ kind: 'hwmon-energy', chip: 'hwmon2', name: 'i915', period: 0.01 }] },
    ({ root, clock }) => new IntelGpuProfiler({ root, clock }),
  ],
  [
    'hwmon of an ACPI power meter',
    { sensors: [{ kind: 'hwmon-power', chip: 'hwmon0', name: 'power_meter', period: 0.05, noise: 0.02 }] },
    ({ root, clock }) => new HwmonProfiler({ root, clock }),
  ],
  [
    'jetson',
    { sensors: [{ kind: 'ina3221', chip: 'hwmon1', period: 0.03 }] },
    ({ root, clock }) => new JetsonProfiler({ root, clock }),
  ],
  ['perf', { sensors: [] }, (machine) => new PerfProfiler({ ...runTool(machine, perfTool), clock: machine.clock })],
  [
    'powermetrics',
    { sensors: [] },
    (machine) => new PowermetricsProfiler({ ...runTool(machine, powermetricsTool), clock: machine.clock }),
  ],
  [
    'power-gadget',
    { sensors: [] },
    (machine) => new PowerGadgetProfiler({ ...runTool(machine, powerLogTool), clock: machine.clock }),
  ],
  [
    'battery that is up to date',
    { sensors: [{ kind: 'battery', period: 0.25 }] },
    ({ root, clock }) => new BatteryProfiler({ root, clock }),
  ],
]

describe('net energy of 10 s', () => {
  test.each(CASES)('%s', async (_, scene, make) => {
    const { error, during, truth } = await netError(scene, make)
    expect(Math.abs(error)).toBeLessThan(0.005)
    expect([(during.low ?? 0) < truth, truth < (during.high ?? 0)]).toEqual([true, true])
  })

  const NVML: readonly (readonly [string, SensorShape])[] = [
    ['counter every 20 ms', { kind: 'nvml', period: 0.02, phase: 0.007 }],
    ['counter every 100 ms', { kind: 'nvml', period: 0.1, phase: 0.043 }],
    ['power over time', { kind: 'nvml', period: 0.02, noise: 0.02, hasCounter: false }],
  ]
  test.skipIf('reason' in nvml).each(NVML)(
    `nvml, %s${'reason' in nvml ? `: ${nvml.reason}` : ''}`,
    async (_, sensor) => {
      const { error } = await netError({ sensors: [sensor] }, ({ root, clock }) => {
        const library = 'path' in nvml ? installNvml(nvml, root) : ''
        return new NvmlProfiler({ root, clock, library, environment: {} })
      })
      expect(Math.abs(error)).toBeLessThan(0.005)
    },
  )
})
