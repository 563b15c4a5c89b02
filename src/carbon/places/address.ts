/** An address to the town, region or country that it ends with; parts stand between commas. */
import { findCountry } from '../country-codes.js'
import { type City, citiesNamed } from './cities.js'
import { findRegion, type Region, regionsNamed } from './regions.js'

/** What an address names; the city where it names one, else the region, else the country. */
export interface AddressMatch {
  readonly city?: City
  readonly region?: Region
  /** Alpha-2 code. */
  readonly country?: string
  /** In words. */
  readonly name: string
  /** Other towns of that name, at most three, the most populous first. */
  readonly others: readonly string[]
  /** The part nearest to the region or country, where no town in it is known. */
  readonly unknown?: string
}

/** What the end of an address says about where the town lies. */
interface Bounds {
  readonly country?: string | undefined
  readonly regions?: readonly Region[] | undefined
}

/** More parts than any address has; the rest is not looked at. */
const MOST_PARTS = 8

/** One way of reading the end of an address: `CA` is California or Canada. */
interface Reading {
  readonly bounds: Bounds
  /** Parts before those that were read. */
  readonly rest: readonly string[]
}

/** Towns of one reading, named by the same part of the address. */
interface Towns {
  /** Of the part; the nearer to the end, the larger the place, since the town stands after the street. */
  readonly index: number
  readonly cities: readonly City[]
}

/**
 * Where the end can be read in several ways, that one is taken in which a town is known, and of several towns the most
 * populous: `Berlin, DE` lies in Germany, `Dover, DE` in Delaware.
 *
 * @param address - e.g. `450 Jane Stanford Way, Stanford, California`, `Paris`, `Tokyo, Japan`, `Ontario`
 * @returns `undefined` when nothing in it is known
 */
export async function findAddress(address: string): Promise<AddressMatch | undefined> {
  const parts = address.slice(0, 300).split(',').map(withoutPostcode).filter(Boolean).slice(-MOST_PARTS)
  const readings = readingsOf({ bounds: {}, rest: parts })
  const found = (await Promise.all(readings.map(townsIn))).filter((towns) => towns !== undefined)
  const index = Math.max(...found.map((towns) => towns.index))
  const cities = found.filter((towns) => towns.index === index).flatMap((towns) => towns.cities)
  const [city, ...more] = cities.sort((one, other) => other.population - one.population)
  if (city === undefined) return boundsMatch(readings, parts)
  return { city, country: city.country, name: nameOf(city), others: othersOf(nameOf(city), more.map(nameOf)) }
}

/** Reads region and country from the end; the first part stays, since a town may bear the name of a region. */
function readingsOf(reading: Reading): readonly Reading[] {
  const { bounds, rest } = reading
  const last = rest.at(-1)
  const narrower = last === undefined ? [] : narrowed(bounds, last, rest.length > 1)
  if (narrower.length === 0) return [reading]
  return narrower.flatMap((found) => readingsOf({ bounds: found, rest: rest.slice(0, -1) }))
}

/** @returns each way of reading the part, that as a region first; none where it names neither */
function narrowed(bounds: Bounds, part: string, hasMore: boolean): readonly Bounds[] {
  const regions = regionsNamed(part).filter(({ country }) => (bounds.country ?? country) === country)
  const country = bounds.country === undefined ? findCountry(part)?.alpha2 : undefined
  const isRegion = regions.length > 0 && bounds.regions === undefined && (hasMore || country === undefined)
  // Alone, the name of both is that of the country. Beyond a region, a country must be the one that it lies in.
  const isCountry = country !== undefined && (bounds.regions?.some((one) => one.country === country) ?? true)
  return [...(isRegion ? [{ ...bounds, regions }] : []), ...(isCountry ? [{ ...bounds, country }] : [])]
}

async function townsIn({ bounds, rest }: Reading): Promise<Towns | undefined> {
  for (const [index, part] of [...rest.entries()].toReversed()) {
    const cities = (await citiesNamed(part)).filter((city) => lies(city, bounds))
    if (cities.length > 0) return { index, cities }
  }
  return undefined
}

function lies({ country, region }: City, bounds: Bounds): boolean {
  if (bounds.country !== undefined && bounds.country !== country) return false
  return bounds.regions === undefined || bounds.regions.some((one) => one.country === country && one.code === region)
}

/** A lone name may be a town, too, and a region beside a country: Washington, Georgia. */
async function boundsMatch(readings: readonly Reading[], parts: readonly string[]): Promise<AddressMatch | undefined> {
  const [reading, ...more] = [...readings].sort((one, other) => one.rest.length - other.rest.length)
  const name = reading && boundsName(reading.bounds)
  if (reading === undefined || name === undefined) return undefined
  const [lone, ...beside] = parts
  const { country, regions } = reading.bounds
  const [region] = regions ?? []
  const isLone = lone !== undefined && beside.length === 0
  const sameRegions = isLone && region === undefined ? regionsNamed(lone).map(regionName) : []
  const towns = isLone ? (await citiesNamed(lone)).filter((city) => !lies(city, reading.bounds)).map(nameOf) : []
  const readOtherwise = more.map(({ bounds }) => boundsName(bounds)).filter((other) => other !== undefined)
  const others = othersOf(name, [...sameRegions, ...readOtherwise, ...towns])
  const unknown = reading.rest.at(-1)
  const match = { name, others, ...(unknown === undefined ? {} : { unknown }) }
  if (region !== undefined) return { ...match, region, country: region.country }
  return { ...match, ...(country === undefined ? {} : { country }) }
}

function boundsName({ country, regions }: Bounds): string | undefined {
  const [region] = regions ?? []
  if (region !== undefined) return regionName(region)
  return country === undefined ? undefined : (findCountry(country)?.name ?? country)
}

/** At most three, each once. */
const othersOf = (name: string, names: readonly string[]): readonly string[] =>
  [...new Set(names)].filter((one) => one !== name).slice(0, 3)

const regionName = ({ name, country }: Region): string => `${name}, ${country}`

const nameOf = ({ name, country, region }: City): string =>
  [name, findRegion(country, region)?.name, country].filter(Boolean).join(', ')

/** `75005 Paris`, `Stanford 94305`, `London SW1A 2AA` and `Toronto M5V 3L9` are towns, too. */
const withoutPostcode = (part: string): string =>
  part
    .trim()
    .replace(/^[A-Z]{0,2}-?\d{3,6}\s+(?=\p{L})|\s+\d{4,6}(-\d{4})?$/gu, '')
    .replace(/\s+([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|[A-Z]\d[A-Z]\s*\d[A-Z]\d)$/, '')
    .replace(/^\s*$/, '')
