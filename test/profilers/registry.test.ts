import { expect, test } from 'vitest'
import { type Availability, type EnergyDomain, Profiler, type Reading } from '../../profilers/profiler.js'
import { ProfilerRegistry } from '../../profilers/registry.js'
import { ProfilerError, UsageError } from '../../src/core/errors.js'
import { seconds } from '../../src/core/units.js'
import { SimulatedMachine } from '../helpers/simulated-machine.js'

interface Script {
  readonly kind?: 'measured' | 'modelled'
  readonly part?: EnergyDomain['part']
  readonly probe?: () => Promise<Availability>
}

const available = async (): Promise<Availability> => ({ isAvailable: true, detail: 'there' })
const absent = async (): Promise<Availability> => ({ isAvailable: false, reason: 'no sensor', fix: 'buy one' })

class Scripted extends Profiler {
  readonly name: string
  readonly kind: 'measured' | 'modelled'
  readonly #script: Script
  isClosed = false

  constructor(name: string, script: Script) {
    super()
    this.name = name
    this.kind = script.kind ?? 'measured'
    this.#script = script
  }

  probe(): Promise<Availability> {
    return (this.#script.probe ?? available)()
  }

  domains(): readonly EnergyDomain[] {
    return [{ name: 'all', part: this.#script.part ?? 'package', counter: 'power', isCounted: true, low: 1, high: 1 }]
  }

  read(): Reading {
    return { at: seconds(0), values: [1] }
  }

  override async close(): Promise<void> {
    this.isClosed = true
  }
}

/** @param watts - of its package; at 0 the counter is there and stands still */
function machineWithRapl(watts: number) {
  const machine = new SimulatedMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', watts: () => watts }] })
  machine.timePerLook = 0.001
  return machine
}

/** Registered in the order given, so that `auto` tries them in that order. */
function registryOf(scripts: Readonly<Record<string, Script>>): ProfilerRegistry {
  const registry = new ProfilerRegistry()
  for (const [name, script] of Object.entries(scripts).reverse()) {
    registry.register(name, () => new Scripted(name, script))
  }
  return registry
}

async function selected(scripts: Readonly<Record<string, Script>>, wanted: readonly string[]) {
  const { ready, refusals } = await registryOf(scripts).select(wanted)
  return { ready: ready.map(({ profiler }) => profiler.name), refusals: refusals.map(({ profiler }) => profiler) }
}

const MODEL: Script = { kind: 'modelled' }

test('auto takes the first sensor that is there and keeps the refusals before it', async () => {
  expect(await selected({ first: { probe: absent }, second: {}, model: MODEL }, ['auto'])).toEqual({
    ready: ['second'],
    refusals: ['first'],
  })
})

test('auto takes every sensor that counts something new', async () => {
  const scripts: Record<string, Script> = { cpu: {}, again: {}, gpu: { part: 'gpu' } }
  expect(await selected(scripts, ['auto'])).toEqual({ ready: ['cpu', 'gpu'], refusals: ['again'] })
})

test('auto adds a model of the processor where the only sensors are those of GPUs', async () => {
  const scripts: Readonly<Record<string, Script>> = { board: { part: 'gpu' }, model: MODEL }
  expect((await selected(scripts, ['auto'])).ready).toEqual(['board', 'model'])
})

test('auto looks for a second way to the same counters only where the first is closed', async () => {
  const machine = machineWithRapl(20)
  const { root, clock } = machine
  const { ready, refusals } = await ProfilerRegistry.withPredefinedProfilers().select(['auto'], { root, clock })
  for (const { profiler } of ready) await profiler.close()
  machine.remove()
  expect(ready.map(({ profiler }) => profiler.name)).toEqual(['rapl'])
  expect(refusals.map(({ profiler }) => profiler)).not.toContain('perf')
})

test('auto passes by counters that stand still, says so, and takes the next', async () => {
  const machine = machineWithRapl(0)
  const { root, clock } = machine
  const { ready, refusals } = await ProfilerRegistry.withPredefinedProfilers().select(['auto'], { root, clock })
  for (const { profiler } of ready) await profiler.close()
  machine.remove()
  expect(ready.map(({ profiler }) => profiler.name)).toEqual(['estimate'])
  expect(refusals[0]).toEqual({ profiler: 'rapl', reason: 'its counters are there but stand still' })
  expect(refusals.map(({ profiler }) => profiler)).toContain('perf')
})

test('auto falls back to a model only where no sensor is there', async () => {
  const scripts: Record<string, Script> = { sensor: { probe: absent }, model: MODEL, other: MODEL }
  expect(await selected(scripts, ['auto'])).toEqual({ ready: ['model'], refusals: ['sensor'] })
})

test('a refusal keeps its reason and what fixes it', async () => {
  const { refusals } = await registryOf({ sensor: { probe: absent } }).select(['auto'])
  expect(refusals).toEqual([{ profiler: 'sensor', reason: 'no sensor', fix: 'buy one' }])
})

test('profilers that are named run together, in that order', async () => {
  expect((await selected({ one: {}, two: {} }, ['two', 'one'])).ready).toEqual(['two', 'one'])
})

test('one that is named and absent is an error with its reason and what fixes it', async () => {
  await expect(selected({ sensor: { probe: absent } }, ['sensor'])).rejects.toMatchObject({
    constructor: ProfilerError,
    code: 'E_PROFILER_UNAVAILABLE',
    message: 'profiler sensor cannot be used: no sensor',
    hint: 'buy one; or --profiler auto takes the best that is there',
  })
})

test('those opened before the absent one are closed', async () => {
  const opened = new Scripted('opened', {})
  const registry = registryOf({ sensor: { probe: absent } })
  await expect(registry.select([opened, 'sensor'])).rejects.toThrow()
  expect(opened.isClosed).toBe(true)
})

test('a probe that throws is a refusal', async () => {
  const probe = () => Promise.reject(new Error('boom'))
  const { refusals } = await registryOf({ sensor: { probe } }).select(['auto'])
  expect(refusals).toEqual([{ profiler: 'sensor', reason: 'its probe failed: boom' }])
})

test('a profiler that cannot name its domains is a refusal', async () => {
  const sensor = new Scripted('sensor', {})
  sensor.domains = () => {
    throw new Error('no domains today')
  }
  const registry = new ProfilerRegistry().register('sensor', () => sensor)
  const { refusals } = await registry.select(['auto'])
  expect(refusals).toEqual([{ profiler: 'sensor', reason: 'its probe failed: no domains today' }])
  expect(sensor.isClosed).toBe(true)
})

test('a maker that throws is a refusal', async () => {
  const registry = new ProfilerRegistry().register('sensor', () => JSON.parse('{'))
  expect((await registry.select(['auto'])).refusals).toMatchObject([{ profiler: 'sensor' }])
})

test('an unknown name is met with a near one', async () => {
  const registry = ProfilerRegistry.withPredefinedProfilers()
  await expect(registry.select(['rappl'])).rejects.toMatchObject({
    constructor: UsageError,
    code: 'E_PROFILER_UNKNOWN',
    hint: expect.stringContaining('did you mean rapl?'),
  })
})

test('"none" stands alone', async () => {
  const registry = ProfilerRegistry.withPredefinedProfilers()
  await expect(registry.select(['none', 'estimate'])).rejects.toMatchObject({ code: 'E_PROFILER_NONE' })
})

test.each(['auto', '', '../x', 'two words'])('a profiler cannot be called "%s"', (name) => {
  expect(() => new ProfilerRegistry().register(name, () => new Scripted(name, {}))).toThrow(UsageError)
})

test('a registered profiler replaces the predefined one of its name', () => {
  const registry = ProfilerRegistry.withPredefinedProfilers().register('rapl', () => new Scripted('rapl', MODEL))
  expect(registry.make('rapl').kind).toBe('modelled')
})

test('options of a call win over those of the registry', () => {
  const seen: unknown[] = []
  const registry = new ProfilerRegistry({ cpuTdp: 65, root: '/one' })
  registry.register('sensor', (options) => {
    seen.push(options)
    return new Scripted('sensor', {})
  })
  registry.make('sensor', { cpuTdp: 95 })
  expect(seen).toEqual([{ cpuTdp: 95, root: '/one' }])
})
