import { averageIntensity, electricityMaps } from '@tgwf/co2/data'
import { describe, expect, test } from 'vitest'
import { carbonFactor } from '../../src/carbon/carbon-factor.js'
import { intensityTables } from '../../src/carbon/intensity-tables.js'
import { UsageError } from '../../src/core/errors.js'

/** The package's own figures, read past greenbench: the oracle. */
const maps = electricityMaps as Record<string, { data: Record<string, { carbonIntensity: { value: number } }> }>
const ember = (averageIntensity as { data: Record<string, number> }).data
const yearly = (year: number, zone: string): number | undefined =>
  maps[`yearly${year}`]?.data[zone]?.carbonIntensity.value

describe('a country', () => {
  test.each(['FR', 'fr', 'FRA', 'France', ' france '])('may be written "%s"', async (country) => {
    expect((await carbonFactor({ country })).zone).toBe('FR')
  })

  test.each([
    ['uk', 'GB'],
    ['United States of America', 'US'],
    ["Cote d'Ivoire", 'CI'],
    ['Czech Republic', 'CZ'],
    ['South Korea', 'KR'],
    ['Türkiye', 'TR'],
    ['Turkey', 'TR'],
    ['Saint Lucia', 'LC'],
    ['St. Lucia', 'LC'],
  ])('"%s" is %s', async (country, zone) => {
    expect((await carbonFactor({ country })).zone).toBe(zone)
  })

  test('has the figure, year, source and basis of Electricity Maps', async () => {
    expect(await carbonFactor({ country: 'DE' })).toMatchObject({
      gramsPerKwh: yearly(2025, 'DE'),
      year: 2025,
      zone: 'DE',
      zoneName: 'Germany',
      source: expect.stringContaining('Electricity Maps'),
      basis: 'average, lifecycle, consumption',
      warnings: [],
    })
  })

  test('that Electricity Maps has only in parts has the figure of Ember, without a year', async () => {
    const factor = await carbonFactor({ country: 'Russia' })
    expect(factor).toMatchObject({ gramsPerKwh: ember.RUS, zone: 'RUS', source: expect.stringContaining('Ember') })
    expect(factor).not.toHaveProperty('year')
  })

  test('that is mistyped is met with near names', async () => {
    await expect(carbonFactor({ country: 'Germny' })).rejects.toMatchObject({
      constructor: UsageError,
      code: 'E_COUNTRY',
      hint: 'did you mean Germany?',
    })
  })

  test.each(['', 'Atlantis', 'x'.repeat(100_000), '__proto__'])('"%s" is refused in one line', async (country) => {
    const error: Error = await carbonFactor({ country }).then(String as never, (reason) => reason)
    expect([error.constructor, error.message.length < 120]).toEqual([UsageError, true])
  })

  test('without any table is refused with a way out', async () => {
    await expect(carbonFactor({ country: 'Antarctica' })).rejects.toMatchObject({
      hint: expect.stringContaining('--carbon-intensity'),
    })
  })
})

describe('the interval', () => {
  test('is the largest change from one year to the next, widened by the other source', async () => {
    const values = [2021, 2022, 2023, 2024, 2025].map((year) => yearly(year, 'FR') ?? 0)
    const ratios = values.slice(1).map((value, index) => value / (values[index] ?? 1))
    const largest = Math.max(...ratios.flatMap((ratio) => [ratio, 1 / ratio]))
    const latest = values.at(-1) ?? 0
    expect(await carbonFactor({ country: 'FR' })).toMatchObject({
      low: expect.closeTo(Math.min(latest / largest, ember.FRA ?? 0)),
      high: expect.closeTo(Math.max(latest * largest, ember.FRA ?? 0)),
      intervalReason: expect.stringContaining('2021-2025'),
    })
  })

  test('takes in the figure in every zone, and none of them reaches to nothing', async () => {
    const { zones } = await intensityTables()
    for (const zone of zones.keys()) {
      const { low, gramsPerKwh, high } = await carbonFactor({ zone })
      expect([0 < low, low <= gramsPerKwh, gramsPerKwh <= high]).toEqual([true, true, true])
    }
  })
})

test('what one more kWh causes stands beside the average, not in its interval', async () => {
  const { marginal, high } = await carbonFactor({ country: 'FR' })
  expect(marginal).toMatchObject({ gramsPerKwh: 158, year: 2021 })
  expect(high).toBeLessThan(158)
})

test('a zone is found in any case', async () => {
  expect(await carbonFactor({ zone: 'us-cal-ciso' })).toMatchObject({
    zone: 'US-CAL-CISO',
    zoneName: 'California ISO, USA',
    gramsPerKwh: yearly(2025, 'US-CAL-CISO'),
  })
})

test('a zone that is mistyped is met with near ones', async () => {
  await expect(carbonFactor({ zone: 'DK-DK3' })).rejects.toMatchObject({
    code: 'E_ZONE',
    hint: 'did you mean DK-DK1 or DK-DK2?',
  })
})

test('the zone counts where zone and country are both given', async () => {
  expect((await carbonFactor({ country: 'US', zone: 'US-NY-NYIS' })).zone).toBe('US-NY-NYIS')
})

describe('without a place', () => {
  test("it is the world's mean, with a warning that it is a guess", async () => {
    expect(await carbonFactor()).toMatchObject({
      gramsPerKwh: ember.WORLD,
      zone: 'WORLD',
      warnings: [{ code: 'W_CARBON_GUESS', hint: expect.stringContaining('--country') }],
    })
  })

  test('nine countries in ten lie in its interval', async () => {
    const { low, high } = await carbonFactor()
    const values = [...(await intensityTables()).averages.values()]
    const share = values.filter((value) => value >= low && value <= high).length / values.length
    expect(share).toBeGreaterThanOrEqual(0.9)
    expect(share).toBeLessThan(0.93)
  })
})

describe("the user's own figure", () => {
  test('is taken as it is', async () => {
    expect(await carbonFactor({ intensity: 56, country: 'FR' })).toMatchObject({
      gramsPerKwh: 56,
      low: 56,
      high: 56,
      source: 'given by the user',
    })
  })

  test("keeps the cloud's PUE", async () => {
    expect(await carbonFactor({ intensity: 56, cloud: 'aws:eu-west-3' })).toMatchObject({
      gramsPerKwh: 56,
      place: 'aws:eu-west-3',
      pue: { value: 1.135 },
    })
  })

  test.each([-1, 10_001, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', async (intensity) => {
    await expect(carbonFactor({ intensity })).rejects.toMatchObject({ code: 'E_CARBON_INTENSITY' })
  })
})
