import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meterKind, planProtocol } from '../../benchmarks/protocol-plan.js'
import { UsageError } from '../../src/core/errors.js'
import { seconds } from '../../src/core/units.js'

const sensor = (updatePeriod = 0.001) => ({
  profilers: [{ name: 'rapl', kind: 'measured' as const }],
  updatePeriod: seconds(updatePeriod),
})
const model = { profilers: [{ name: 'estimate', kind: 'modelled' as const }], updatePeriod: seconds(0.1) }
const plan = (options = {}, meter: Parameters<typeof planProtocol>[1] = sensor()) =>
  planProtocol({ model: 'a', ...options }, meter)

describe('length of a window', () => {
  test.each([
    ['a sensor', sensor(), 5],
    ['a model', model, 1],
    ['nothing', undefined, 1],
  ])('by default, with %s that measures', (_name, meter, expected) => {
    expect(planProtocol({ model: 'a' }, meter).window).toBe(expected)
  })

  test('grows with the update period of a slow sensor', () => {
    expect(plan({ maxDuration: 600 }, sensor(0.1)).window).toBe(10)
  })

  test('shrinks so that five fit into the time budget', () => {
    expect(plan({ maxDuration: 1 })).toMatchObject({ window: 0.2, minWindows: 5 })
  })

  test('stays as asked, even if fewer fit', () => {
    expect(plan({ minDuration: 5, maxDuration: 10 })).toMatchObject({ window: 5, minWindows: 2 })
  })

  test('never exceeds the time budget', () => {
    const time = fc.double({ min: 0.01, max: 1000, noNaN: true })
    fc.assert(
      fc.property(time, time, (minDuration, maxDuration) => {
        const { window, minWindows } = plan({ minDuration, maxDuration })
        expect(window * minWindows).toBeLessThanOrEqual(maxDuration * (1 + 1e-6))
      }),
    )
  })

  test('too short for the sensor is a warning that says how long', () => {
    expect(plan({ maxDuration: 10 }, sensor(0.1)).warnings).toMatchObject([
      { code: 'W_WINDOW_SHORT', hint: expect.stringContaining('--max-duration 50') },
    ])
  })
})

test('no idle baseline where nothing measures', () => {
  expect(planProtocol({ model: 'a' }, undefined).idle).toBe(0)
})

test('idle and warm-up are no longer than a short run itself', () => {
  expect(plan({ maxDuration: 1 })).toMatchObject({ idle: 1, warmUp: 1 })
})

test.each([
  { maxDuration: 0 },
  { maxDuration: Number.NaN },
  { minDuration: -1 },
  { idleDuration: -1 },
  { warmupDuration: 1e9 },
  { targetInterval: 0 },
  { targetInterval: 2 },
])('%j is refused', (options) => {
  expect(() => plan(options)).toThrow(UsageError)
})

test('one sensor among models makes it measured', () => {
  const mixed = { profilers: [...model.profilers, ...sensor().profilers] }
  expect(meterKind({ ...model, ...mixed })).toBe('measured')
})

test('windows are never so short that a run has more than ten thousand', () => {
  expect(planProtocol({ model: 'x', minDuration: 0.001, maxDuration: 3600 }, undefined).window).toBeCloseTo(0.36)
})

test('the idle baseline holds two updates of a slow sensor', () => {
  const battery = { profilers: [{ name: 'battery', kind: 'measured' as const }], updatePeriod: seconds(5) }
  expect(planProtocol({ model: 'x' }, battery).idle).toBe(10)
})

test('a model that is told of three times a second gets long windows, one that follows the load does not need them', () => {
  const model = (period: number) => ({
    profilers: [{ name: 'model', kind: 'modelled' as const }],
    updatePeriod: seconds(period),
  })
  expect([planProtocol({ model: 'x' }, model(0.3)).window]).toEqual([12])
})
