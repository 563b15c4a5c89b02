import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carbonFactor } from '../../src/carbon/carbon-factor.js'
import { findCountry } from '../../src/carbon/country-codes.js'
import { intensityTables } from '../../src/carbon/intensity-tables.js'
import { allCities, distanceBetween } from '../../src/carbon/places/cities.js'
import { cloudRegions } from '../../src/carbon/places/cloud-regions.js'
import { allRegions } from '../../src/carbon/places/regions.js'

describe('the tables', () => {
  test('name only zones that have a figure', async () => {
    const { zones, averages } = await intensityTables()
    const hasFigure = (zone: string) => zones.has(zone) || averages.has(findCountry(zone)?.alpha3 ?? '')
    const named = [...allRegions(), ...cloudRegions()].map(({ zone }) => zone)
    expect(named.filter((zone) => !hasFigure(zone))).toEqual([])
  })

  test('name only regions that GeoNames has', async () => {
    const codes = new Set((await allCities()).map(({ country, region }) => `${country} ${region}`))
    expect(allRegions().filter(({ country, code }) => !codes.has(`${country} ${code}`))).toEqual([])
  })

  test('name each region once', () => {
    const names = allRegions().map(({ country, code }) => `${country} ${code}`)
    expect(new Set(names).size).toBe(names.length)
    const clouds = cloudRegions().map(({ provider, region }) => `${provider}:${region}`)
    expect(new Set(clouds).size).toBe(clouds.length)
  })

  test.each(['US', 'CA', 'AU', 'JP', 'IT', 'BR', 'SE', 'NO', 'DK'])(
    'have every town of %s in a region',
    async (code) => {
      const known = new Set(allRegions().map(({ country, code }) => `${country} ${code}`))
      const towns = (await allCities()).filter(({ country, population }) => country === code && population > 100_000)
      expect(towns.filter(({ country, region }) => !known.has(`${country} ${region}`)).map(({ name }) => name)).toEqual(
        [],
      )
    },
  )
})

describe('an address', () => {
  test.each([
    ['Stanford, California', 'US-CAL-CISO'],
    ['Stanford, CA', 'US-CAL-CISO'],
    ['450 Jane Stanford Way, Stanford, CA 94305, USA', 'US-CAL-CISO'],
    ['75005 Paris, France', 'FR'],
    ['Paris, Texas', 'US-TEX-ERCO'],
    ['Tokyo, Japan', 'JP-TK'],
    ['krakow', 'PL'],
    ['London, Ontario', 'CA-ON'],
    ['Ontario', 'CA-ON'],
    ['Bengaluru, India', 'IN-SO'],
    ['Oslo', 'NO-NO1'],
    ['Germany', 'DE'],
    // The last part is a country and a state: that one in which the town lies is meant.
    ['Berlin, DE', 'DE'],
    ['Dover, DE', 'US-MIDA-PJM'],
    ['Toronto, CA', 'CA-ON'],
    ['Toronto, CA M5V 3L9', 'CA-ON'],
    ['Mumbai, IN', 'IN-WE'],
    ['Bogota, CO', 'CO'],
    ['Salem, IN, USA', 'US-MIDW-MISO'],
    ['Tbilisi, Georgia', 'GE'],
    ['Atlanta, Georgia', 'US-SE-SOCO'],
    ['10 Downing Street, London SW1A 2AA, UK', 'GB'],
    ['Geneva', 'CH'],
    ['New York, NY 10001', 'US-NY-NYIS'],
    ['Wroclaw', 'PL'],
    ['Tromso', 'NO-NO4'],
    ['Las Palmas, Spain', 'ES-CN-TE'],
  ])('"%s" lies in %s', async (address, zone) => {
    expect((await carbonFactor({ address })).zone).toBe(zone)
  })

  test.each(['Paris', 'Georgia', 'Cambridge'])(
    '"%s", of which there are several, says which is meant',
    async (address) => {
      const { warnings } = await carbonFactor({ address })
      expect(warnings).toContainEqual(expect.objectContaining({ code: 'W_CARBON_ADDRESS' }))
    },
  )

  test('whose town is not known says that the whole region is taken', async () => {
    const { zone, warnings } = await carbonFactor({ address: 'Atlantis-on-Sea, New York' })
    expect(zone).toBe('US-NY-NYIS')
    expect(warnings).toEqual([expect.objectContaining({ code: 'W_CARBON_ADDRESS' })])
  })

  test('names no other town twice, nor the one that is taken', async () => {
    const { warnings } = await carbonFactor({ address: 'Mountain View, California, USA' })
    expect(warnings.map(({ code }) => code)).toEqual(['W_CARBON_ZONE'])
  })

  test('in a state with several zones says which is taken', async () => {
    const { warnings } = await carbonFactor({ address: 'Seattle, Washington' })
    expect(warnings).toEqual([expect.objectContaining({ code: 'W_CARBON_ZONE' })])
  })

  test.each(['', ',,,', 'Nowhere at all', 'x'.repeat(100_000), '\u0000'])(
    'that names no place is refused in one line',
    async (address) => {
      const error: Error = await carbonFactor({ address }).then(String as never, (reason) => reason)
      expect(error).toMatchObject({ code: 'E_ADDRESS', hint: expect.stringContaining('--country') })
      expect(error.message.length).toBeLessThan(140)
    },
  )
})

