/** Sensors that begin to lie while a window runs. */
import { afterEach, expect, test } from 'vitest'
import { HwmonProfiler } from '../../profilers/hwmon.js'
import type { MeterOptions } from '../../profilers/meter.js'
import { PerfProfiler } from '../../profilers/perf.js'
import type { Profiler } from '../../profilers/profiler.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import type { CurveShape } from '../fixtures/machine/power-curve.mjs'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { meterOn, SensorMachine } from '../helpers/sensor-machine.js'
import { perfTool, runTool } from '../helpers/simulated-tool.js'

const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

function machineWith(sensors: readonly SensorShape[], curve: CurveShape = { idle: 100 }): SensorMachine {
  const machine = new SensorMachine({ sensors, curve })
  machines.push(machine)
  return machine
}

/** Measures `length` seconds; `happens` takes place after `delay` of them. */
async function measured(
  machine: SensorMachine,
  profiler: Profiler,
  { length = 8, delay = 4, happens = () => {}, ...options }: MeterOptions & Partial<Incident> = {},
) {
  const { meter, runTo } = await meterOn(machine, [profiler], options)
  const window = meter.begin()
  const start = machine.clock()
  runTo(start + delay)
  happens()
  runTo(start + length)
  const energy = await window.end()
  const { warnings } = meter
  await meter.close()
  return { ...energy, codes: [...energy.warnings, ...warnings].map(({ code }) => code) }
}

interface Incident {
  readonly length: number
  readonly delay: number
  readonly happens: () => void
}

const zone = (number: number, more: Partial<SensorShape> = {}): SensorShape => {
  return { kind: 'rapl', zone: `intel-rapl:${number}`, name: `package-${number}`, ...more }
}
const rapl = ({ root, clock }: SensorMachine) => new RaplProfiler({ root, clock })

test('a counter that freezes counts as unknown, not as 0 W', async () => {
  const machine = machineWith([zone(0, { frozenFrom: 1004.5 })])
  const { joules, codes } = await measured(machine, rapl(machine))
  expect([joules, codes]).toEqual([undefined, ['W_COUNTER_STILL', 'W_DOMAIN_UNKNOWN']])
})

test('one of two packages that freezes leaves no sum that would pass for both', async () => {
  const machine = machineWith([zone(0), zone(1, { frozenFrom: 1004.5 })])
  const { joules, codes } = await measured(machine, rapl(machine))
  expect([joules, codes]).toEqual([undefined, ['W_COUNTER_STILL', 'W_DOMAIN_UNKNOWN']])
})

test('a counter set back shortly before its range is no wrap', async () => {
  const machine = machineWith([zone(0, { range: 65_532, start: 64_900 - 10_000, backAt: 1004.5 })], { idle: 10 })
  const { joules, codes } = await measured(machine, rapl(machine), { length: 30 })
  expect([joules, codes]).toEqual([expect.closeTo(300, 0), ['W_COUNTER_BACKWARDS']])
})

test('power is read twice a second, whatever was asked for, so that no load between two readings is missed', async () => {
  const meterFile: SensorShape = {
    kind: 'hwmon-power',
    chip: 'hwmon0',
    name: 'power_meter',
    noise: 1e-4,
    period: 0.005,
  }
  const machine = machineWith([meterFile], { idle: 50, loads: [{ from: 1001, to: 1004.4, watts: 250 }] })
  const profiler = new HwmonProfiler({ root: machine.root, clock: machine.clock })
  const { joules, low, high, codes, readings } = await measured(machine, profiler, { length: 4, samplingInterval: 60 })
  const truth = machine.curve.joules(1000.5, 1004.5)
  expect([readings, codes]).toEqual([expect.any(Number), ['W_SAMPLING_INTERVAL']])
  expect(readings).toBeGreaterThan(8)
  expect([Math.abs((joules ?? 0) / truth - 1) < 0.1, (low ?? 0) < truth, truth < (high ?? 0)]).toEqual([
    true,
    true,
    true,
  ])
})

test('a tool that hangs before the end leaves no mean power for that time', async () => {
  const machine = machineWith([])
  const tool = runTool(machine, perfTool)
  const profiler = new PerfProfiler({ root: machine.root, clock: machine.clock, ...tool })
  const happens = () => {
    machine.onAdvance = () => {}
  }
  const { joules, codes } = await measured(machine, profiler, { length: 4.9, happens })
  expect([joules, codes.includes('W_DOMAIN_UNKNOWN')]).toEqual([undefined, true])
})
