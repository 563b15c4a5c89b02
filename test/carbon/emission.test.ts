import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carbonFactor } from '../../src/carbon/carbon-factor.js'
import { carbonOf, carbonRecord, checkedPue } from '../../src/carbon/emission.js'
import { UsageError } from '../../src/core/errors.js'
import { gramsPerKwh } from '../../src/core/units.js'

const exact = (value: number) => ({
  gramsPerKwh: gramsPerKwh(value),
  low: gramsPerKwh(value),
  high: gramsPerKwh(value),
})
const energy = (joules: number, low = joules, high = joules) => ({ joules, low, high })

// 7.2 MJ are 2 kWh; 2 kWh x 1.5 x 100 g/kWh = 300 g.
test('grams are kWh x PUE x intensity', () => {
  expect(carbonOf(energy(7_200_000), exact(100), 1.5)).toEqual({
    grams: expect.closeTo(300),
    low: expect.closeTo(300),
    high: expect.closeTo(300),
  })
})

// Energy 3% either way and factor 4%: as factors 1.03 and 1.04, joined to exp(hypot(0.029559, 0.039221)) = 1.05034.
test('both uncertainties are joined as independent ones', () => {
  const factor = { gramsPerKwh: gramsPerKwh(100), low: gramsPerKwh(100 / 1.04), high: gramsPerKwh(104) }
  const { low, high } = carbonOf(energy(3_600_000, 3_600_000 / 1.03, 3_708_000), factor)
  expect([low, high]).toEqual([expect.closeTo(100 / 1.05034, 2), expect.closeTo(105.034, 2)])
})

test('the interval takes in the figure, and is no narrower than that of the energy', () => {
  const factors = fc.tuple(fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true }))
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), factors, factors, (joules, [a, b], [c, d]) => {
      const factor = { gramsPerKwh: gramsPerKwh(300), low: gramsPerKwh(300 * c), high: gramsPerKwh(300 * d) }
      const { grams, low, high } = carbonOf(energy(joules, joules * a, joules * b), factor)
      const slack = grams * 1e-9
      expect(low - slack).toBeLessThanOrEqual(grams * a)
      expect(high + slack).toBeGreaterThanOrEqual(grams * b)
    }),
  )
})

describe('energy net of idle', () => {
  const factor = { gramsPerKwh: gramsPerKwh(360), low: gramsPerKwh(180), high: gramsPerKwh(720) }

  // 360 g/kWh is 1e-4 g/J.
  test('that may be nothing keeps its sign', () => {
    expect(carbonOf(energy(1000, -500, 2000), factor)).toEqual({
      grams: expect.closeTo(0.1),
      low: expect.closeTo(-0.1),
      high: expect.closeTo(0.4),
    })
  })
})

describe('PUE', () => {
  test('is 1 unless given', () => {
    expect(checkedPue()).toBe(1)
  })

  test.each([0.99, 0, -1, 10.1, Number.NaN])('of %d is refused', (pue) => {
    expect(() => checkedPue(pue)).toThrow(UsageError)
  })
})

test('a record names factor, place, source, year, basis and PUE', async () => {
  const factor = await carbonFactor({ country: 'SE' })
  const record = carbonRecord({ perInference: energy(1), total: energy(3_600_000), factor, pue: 1.2 })
  expect(record.total.grams).toBeCloseTo(factor.gramsPerKwh * 1.2)
  expect(record).toMatchObject({ pue: 1.2, factor: { zone: 'SE', year: 2025, basis: expect.any(String) } })
})
