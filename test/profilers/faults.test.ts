/** What goes wrong with a sensor within a window is told, and never becomes joules. */
import { afterEach, expect, test } from 'vitest'
import { RaplProfiler } from '../../profilers/rapl.js'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { meterOn, SensorMachine } from '../helpers/sensor-machine.js'

const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

const COUNTER = 'sys/class/powercap/intel-rapl:0/energy_uj'
/** A range that wraps every 40 s at 100 W. */
const RANGE = 4000

interface Scene {
  readonly machine: SensorMachine
  runTo(time: number): void
  /** Sleep passes on the clock of the system, not on the monotonic one. */
  sleep(seconds: number): void
}

/** A window of 20 s at 100 W, read every 0.5 s, in which something happens after 10 s. */
async function windowWith(happens: (scene: Scene) => void, sensor: Partial<SensorShape> = {}) {
  const rapl: SensorShape = { kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0', range: RANGE, ...sensor }
  const machine = new SensorMachine({ sensors: [rapl], curve: { idle: 100 } })
  machines.push(machine)
  let asleep = 0
  const { meter, runTo } = await meterOn(machine, [new RaplProfiler({ root: machine.root, clock: machine.clock })], {
    samplingInterval: 0.5,
    uptime: () => machine.clock() + asleep,
  })
  runTo(1010)
  const window = meter.begin()
  runTo(1020)
  const sleep = (seconds: number): void => {
    asleep += seconds
  }
  happens({ machine, runTo, sleep })
  runTo(1030)
  const energy = await window.end()
  await meter.close()
  return { joules: energy.joules, codes: energy.warnings.map(({ code }) => code) }
}

/** For some seconds, which begin between two readings, the file holds something else. */
const holds = (text: string, seconds: number) => (scene: Scene) => {
  scene.runTo(scene.machine.clock() + 0.1)
  const start = scene.machine.clock()
  scene.machine.onAdvance = (time) => {
    if (time < start + seconds) scene.machine.write(COUNTER, text)
  }
  scene.runTo(start + seconds)
}

test('nothing happens: the joules of the time, and no warning', async () => {
  expect(await windowWith(() => undefined)).toEqual({ joules: expect.closeTo(2000, 0), codes: [] })
})

test('one wrap is corrected', async () => {
  // Shows 2000 J at the start of the window: it wraps at its end.
  expect(await windowWith(() => undefined, { start: 1500 })).toEqual({ joules: expect.closeTo(2000, 0), codes: [] })
})

test('a time without readings in which it may have wrapped twice has no joules', async () => {
  const { joules, codes } = await windowWith(({ machine }) => machine.advanceTo(1028))
  expect(joules).toBeUndefined()
  expect(codes).toContain('W_COUNTER_AMBIGUOUS')
})

test.each([
  ['a failed read', 'gone\n', 0.6],
  ['an empty file', '', 0.6],
  ['a number with a sign', '-5\n', 0.6],
])('%s is told, and its time is known from the readings around it', async (_, text, seconds) => {
  const { joules, codes } = await windowWith(holds(text, seconds))
  expect(joules).toBeCloseTo(2000, 0)
  expect(codes).toEqual(['W_READ_FAILED'])
})

test('permission that is lost for good leaves the window without joules', async () => {
  const { joules, codes } = await windowWith(holds('gone\n', 20))
  expect(joules).toBeUndefined()
  expect(codes).toEqual(expect.arrayContaining(['W_READ_FAILED', 'W_DOMAIN_UNKNOWN']))
})

test('a value beyond its range is a failed read', async () => {
  const { joules, codes } = await windowWith(holds(`${RANGE * 2e6}\n`, 0.6))
  expect(joules).toBeCloseTo(2000, 0)
  expect(codes).toEqual(['W_READ_FAILED'])
})

test('a counter that jumps up by more than the part can use adds nothing', async () => {
  const { joules = 0, codes } = await windowWith(holds(`${(RANGE - 1) * 1e6}\n`, 0.6), { start: 500 })
  expect(joules).toBeCloseTo(2000, 0)
  expect(codes).toContain('W_COUNTER_IMPLAUSIBLE')
})

test('a counter that falls without a wrap adds nothing', async () => {
  const { joules = 0, codes } = await windowWith(holds('0\n', 0.6), { start: 500 })
  expect(joules).toBeCloseTo(2000, 0)
  expect(codes).toContain('W_COUNTER_BACKWARDS')
})

test('a machine that slept is told', async () => {
  expect((await windowWith(({ sleep }) => sleep(3600))).codes).toContain('W_SUSPENDED')
})
