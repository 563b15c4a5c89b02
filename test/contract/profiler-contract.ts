/** What every profiler promises, whoever wrote it: run this suite on your own. */
import { expect, describe as group, test } from 'vitest'
import type { Availability, Profiler } from '../../profilers/profiler.js'

/** Makes profilers for the suite. */
export interface ProfilerSubject {
  /** A profiler whose sensor is there. */
  readonly make: () => Profiler
  /** The same profiler where its sensor is not; left out for one that is always there. */
  readonly makeAbsent?: () => Profiler
  /** Lets time pass on the profiler's clock, so that its counters move; real time otherwise. */
  readonly advance?: (profiler: Profiler) => void
}

/**
 * @param name - of the profiler, for the report
 * @param subject - how the suite gets fresh ones
 */
export function profilerContract(name: string, { make, makeAbsent, advance }: ProfilerSubject): void {
  async function opened(): Promise<Profiler> {
    const profiler = make()
    expect(await profiler.probe()).toMatchObject({ isAvailable: true })
    return profiler
  }

  group(`${name} keeps the contract of a profiler`, () => {
    test('it has a name and says whether it measures or models', () => {
      const profiler = make()
      expect(profiler.name).toMatch(/^[A-Za-z][\w-]{0,63}$/)
      expect(['measured', 'modelled']).toContain(profiler.kind)
    })

    test('probe says what it reads, and says it again', async () => {
      const profiler = make()
      const first = await profiler.probe()
      expect(first).toEqual({ isAvailable: true, detail: expect.stringMatching(/\S/) })
      expect(await profiler.probe()).toEqual(first)
    })

    test('its domains are the same at each call, each with a name of its own', async () => {
      const profiler = await opened()
      const domains = profiler.domains()
      expect(profiler.domains()).toEqual(domains)
      expect(new Set(domains.map((domain) => domain.name)).size).toBe(domains.length)
    })

    test('every domain states an error that takes in its own figure', async () => {
      for (const { low, high } of (await opened()).domains()) {
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(1)
        expect(high).toBeGreaterThanOrEqual(1)
        expect(Number.isFinite(high)).toBe(true)
      }
    })

    test('limits of a domain, where it states them, are positive', async () => {
      for (const { wrapsAt = 1, highestWatts = 1, resolution = 1, updatePeriod = 1 } of (await opened()).domains()) {
        expect(Math.min(wrapsAt, highestWatts, resolution, updatePeriod)).toBeGreaterThan(0)
      }
    })

    test('a reading has one finite value, 0 or more, or a gap for each domain', async () => {
      const profiler = await opened()
      const { values } = profiler.read()
      expect(values).toHaveLength(profiler.domains().length)
      for (const value of values) {
        if (value !== undefined) expect(Number.isFinite(value) && value >= 0).toBe(true)
      }
    })

    test('time goes on from reading to reading, and energy counters do not fall except to wrap', async () => {
      const profiler = await opened()
      const before = profiler.read()
      advance?.(profiler)
      const after = profiler.read()
      expect(after.at).toBeGreaterThanOrEqual(before.at)
      profiler.domains().forEach((domain, index) => {
        const [first, second] = [before.values[index], after.values[index]]
        const mayFall = domain.counter === 'power' || domain.wrapsAt !== undefined
        if (first !== undefined && second !== undefined && !mayFall) expect(second).toBeGreaterThanOrEqual(first)
      })
    })

    test('its source, if it names one, makes the same profiler from what a thread can be sent', async () => {
      const profiler = await opened()
      if (profiler.source === undefined) return
      const { module, factory, options } = structuredClone(profiler.source)
      const exported: Record<string, unknown> = await import(module)
      const makeAgain = exported[factory]
      expect(makeAgain).toBeTypeOf('function')
      const again = (makeAgain as (options: unknown) => Profiler)(options)
      await again.probe()
      expect([again.name, again.kind, again.domains()]).toEqual([profiler.name, profiler.kind, profiler.domains()])
      await again.close()
    })

    test('evaluate gives the result of the function and how long it took', async () => {
      const evaluation = await make().evaluate((one: number, other: number) => one + other, 20, 22)
      expect(evaluation.result).toBe(42)
      expect(evaluation.seconds).toBeGreaterThanOrEqual(0)
      if (evaluation.joules === undefined) expect(evaluation.energy.warnings).not.toEqual([])
    })

    test('evaluate passes on what the function throws', async () => {
      const evaluation = make().evaluate(async () => {
        throw new RangeError('on purpose')
      })
      await expect(evaluation).rejects.toThrow(RangeError)
    })

    test('it can be closed twice', async () => {
      const profiler = await opened()
      await profiler.close()
      await profiler.close()
    })

    if (makeAbsent === undefined) return

    test('without its sensor it gives a reason instead of throwing', async () => {
      const availability: Availability = await makeAbsent().probe()
      expect(availability).toMatchObject({ isAvailable: false, reason: expect.stringMatching(/\S/) })
    })

    test('without its sensor evaluate refuses before it runs the function', async () => {
      let hasRun = false
      const evaluation = makeAbsent().evaluate(() => {
        hasRun = true
      })
      await expect(evaluation).rejects.toMatchObject({ code: 'E_PROFILER_UNAVAILABLE' })
      expect(hasRun).toBe(false)
    })
  })
}
