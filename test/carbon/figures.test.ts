import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { equivalentsOf } from '../../src/carbon/equivalents.js'
import { costOf, readPrice } from '../../src/carbon/price.js'
import { socialCost, socialCostOf } from '../../src/carbon/social-cost.js'
import { embodiedOf, softwareCarbonIntensity } from '../../src/carbon/software-carbon-intensity.js'
import { waterOf } from '../../src/carbon/water.js'
import {
  emissionOf,
  energyOf,
  gramsCo2e,
  gramsPerKwh,
  type Joules,
  joules,
  kilowattHours,
  seconds,
  sum,
  toJoules,
  toKilowattHours,
  watts,
} from '../../src/core/units.js'

const noon = new Date(2026, 5, 10, 12)
const evening = new Date(2026, 5, 10, 22)

describe('units', () => {
  test('of two kinds do not add up', () => {
    // @ts-expect-error joules and kilowatt-hours
    sum(joules(1), kilowattHours(1))
    // @ts-expect-error the plain sum has no unit
    const total: Joules = joules(1) + kilowattHours(1)
    expect(total).toBe(2)
    expectTypeOf(sum(joules(1), joules(2))).toEqualTypeOf<Joules>()
    expect(sum(joules(1), joules(2))).toBe(3)
  })

  test('convert there and back', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (value) => {
        expect(Math.abs(toJoules(toKilowattHours(joules(value))) - value)).toBeLessThanOrEqual(
          Math.abs(value) * 1e-15 + 1e-300,
        )
      }),
    )
  })

  // 2 kW for half an hour: 2000 W x 1800 s = 3.6 MJ = 1 kWh; at 56 g/kWh 56 g.
  test('follow from each other', () => {
    const energy = toKilowattHours(energyOf(watts(2000), seconds(1800)))
    expect(energy).toBe(1)
    expect(emissionOf(energy, gramsPerKwh(56))).toBe(56)
  })
})

describe('the price', () => {
  // 1.8 MJ are half a kilowatt-hour: 0.5 x 0.30 = 0.15.
  test('flat', () => {
    const price = readPrice('0.30 eur')
    expect(price).toEqual({ perKwh: 0.3, currency: 'EUR' })
    expect(costOf(joules(1.8e6), price, noon, evening)).toBeCloseTo(0.15, 12)
  })

  // 12:00 to 22:00: seven hours at 0.30, three at 0.20: a mean of (2.1 + 0.6) / 10 = 0.27.
  test('by hour', () => {
    const price = readPrice('{"8:30-19:00": 0.30, "19:00-8:30": 0.20} EUR')
    expect(costOf(joules(3.6e6), price, noon, evening)).toBeCloseTo(0.27, 12)
  })

  test.each(['', 'cheap', '1,5', 'NaN', 'Infinity', '1e9'])('"%s" is refused', (text) => {
    expect(() => readPrice(text)).toThrow(expect.objectContaining({ code: 'E_PRICE' }))
  })
})

describe('software carbon intensity', () => {
  // 1,000 kg over 4 years = 1461 days; one day of a quarter of the machine: 1e6 g / 1461 / 4 = 171.116 g.
  test('counts the share of the machine', () => {
    const embodied = embodiedOf({ kilograms: 1000, lifespanYears: 4, share: 0.25 }, seconds(86_400))
    expect(embodied).toBeCloseTo(171.116, 3)
    expect(softwareCarbonIntensity(gramsCo2e(28.884), embodied).grams).toBeCloseTo(200, 3)
  })

  test.each([
    { kilograms: -1, lifespanYears: 4, share: 1 },
    { kilograms: 1, lifespanYears: 0, share: 1 },
    { kilograms: 1, lifespanYears: 4, share: 1.1 },
    { kilograms: Number.NaN, lifespanYears: 4, share: 1 },
  ])('of %o is refused', (embodied) => {
    expect(() => embodiedOf(embodied, seconds(1))).toThrow(expect.objectContaining({ code: 'E_EMBODIED' }))
  })
})

describe('comparisons', () => {
  // 1 kWh: 1/0.009 = 111.1 h of the bulb, 1/0.019 = 52.6 charges; 393 g are a mile, 1.609 km.
  test('with bulbs, phones and cars', () => {
    expect(equivalentsOf(joules(3.6e6), gramsCo2e(393))).toEqual([
      { amount: expect.closeTo(1.609, 3), unit: 'km by car', source: expect.stringContaining('EPA') },
      { amount: expect.closeTo(111.11, 2), unit: 'hours of a 9 W LED bulb', source: expect.any(String) },
      { amount: expect.closeTo(52.63, 2), unit: 'phone charges', source: expect.any(String) },
    ])
    expect(equivalentsOf(joules(1), undefined)).toHaveLength(2)
  })

  // Half a tonne at 190 dollars.
  test('with the cost to society', () => {
    expect(socialCostOf(gramsCo2e(500_000), socialCost(undefined))).toBe(95)
    expect(socialCostOf(gramsCo2e(1_000_000), socialCost(417))).toBe(417)
    expect(() => socialCost(-1)).toThrow(expect.objectContaining({ code: 'E_SOCIAL_COST' }))
  })

  // 2 kWh at 1.8 L/kWh.
  test('with water', () => {
    expect(waterOf(joules(7.2e6), 1.8)).toBeCloseTo(3.6, 12)
    expect(() => waterOf(joules(1), -1)).toThrow(expect.objectContaining({ code: 'E_WUE' }))
  })
})