describe('a position', () => {
  test.each([
    [37.43, -122.17, 'US-CAL-CISO'],
    [48.85, 2.35, 'FR'],
    [18.4, -66, 'PR'],
    [-33.87, 151.2, 'AU-NSW'],
    [54.6, -5.93, 'GB-NIR'],
    [59.33, 18.07, 'SE-SE3'],
    [55.68, 12.57, 'DK-DK2'],
    [56.15, 10.2, 'DK-DK1'],
    [28.46, -16.25, 'ES-CN-TE'],
  ])('%d, %d lies in %s', async (latitude, longitude, zone) => {
    expect((await carbonFactor({ latitude, longitude })).zone).toBe(zone)
  })

  test.each([
    [0, 0],
    [91, 0],
    [0, 181],
    [Number.NaN, 0],
  ])('%d, %d is refused', async (latitude, longitude) => {
    await expect(carbonFactor({ latitude, longitude })).rejects.toMatchObject({ code: 'E_POSITION' })
  })

  test('needs both degrees', async () => {
    await expect(carbonFactor({ latitude: 48 })).rejects.toMatchObject({ code: 'E_PLACE' })
  })

  const position = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  })
  test('is as far from another as that from it, and never further than half the globe', () => {
    fc.assert(
      fc.property(position, position, (one, other) => {
        const there = distanceBetween(one, other)
        expect(distanceBetween(other, one)).toBeCloseTo(there, 6)
        expect(there).toBeLessThanOrEqual(Math.PI * 6371)
        expect(distanceBetween(one, one)).toBe(0)
      }),
    )
  })

  test('Paris and London are 344 km apart', () => {
    const paris = { latitude: 48.8566, longitude: 2.3522 }
    expect(distanceBetween(paris, { latitude: 51.5074, longitude: -0.1278 })).toBeCloseTo(343.6, 0)
  })
})

describe('a cloud region', () => {
  test.each([
    ['aws:eu-west-3', 'FR'],
    ['AWS:eu-north-1', 'SE-SE3'],
    ['gcp:us-central1', 'US-MIDW-MISO'],
    ['azure:westeurope', 'NL'],
  ])('%s stands in %s', async (cloud, zone) => {
    expect(await carbonFactor({ cloud })).toMatchObject({ zone, place: cloud.toLowerCase() })
  })

  test('that is mistyped is met with near names', async () => {
    await expect(carbonFactor({ cloud: 'aws:eu-wst-3' })).rejects.toMatchObject({
      code: 'E_CLOUD',
      hint: expect.stringContaining('aws:eu-west-3'),
    })
  })
})

describe('two places', () => {
  test('that exclude each other are refused', async () => {
    await expect(carbonFactor({ zone: 'FR', cloud: 'aws:eu-west-3' })).rejects.toMatchObject({ code: 'E_PLACE' })
    await expect(carbonFactor({ country: 'DE', zone: 'FR' })).rejects.toMatchObject({
      code: 'E_PLACE',
      message: 'FR lies in France, not in Germany',
    })
  })

  test('one of which is the country of the other are one', async () => {
    expect((await carbonFactor({ country: 'France', cloud: 'aws:eu-west-3' })).zone).toBe('FR')
  })
})
