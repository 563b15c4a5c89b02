import { expect, test } from 'vitest'
import { detectProfilers } from '../../profilers/detection.js'
import { openMeter } from '../../profilers/meter.js'
import { type Availability, type EnergyDomain, Profiler, type Reading } from '../../profilers/profiler.js'
import { ProfilerRegistry } from '../../profilers/registry.js'
import { seconds } from '../../src/core/units.js'

const SOUND = { name: 'd', part: 'system', counter: 'energy', isCounted: true, low: 0.9, high: 1.1 }

/** A profiler that somebody wrote, with whatever its `domains` gives. */
class Foreign extends Profiler {
  readonly name = 'foreign'
  readonly kind = 'measured'
  readonly #domains: unknown

  constructor(domains: unknown) {
    super()
    this.#domains = domains
  }

  async probe(): Promise<Availability> {
    return { isAvailable: true, detail: 'made up' }
  }

  domains(): readonly EnergyDomain[] {
    return this.#domains as readonly EnergyDomain[]
  }

  read(): Reading {
    return { at: seconds(0), values: [1] }
  }
}

const { low: _, ...withoutLow } = SOUND

test.each<[string, unknown, string]>([
  ['no list', undefined, 'domains() gives missing, expected a list'],
  ['no object', [null], 'domain 0 is null, expected an object'],
  ['no name', [{ ...SOUND, name: '' }], 'domain 0 has no name'],
  ['no lower factor', [withoutLow], 'domain "d": low is missing, expected a factor from 0 to 1'],
  ['a lower factor that is no number', [{ ...SOUND, low: Number.NaN }], 'low is NaN'],
  ['factors in the wrong order', [{ ...SOUND, low: 2, high: 0.1 }], 'low is 2'],
  ['an upper factor without end', [{ ...SOUND, high: Number.POSITIVE_INFINITY }], 'high is Infinity'],
  ['a counter of no known kind', [{ ...SOUND, counter: 'joules' }], 'counter is "joules", expected energy or power'],
  ['a part of no machine', [{ ...SOUND, part: 'zzz' }], 'part is "zzz", expected system, package'],
  ['nothing said of adding up', [{ ...SOUND, isCounted: undefined }], 'isCounted is missing'],
  ['a range of nothing', [{ ...SOUND, wrapsAt: 0 }], 'wrapsAt is 0'],
  ['the same name twice', [SOUND, SOUND], 'there are two domains "d"'],
])('a profiler with %s is refused before anything is measured', async (_case, domains, message) => {
  await expect(openMeter({ profilers: [new Foreign(domains)] })).rejects.toMatchObject({
    code: 'E_PROFILER_UNAVAILABLE',
    message: expect.stringContaining(message),
  })
  const registry = new ProfilerRegistry().register('foreign', () => new Foreign(domains))
  expect(await detectProfilers({ registry })).toMatchObject([
    { isAvailable: false, reason: expect.stringContaining(message) },
  ])
})

test('domains that say all that they must are taken', async () => {
  const meter = await openMeter({ profilers: [new Foreign([SOUND])], probeDuration: 0.01 })
  await meter.close()
  expect(meter.profilers).toHaveLength(1)
})
