import { afterAll, test } from 'vitest'
import { AmdGpuProfiler } from '../../profilers/amdgpu.js'
import { BatteryProfiler } from '../../profilers/battery.js'
import { EstimateProfiler } from '../../profilers/estimate.js'
import { HwmonProfiler } from '../../profilers/hwmon.js'
import { IntelGpuProfiler } from '../../profilers/intel-gpu.js'
import { JetsonProfiler } from '../../profilers/jetson.js'
import { MsrProfiler } from '../../profilers/msr.js'
import { NoneProfiler } from '../../profilers/none.js'
import { NvmlProfiler } from '../../profilers/nvml.js'
import { PerfProfiler } from '../../profilers/perf.js'
import { PowerGadgetProfiler } from '../../profilers/power-gadget.js'
import { PowermetricsProfiler } from '../../profilers/powermetrics.js'
import type { Profiler, ProfilerOptions } from '../../profilers/profiler.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import { profilerContract } from '../contract/profiler-contract.js'
import { buildNvml, installNvml } from '../helpers/nvml-library.js'
import { SensorMachine } from '../helpers/sensor-machine.js'
import { SimulatedMachine } from '../helpers/simulated-machine.js'
import { perfTool, powerLogTool, powermetricsTool, runTool } from '../helpers/simulated-tool.js'

const machine = new SimulatedMachine({
  zones: [
    { folder: 'intel-rapl:0', name: 'package-0', watts: () => 40 },
    { folder: 'intel-rapl:0:0', name: 'core', watts: () => 30 },
    { folder: 'intel-rapl:0:1', name: 'dram', watts: () => 5 },
    { folder: 'intel-rapl:1', name: 'psys', watts: () => 60 },
  ],
  load: () => 0.5,
})
afterAll(() => machine.remove())
const { root } = machine
const advance = (): void => machine.advance(1)

const plugin: { makeWallMeter: () => Profiler } = await import(
  new URL('../fixtures/plugins/wall-meter.mjs', import.meta.url).href
)

profilerContract('rapl', {
  make: () => new RaplProfiler({ root }),
  makeAbsent: () => new RaplProfiler({ root: '/nowhere' }),
  advance,
})
profilerContract('estimate', {
  make: () => new EstimateProfiler({ root }),
  makeAbsent: () => new EstimateProfiler({ root: '/nowhere' }),
  advance,
})
profilerContract('estimate of this machine', { make: () => new EstimateProfiler() })
profilerContract('none', { make: () => new NoneProfiler() })
profilerContract('a profiler of a user', { make: plugin.makeWallMeter })

const sensors = new SensorMachine({
  sensors: [
    { kind: 'msr', start: 5 },
    { kind: 'hwmon-power', chip: 'hwmon0', name: 'power_meter', files: { power1_average_interval: '1000' } },
    { kind: 'hwmon-power', chip: 'hwmon1', name: 'amdgpu', file: 'power1_input' },
    { kind: 'hwmon-energy', chip: 'hwmon2', name: 'xe', files: { energy1_label: 'card' } },
    { kind: 'ina3221', chip: 'hwmon3' },
    { kind: 'battery' },
    { kind: 'nvml' },
  ],
  curve: { idle: 50 },
  files: { 'proc/cpuinfo': 'processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 85\n' },
})
afterAll(() => sensors.remove())

const FILE_PROFILERS: readonly (readonly [string, (options: ProfilerOptions) => Profiler])[] = [
  ['msr', (options) => new MsrProfiler(options)],
  ['hwmon', (options) => new HwmonProfiler(options)],
  ['amdgpu', (options) => new AmdGpuProfiler(options)],
  ['intel-gpu', (options) => new IntelGpuProfiler(options)],
  ['jetson', (options) => new JetsonProfiler(options)],
  ['battery', (options) => new BatteryProfiler(options)],
]
for (const [name, make] of FILE_PROFILERS) {
  profilerContract(name, {
    make: () => make({ root: sensors.root }),
    makeAbsent: () => make({ root: '/nowhere' }),
    advance: () => sensors.advanceTo(sensors.clock() + 1),
  })
}

const nvml = buildNvml()
if ('path' in nvml) {
  const library = installNvml(nvml, sensors.root)
  profilerContract('nvml', {
    make: () => new NvmlProfiler({ root: sensors.root, library }),
    makeAbsent: () => new NvmlProfiler({ root: sensors.root, library: '/nowhere/libnvidia-ml.so.1' }),
    advance: () => sensors.advanceTo(sensors.clock() + 1),
  })
} else {
  test.skip(`nvml keeps the contract of a profiler: ${nvml.reason}`, () => undefined)
}

const { clock } = sensors
const toolAdvance = () => sensors.advanceTo(clock() + 1)
const perf = runTool(sensors, perfTool)
const powermetrics = runTool(sensors, powermetricsTool)
const powerLog = runTool(sensors, powerLogTool)
profilerContract('perf', {
  make: () => new PerfProfiler({ ...perf, root: sensors.root, clock }),
  makeAbsent: () => new PerfProfiler({ root: '/nowhere' }),
  advance: toolAdvance,
})
profilerContract('powermetrics', {
  make: () => new PowermetricsProfiler({ ...powermetrics, clock }),
  makeAbsent: () => new PowermetricsProfiler({ platform: 'darwin', powermetrics: '/nowhere' }),
  advance: toolAdvance,
})
profilerContract('power-gadget', {
  make: () => new PowerGadgetProfiler({ ...powerLog, clock }),
  makeAbsent: () => new PowerGadgetProfiler({ platform: 'darwin', root: '/nowhere' }),
  advance: toolAdvance,
})
